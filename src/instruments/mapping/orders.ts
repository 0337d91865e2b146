import type { Counts } from "./counts.ts";
import type { Mapspace } from "./mapspace.ts";
import { type Metric, metricValue } from "./tally.ts";

/** Up to this many combinations of loop orders are tried one by one; above it a search improves one level at a time. */
const exhaustiveOrders = 48;

/**
 * Calls `visit` for the loop orders of the current cut-up. Only loops of factor above 1 matter, so orders of the others
 * are left alone. With a metric in `descendOn` a large number of combinations is searched one level at a time, outermost first,
 * keeping the best of each; the return value says whether every combination was visited.
 */
export function searchOrders(space: Mapspace, counts: Counts, descendOn: Metric | null, visit: () => void): boolean {
  const movable = movableLoops(space, counts);
  if (movable === null) {
    visit();
    return true;
  }
  let combinations = 1;
  for (const slots of movable) combinations *= factorial(slots.length);
  if (descendOn !== null && combinations > exhaustiveOrders) {
    improveByLevel(counts, movable, descendOn, visit);
    return false;
  }
  permuteLevels(counts.nest.order, movable, 0, visit);
  return true;
}

/** Positions in `order` of the free loops with a factor above 1, per level; null when no level has two of them. */
function movableLoops(space: Mapspace, counts: Counts): number[][] | null {
  const { L, D } = space.layout;
  const { temporal, order } = counts.nest;
  let movable: number[][] | null = null;
  for (let l = 0; l < L; l++) {
    const { innermost, free } = space.orders[l];
    if (free.length < 2) continue;
    const from = l * D + innermost.length;
    const slots: number[] = [];
    for (let i = from; i < from + free.length; i++) if (temporal[l * D + order[i]] > 1) slots.push(i);
    if (slots.length < 2) continue;
    // Orders are visited from the sorted one on, so that the same cut-up always meets them in the same order.
    const sorted = slots.map((i) => order[i]).sort((a, b) => a - b);
    slots.forEach((i, k) => {
      order[i] = sorted[k];
    });
    movable ??= [];
    movable.push(slots);
  }
  return movable;
}

function permuteLevels(order: Int32Array, movable: readonly number[][], level: number, visit: () => void): void {
  if (level === movable.length) visit();
  else permute(order, movable[level], 0, () => permuteLevels(order, movable, level + 1, visit));
}

/** Visits every arrangement of the values at `slots`, and leaves them as they were. */
function permute(order: Int32Array, slots: readonly number[], k: number, visit: () => void): void {
  if (k >= slots.length - 1) {
    visit();
    return;
  }
  for (let j = k; j < slots.length; j++) {
    swap(order, slots[k], slots[j]);
    permute(order, slots, k + 1, visit);
    swap(order, slots[k], slots[j]);
  }
}

function improveByLevel(counts: Counts, movable: readonly number[][], metric: Metric, visit: () => void): void {
  const { order } = counts.nest;
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 3; round++) {
    const before = best;
    for (const slots of [...movable].reverse()) {
      let chosen = slots.map((i) => order[i]);
      permute(order, slots, 0, () => {
        visit();
        const value = metricValue(metric, counts);
        if (value < best) {
          best = value;
          chosen = slots.map((i) => order[i]);
        }
      });
      slots.forEach((i, k) => {
        order[i] = chosen[k];
      });
    }
    if (best === before) return;
  }
}

function swap(order: Int32Array, a: number, b: number): void {
  const kept = order[a];
  order[a] = order[b];
  order[b] = kept;
}

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1);
}
