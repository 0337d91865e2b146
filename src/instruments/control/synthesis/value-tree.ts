import type { Grid, Values } from "../reachability/grid.ts";
import { interpolate, interpolateInTime, type TimeSlices } from "../reachability/value-function.ts";
import type { Formula } from "../stl/formula.ts";

/** A goal with the values of what comes after it. */
export interface SolvedGoal {
  /** How good it is to stop at a state, apart from what else is pending. */
  readonly target: ValueTree;
  readonly left?: Formula;
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** The values of a plan. Times are seconds after it begins. */
export type ValueTree =
  | { readonly kind: "state"; readonly formula: Formula; readonly values: Values }
  | {
      readonly kind: "tasks";
      readonly goals: readonly SolvedGoal[];
      /** By the set of pending goals, bit `i` for goal `i`: `V_S(x, t)`. The set of none is missing where nothing must hold. */
      readonly pending: ReadonlyMap<number, TimeSlices>;
    }
  | { readonly kind: "release"; readonly slices: TimeSlices }
  | { readonly kind: "choice"; readonly options: readonly ValueTree[] }
  | { readonly kind: "naive"; readonly parts: readonly ValueTree[] };

/** The set of all of a number of goals. */
export function allPending(count: number): number {
  return (1 << count) - 1;
}

/** The values at the beginning of a plan, on every grid point. */
export function initialValues(tree: ValueTree): Values {
  switch (tree.kind) {
    case "state":
      return tree.values;
    case "tasks":
      return valuesAt(tree.pending.get(allPending(tree.goals.length))!, 0);
    case "release":
      return valuesAt(tree.slices, 0);
    case "choice":
    case "naive": {
      const parts = (tree.kind === "choice" ? tree.options : tree.parts).map(initialValues);
      const pick = tree.kind === "choice" ? Math.max : Math.min;
      return parts.slice(1).reduce((a, b) => Float64Array.from(a, (v, i) => pick(v, b[i])), parts[0]);
    }
  }
}

/** The slice at a time that is one of the slices' times. */
function valuesAt({ times, values }: TimeSlices, time: number): Values {
  const index = times.findIndex((t) => Math.abs(t - time) <= 1e-9 * Math.max(1, Math.abs(time)));
  return values[index];
}

/** The value of a plan at a state at its beginning; outside of the grid, that of the nearest place on it. */
export function planValue(tree: ValueTree, grid: Grid, x: readonly number[]): number {
  switch (tree.kind) {
    case "state":
      return interpolate(grid, tree.values, x, "clamp");
    case "tasks":
      return interpolateInTime(grid, tree.pending.get(allPending(tree.goals.length))!, x, 0, "clamp");
    case "release":
      return interpolateInTime(grid, tree.slices, x, 0, "clamp");
    case "choice":
      return Math.max(...tree.options.map((option) => planValue(option, grid, x)));
    case "naive":
      return Math.min(...tree.parts.map((part) => planValue(part, grid, x)));
  }
}
