import type { Counts } from "./counts.ts";
import type { OrderClasses } from "./order-classes.ts";

/** Up to so many combinations of loop orders are tried where classes do not tell which one is best. */
const mostCombinations = 2000;

/**
 * Calls `visit` for loop orders of the current cut-up that hold a best one. The answer says whether they surely do: where tiles may
 * meet again across loops all orders are visited, unless they are more than a few thousand and `isThorough` is false.
 */
export function searchOrders(classes: OrderClasses, counts: Counts, isThorough: boolean, visit: () => void): boolean {
  const { L } = classes.space.layout;
  const { nest } = counts;
  const choices = Array.from({ length: L }, (_, l) => classes.representatives(nest, l));
  const from = classes.space.hasFixedOrders ? -1 : classes.mayMeetAgain(nest);
  if (from < 0) {
    visitProduct(counts, choices, 0, visit);
    return true;
  }
  const most = isThorough ? Number.POSITIVE_INFINITY : mostCombinations;
  let left = most;
  const all = choices.map((some, l) => {
    if (l < from || left < 1) return some;
    const orders = classes.permutations(nest, l, left);
    left = orders === undefined ? 0 : left / orders.length;
    return orders ?? some;
  });
  visitProduct(counts, left < 1 ? choices : all, 0, visit);
  return left >= 1;
}

function visitProduct(
  counts: Counts,
  choices: readonly (readonly (readonly number[])[])[],
  l: number,
  visit: () => void,
): void {
  if (l === choices.length) {
    visit();
    return;
  }
  const { order, layout } = counts.nest;
  for (const choice of choices[l]) {
    for (let k = 0; k < choice.length; k++) order[l * layout.D + k] = choice[k];
    visitProduct(counts, choices, l + 1, visit);
  }
}
