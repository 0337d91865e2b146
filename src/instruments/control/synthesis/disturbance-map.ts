import { OrreryError } from "../../../errors.ts";
import { withDisturbanceState } from "../reachability/dynamics.ts";
import { createGrid, type Values } from "../reachability/grid.ts";
import { requireNestedSets } from "./largest-disturbance.ts";
import type { CompiledPlan } from "./plan.ts";
import { type PlanOptions, solvePlan } from "./solve-plan.ts";
import type { ControlTask } from "./task.ts";
import { initialValues } from "./value-tree.ts";

/** How `δ*` is found everywhere at once. */
export interface DisturbanceMapOptions extends Omit<PlanOptions, "delta" | "isOnlyInitial"> {
  readonly margin: number;
  /** Increasing disturbance scales, from 0 on, that are solved for. */
  readonly levels: readonly number[];
  /**
   * `levels` solves once for each; `state` solves once with the scale as one more state that never changes, on an axis with the
   * levels, which must then be equally spaced.
   */
  readonly method?: "levels" | "state";
  readonly onLevel?: (done: number, count: number) => void;
}

/** `δ*` at every grid point, from below: −∞ where the formula fails even without disturbance. */
export interface DisturbanceMap {
  readonly levels: readonly number[];
  /** `[points]`, linear between levels. */
  readonly delta: Float64Array;
  /** `[points]`, the largest level that holds. */
  readonly atLeast: Float64Array;
}

/** `δ*(x) = sup{δ : V_δ(x, 0) ≥ margin}` for all grid points. Beyond the last level it is that level. */
export async function disturbanceMap(
  { plan }: Pick<CompiledPlan, "plan">,
  task: ControlTask,
  options: DisturbanceMapOptions,
): Promise<DisturbanceMap> {
  const { levels, method = "levels", margin } = options;
  if (levels.length < 2 || levels[0] !== 0 || levels.some((v, i) => i > 0 && v <= levels[i - 1])) {
    throw new OrreryError(
      "argument",
      `disturbance map: expected at least two levels that increase from 0; got ${levels.join(", ")}`,
    );
  }
  requireNestedSets(task.system);
  const values: Values[] = [];
  if (method === "levels") {
    for (const delta of levels) {
      values.push(initialValues(await solvePlan(plan, task, { ...options, delta, isOnlyInitial: true })));
      options.onLevel?.(values.length, levels.length);
    }
  } else values.push(...(await solveWithState(plan, task, options)));
  const [delta, atLeast] = [new Float64Array(task.grid.size), new Float64Array(task.grid.size)];
  for (let k = 0; k < task.grid.size; k++) {
    [delta[k], atLeast[k]] = crossing(
      levels,
      values.map((v) => v[k] - margin),
    );
  }
  return { levels, delta, atLeast };
}

async function solveWithState(
  plan: CompiledPlan["plan"],
  task: ControlTask,
  options: DisturbanceMapOptions,
): Promise<Values[]> {
  const { levels } = options;
  const last = levels[levels.length - 1];
  const axis = { name: "delta", low: 0, high: last, points: levels.length, boundary: "linear" as const };
  const grid = createGrid([
    ...task.grid.axes.map(({ name, low, high, points, boundary }) => ({ name, low, high, points, boundary })),
    axis,
  ]);
  if (levels.some((v, i) => Math.abs(v - (last * i) / (levels.length - 1)) > 1e-9 * last)) {
    throw new OrreryError(
      "argument",
      `disturbance map: expected equally spaced levels for the method "state"; got ${levels.join(", ")}`,
    );
  }
  const system = withDisturbanceState(task.system, "delta");
  const whole = initialValues(
    await solvePlan(plan, { ...task, system, grid }, { ...options, delta: 1, isOnlyInitial: true }),
  );
  return levels.map((_, j) => Float64Array.from({ length: task.grid.size }, (_, k) => whole[k * levels.length + j]));
}

/** Where a falling sequence crosses zero: linear between levels, and the last level at which it is not below zero. */
function crossing(levels: readonly number[], excess: readonly number[]): [delta: number, atLeast: number] {
  let j = 0;
  while (j < levels.length && excess[j] >= 0) j++;
  if (j === 0) return [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  if (j === levels.length) return [levels[j - 1], levels[j - 1]];
  const share = excess[j - 1] / (excess[j - 1] - excess[j]);
  return [levels[j - 1] + share * (levels[j] - levels[j - 1]), levels[j - 1]];
}
