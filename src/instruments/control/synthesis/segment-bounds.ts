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
  /** What is survived here, with what is survived in the other segments there. */
  readonly delta: number;
  /** How far `V(x₀)` falls below its value at the common bound when the disturbance is `probe` larger in this segment alone. */
  readonly fall: number;
}

/** A value of the start, by the scale in every segment. */
export interface SegmentTrial {
  readonly scales: readonly number[];
  readonly value: number;
}

/** How bounds for parts of the time are searched for. */
export interface SegmentSearch extends Omit<DisturbanceSearch, "onTrial" | "known" | "hasCoarseStart"> {
  /** Holds everywhere, such as what `largestDisturbance` found. */
  readonly delta: number;
  /** Where segments begin, in seconds, from 0 on. */
  readonly starts: readonly number[];
  /** Where the last one ends. */
  readonly until: number;
  readonly onTrial?: (trial: SegmentTrial) => void | Promise<void>;
  /** Trials of an earlier, interrupted search with the same options. */
  readonly known?: readonly SegmentTrial[];
}

/** How much larger than the common bound the disturbance of a single segment is made to see what comes of it. */
export function probeOf({ tolerance }: Pick<SegmentSearch, "tolerance">): number {
  return 4 * tolerance;
}

/**
 * Larger bounds for parts of the time, once one bound for all of it is known: from the last segment to the first, each is
 * enlarged as far as the start's value stays at least the margin, with the other segments as they stand. The values are those
 * of the game in which the disturbance has these bounds in turn, so one controller, that of `solvePlan` with these `segments`,
 * guarantees all of them together. A segment that does not take `probeOf(options)` more by itself keeps the common bound: it limits it.
 * @throws OrreryError `unsupported` for plans with nested formulas; `argument` for starts that do not increase from 0.
 */
export async function segmentBounds(
  { plan }: Pick<CompiledPlan, "plan">,
  task: ControlTask,
  x0: readonly number[],
  options: SegmentSearch,
): Promise<SegmentBound[]> {
  const { delta, starts, until, margin, tolerance, most } = options;
  checkStarts(starts, until);
  const trials = [...(options.known ?? [])];
  const value = async (scales: readonly number[]) => {
    const known = trials.find((trial) => trial.scales.every((scale, k) => scale === scales[k]));
    if (known !== undefined) return known.value;
    const segments = starts.map((from, k) => ({ from, delta: scales[k] }));
    const tree = await solvePlan(plan, task, { ...options, segments, isOnlyInitial: true });
    const trial = { scales: [...scales], value: planValue(tree, task.grid, x0) };
    trials.push(trial);
    await options.onTrial?.(trial);
    return trial.value;
  };
  let scales = starts.map(() => delta);
  const common = await value(scales);
  const probed = Math.min(most, delta + probeOf(options));
  const alone: number[] = [];
  for (const k of starts.keys()) alone.push(await value(scales.with(k, probed)));
  for (const k of [...starts.keys()].reverse()) {
    if (alone[k] < margin) continue;
    const bracket = { margin, most, tolerance, guess: probed };
    const found = await closeBracket((scale) => value(scales.with(k, scale)), bracket);
    scales = scales.with(k, Math.max(delta, found.delta));
  }
  return starts.map((from, k) => ({
    from,
    to: starts[k + 1] ?? until,
    delta: scales[k],
    fall: common - alone[k],
  }));
}

function checkStarts(starts: readonly number[], until: number): void {
  if (starts[0] === 0 && [...starts, until].every((t, i, all) => i === 0 || t > all[i - 1])) return;
  throw new OrreryError(
    "argument",
    `segment bounds: expected starts that increase from 0 to ${until}; got ${starts.join(", ")}`,
  );
}
