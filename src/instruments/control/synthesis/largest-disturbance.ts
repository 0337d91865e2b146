import { OrreryError } from "../../../errors.ts";
import type { System } from "../reachability/dynamics.ts";
import { createGrid, type Grid } from "../reachability/grid.ts";
import type { CompiledPlan } from "./plan.ts";
import { type PlanOptions, type PlanProgress, solvePlan } from "./solve-plan.ts";
import type { ControlTask } from "./task.ts";
import { planValue } from "./value-tree.ts";

/** How the largest disturbance is searched for. */
export interface DisturbanceSearch extends Omit<PlanOptions, "delta" | "isOnlyInitial" | "onProgress"> {
  /** `V(x₀) ≥ margin` is asked for, in the formula's units. At least 0. */
  readonly margin: number;
  /** How close to `δ*` the answer is, in the disturbance's scale. */
  readonly tolerance: number;
  /** No larger scale is tried. */
  readonly most: number;
  /** Searches on a grid with half the points first. Default true. */
  readonly hasCoarseStart?: boolean;
  readonly onTrial?: (trial: Trial) => void | Promise<void>;
  /** Trials of an earlier, interrupted search with the same options: they are not computed again. */
  readonly known?: readonly Trial[];
  readonly onProgress?: (progress: PlanProgress) => void;
}

/** One value that the search looked at. */
export interface Trial {
  readonly delta: number;
  readonly value: number;
  readonly grid: "coarse" | "fine";
}

/** What a search found. */
export interface DisturbanceBound {
  /** The largest scale found with `V(x₀) ≥ margin`; −∞ when there is none even without disturbance. */
  readonly delta: number;
  /** `V(x₀)` there, or without disturbance. */
  readonly value: number;
  /** The smallest scale found for which it fails; infinite when `most` still holds. */
  readonly failsAt: number;
  readonly trials: readonly Trial[];
}

/**
 * `δ* = sup{δ : V_δ(x₀, 0) ≥ margin}` to a tolerance, from below. Disturbance sets are nested, so `V` falls with `δ` and a
 * bracket can be closed: first on a grid with half the points, then on the grid itself, by interpolation that is safeguarded
 * to shrink the bracket from both sides. What is returned has been computed on the grid itself to hold.
 * @throws OrreryError `argument` for a margin below 0, a start outside the grid, or disturbance sets that are not nested.
 */
export async function largestDisturbance(
  { plan }: Pick<CompiledPlan, "plan">,
  task: ControlTask,
  x0: readonly number[],
  options: DisturbanceSearch,
): Promise<DisturbanceBound> {
  checkSearch(task.grid, x0, options);
  requireNestedSets(task.system);
  const trials: Trial[] = [...(options.known ?? [])];
  const evaluate = (grid: Grid, name: Trial["grid"]) => async (delta: number) => {
    const known = trials.find((t) => t.delta === delta && t.grid === name);
    if (known !== undefined) return known.value;
    const tree = await solvePlan(plan, { ...task, grid }, { ...options, delta, isOnlyInitial: true });
    const value = planValue(tree, grid, x0);
    const trial = { delta, value, grid: name };
    trials.push(trial);
    await options.onTrial?.(trial);
    return value;
  };
  const { margin, tolerance, most, hasCoarseStart = true } = options;
  const fine = evaluate(task.grid, "fine");
  let guess = most / 2;
  if (hasCoarseStart) {
    const coarse = await closeBracket(evaluate(coarsen(task.grid), "coarse"), {
      margin,
      most,
      tolerance: 4 * tolerance,
      guess,
    });
    guess = Math.max(0, coarse.delta);
  }
  const { delta, failsAt } = await closeBracket(fine, { margin, most, tolerance, guess });
  const value = await fine(delta === Number.NEGATIVE_INFINITY ? 0 : delta);
  return { delta, value, failsAt, trials };
}

interface Bracket {
  readonly margin: number;
  readonly most: number;
  readonly tolerance: number;
  /** Where the root is expected. */
  readonly guess: number;
}

/** Finds `delta < failsAt ≤ delta + tolerance` around the root of `V(δ) − margin`. */
export async function closeBracket(
  value: (delta: number) => Promise<number>,
  { margin, most, tolerance, guess }: Bracket,
): Promise<{ readonly delta: number; readonly failsAt: number }> {
  const excess = async (delta: number) => (await value(delta)) - margin;
  let low = Math.min(most, guess);
  let lowExcess = await excess(low);
  let high = low;
  let highExcess = lowExcess;
  const firstReach = Math.max(2 * tolerance, most / 1000);
  for (let reach = firstReach; lowExcess < 0 && low > 0; reach *= 4) {
    [high, highExcess] = [low, lowExcess];
    low = Math.max(0, low - reach);
    lowExcess = await excess(low);
  }
  if (lowExcess < 0) return { delta: Number.NEGATIVE_INFINITY, failsAt: 0 };
  for (let reach = firstReach; highExcess >= 0; reach *= 4) {
    if (high >= most) return { delta: most, failsAt: Number.POSITIVE_INFINITY };
    [low, lowExcess] = [high, highExcess];
    high = Math.min(most, high + reach);
    highExcess = await excess(high);
  }
  while (high - low > tolerance) {
    const root = low + ((high - low) * lowExcess) / (lowExcess - highExcess);
    const width = high - low;
    const near = root - low < high - root ? root + tolerance / 2 : root - tolerance / 2;
    const next = Math.min(high - 0.1 * width, Math.max(low + 0.1 * width, near));
    // A tolerance finer than numbers are there.
    if (next <= low || next >= high) break;
    const found = await excess(next);
    if (found >= 0) [low, lowExcess] = [next, found];
    else [high, highExcess] = [next, found];
  }
  return { delta: low, failsAt: high };
}

/** The grid with about half the points along every axis. */
export function coarsen({ axes }: Grid): Grid {
  return createGrid(
    axes.map(({ name, low, high, points, boundary }) => {
      const halved = boundary === "periodic" ? points / 2 : (points - 1) / 2 + 1;
      return { name, low, high, boundary, points: Math.max(Math.min(points, 8), Math.round(halved)) };
    }),
  );
}

/** @throws OrreryError `argument` unless every smaller scale of the disturbance sets is part of a larger one: unless they hold 0. */
export function requireNestedSets({ name, disturbances }: System): void {
  for (const set of disturbances) {
    const holdsZero =
      set.kind === "ball"
        ? Math.hypot(...set.center) <= set.radius
        : set.names.every((_, i) => set.low[i] <= 0 && set.high[i] >= 0);
    if (holdsZero) continue;
    const got = set.kind === "ball" ? `a ball around ${set.center.join(", ")}` : `[${set.low}] to [${set.high}]`;
    throw new OrreryError(
      "argument",
      `${name}: expected disturbance sets that hold 0, so that a larger bound allows all that a smaller one does; got ${got} for ${set.names.join(", ")}`,
      {
        hint: "Write the steady part into the equations, as a parameter, and what is unknown of it as a set around 0.",
      },
    );
  }
}

function checkSearch(grid: Grid, x0: readonly number[], { margin, tolerance, most }: DisturbanceSearch): void {
  const positive = { tolerance, most };
  for (const [name, value] of Object.entries(positive)) {
    if (!(value > 0)) throw new OrreryError("argument", `largest disturbance: expected ${name} above 0; got ${value}`);
  }
  if (!(margin >= 0))
    throw new OrreryError("argument", `largest disturbance: expected margin of at least 0; got ${margin}`);
  grid.axes.forEach(({ name, low, high, boundary }, i) => {
    if (boundary === "periodic" ? Number.isFinite(x0[i]) : x0[i] >= low && x0[i] <= high) return;
    throw new OrreryError("argument", `start: expected ${name} in [${low}, ${high}]; got ${x0[i]}`);
  });
}
