import type { JobContext } from "../../../lab/index.ts";
import { reachOf } from "../stl/index.ts";
import type { DisturbanceBound } from "../synthesis/largest-disturbance.ts";
import { isNestedPlan } from "../synthesis/plan-shape.ts";
import type { ControlProblem } from "../synthesis/problem.ts";
import { type SegmentBound, type SegmentTrial, segmentBounds } from "../synthesis/segment-bounds.ts";
import { solverSettings } from "./solver-settings.ts";
import type { SynthesisSettings } from "./synthesize.ts";

/** Bounds for equal parts of the formula's time; none where they are not asked for, or nothing limits the disturbance. */
export async function findSegments(
  problem: ControlProblem,
  { delta, failsAt }: DisturbanceBound,
  settings: SynthesisSettings,
  context: JobContext,
): Promise<SegmentBound[]> {
  const { segments: count, margin, tolerance, most } = settings;
  if (count < 2 || !Number.isFinite(delta) || !Number.isFinite(failsAt)) return [];
  if (isNestedPlan(problem.plan)) {
    context.note("one bound for all of the time: when a nested formula begins is not known");
    return [];
  }
  const store = context.checkpoints<{
    readonly arrays: Record<string, never>;
    readonly trials: readonly SegmentTrial[];
  }>("segments");
  const trials = [...((await store.load())?.trials ?? [])];
  const until = reachOf(problem.task.formula).ahead;
  return await segmentBounds(problem, problem.task, problem.start, {
    ...solverSettings(settings, context, "parts of the time"),
    ...{ delta, margin, tolerance, most, until },
    starts: Array.from({ length: count }, (_, k) => (until * k) / count),
    known: [...trials],
    onTrial: async (trial) => {
      trials.push(trial);
      await store.save({ arrays: {}, trials });
    },
  });
}
