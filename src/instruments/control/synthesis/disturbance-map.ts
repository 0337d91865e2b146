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
  /** Told what is known after each level that has been solved for. */
  readonly onLevel?: (known: MapProgress) => void | Promise<void>;
  /** What an earlier, interrupted map with the same options knew: its levels are not solved for again. */
  readonly known?: MapProgress;
}

/** A map after some of its levels. Arrays `[points]`. */
export interface MapProgress {
  /** How many levels, from the first on. */
  readonly done: number;
  readonly delta: Float64Array;
  readonly atLeast: Float64Array;
  /** `V − margin` at the last level that a point was looked at: below 0 where its bound is found. */
  readonly excess: Float64Array;
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
  let known = options.known ?? nothingKnown(task.grid.size);
  const whole = method === "state" ? await solveWithState(plan, task, options) : undefined;
  while (known.done < levels.length) {
    const delta = levels[known.done];
    const values =
      whole?.[known.done] ?? initialValues(await solvePlan(plan, task, { ...options, delta, isOnlyInitial: true }));
    known = withLevel(known, levels, values, margin);
    await options.onLevel?.(known);
  }
  return { levels, delta: known.delta, atLeast: known.atLeast };
}

function nothingKnown(size: number): MapProgress {
  const none = () => new Float64Array(size).fill(Number.NEGATIVE_INFINITY);
  return { done: 0, delta: none(), atLeast: none(), excess: new Float64Array(size) };
}

/** The next level: where the value falls below the margin there, the bound lies on the line between the two levels. */
function withLevel(known: MapProgress, levels: readonly number[], values: Values, margin: number): MapProgress {
  const [delta, atLeast, excess] = [known.delta.slice(), known.atLeast.slice(), known.excess.slice()];
  const level = levels[known.done];
  const before = levels[known.done - 1] ?? Number.NEGATIVE_INFINITY;
  for (let k = 0; k < values.length; k++) {
    if (excess[k] < 0) continue;
    const [last, now] = [excess[k], values[k] - margin];
    excess[k] = now;
    if (now >= 0) delta[k] = atLeast[k] = level;
    else if (known.done > 0) delta[k] = before + (last / (last - now)) * (level - before);
  }
  return { done: known.done + 1, delta, atLeast, excess };
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
