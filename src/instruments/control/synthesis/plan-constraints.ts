import type { Values } from "../reachability/grid.ts";
import type { Constraint } from "../reachability/problem.ts";
import { bigValue } from "./task.ts";

/** A hold whose condition is known on the grid. */
export interface SampledHold {
  readonly field: Values;
  readonly from: number;
  readonly to: number;
}

/**
 * The smallest value of what constrains a run on the grid: less than that is no robustness of anything there. Beyond the grid it
 * would fall without end where the system leaves it, and the scheme carries a cliff back inside.
 */
export function lowestOf(constraints: readonly Constraint[]): number {
  let lowest = bigValue;
  for (const { field } of constraints) {
    for (const values of "times" in field ? field.values : [field as Values]) {
      for (const v of values) if (v < lowest) lowest = v;
    }
  }
  return Math.max(-bigValue, lowest);
}

/** Holds of one window as one: a solver takes only so many constraints. */
export function joinHolds(holds: readonly SampledHold[]): SampledHold[] {
  const joined: SampledHold[] = [];
  for (const hold of holds) {
    const same = joined.findIndex(({ from, to }) => from === hold.from && to === hold.to);
    if (same < 0) joined.push(hold);
    else joined[same] = { ...hold, field: least(joined[same].field, hold.field) };
  }
  return joined;
}

/** A hold as what is taken after every step of its window. */
export const holdConstraint = ({ field, from, to }: SampledHold): Constraint => ({ take: "min", field, from, to });

/** The smaller value of both at every point. */
export function least(a: Values, b: Values): Float64Array {
  return Float64Array.from(a, (v, k) => Math.min(v, b[k]));
}
