import { OrreryError } from "../../../errors.ts";
import { closeBracket, type DisturbanceSearch } from "./largest-disturbance.ts";
import type { CompiledPlan } from "./plan.ts";
import { solvePlan } from "./solve-plan.ts";
import type { ControlTask } from "./task.ts";
import { planValue } from "./value-tree.ts";

/** A disturbance bound for a span of time. */
export interface SegmentBound {
  readonly from: number;
  readonly to: number;
  readonly delta: number;
}

/**
 * Larger bounds for parts of the time, once one bound for all of it is known: from the last segment to the first, each is
 * enlarged as far as the start's value stays at least the margin, with the other segments as they stand. The values are those
 * of the game in which the disturbance has these bounds in turn, so the same controller guarantees all of them together.
 * @param bounds `delta` holds everywhere, such as what `largestDisturbance` found; `starts` are where segments begin, from 0 on.
 * @throws OrreryError `unsupported` for plans with nested formulas; `argument` for starts that do not increase from 0.
 */
export async function segmentBounds(
  { plan }: Pick<CompiledPlan, "plan">,
  task: ControlTask,
  x0: readonly number[],
  options: Omit<DisturbanceSearch, "onTrial" | "known" | "hasCoarseStart"> & {
    readonly delta: number;
    readonly starts: readonly number[];
    readonly until: number;
  },
): Promise<SegmentBound[]> {
  const { delta, starts, until, margin, tolerance, most } = options;
  if (starts[0] !== 0 || [...starts, until].some((t, i, all) => i > 0 && t <= all[i - 1])) {
    throw new OrreryError(
      "argument",
      `segment bounds: expected starts that increase from 0 to ${until}; got ${starts.join(", ")}`,
    );
  }
  const scales = starts.map(() => delta);
  const value = async () => {
    const segments = starts.map((from, k) => ({ from, delta: scales[k] }));
    const tree = await solvePlan(plan, task, { ...options, segments, isOnlyInitial: true });
    return planValue(tree, task.grid, x0);
  };
  for (let k = starts.length - 1; k >= 0; k--) {
    const tried = async (scale: number) => {
      scales[k] = scale;
      return await value();
    };
    const found = await closeBracket(tried, { margin, most, tolerance, guess: delta });
    scales[k] = Math.max(delta, found.delta);
  }
  return starts.map((from, k) => ({ from, to: starts[k + 1] ?? until, delta: scales[k] }));
}
