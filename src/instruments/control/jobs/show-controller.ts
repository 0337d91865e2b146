import type { JobContext } from "../../../lab/index.ts";
import { robustnessFigure, trajectoryFigure, verdictFigure } from "../report/rollouts.ts";
import { valueFigure } from "../report/values.ts";
import { volumeFigure } from "../report/volume.ts";
import type { ControlProblem } from "../synthesis/problem.ts";
import type { Rollout } from "../synthesis/rollout.ts";
import { allPending, type ValueTree } from "../synthesis/value-tree.ts";
import { rolloutsCsv } from "./closed-loop.ts";

/** Draws runs of the closed loop and keeps every moment of them. */
export async function showRollouts(
  problem: ControlProblem,
  rollouts: readonly Rollout[],
  { delta, margin }: { readonly delta: number; readonly margin: number },
  context: JobContext,
): Promise<void> {
  context.figure(trajectoryFigure(problem, rollouts, delta));
  context.figure(robustnessFigure(rollouts, margin));
  context.figure(verdictFigure(rollouts));
  const csv = rolloutsCsv(problem, rollouts);
  await context.artifact("rollouts.csv", csv, "Every moment of every run of the closed loop.");
}

/** Draws the values of a whole plan, of the first option where there is a choice. */
export function showValues(problem: ControlProblem, tree: ValueTree, delta: number, context: JobContext): void {
  const whole = tree.kind === "choice" ? tree.options[0] : tree.kind === "naive" ? tree.parts[0] : tree;
  if (whole.kind === "state" || whole.kind === "choice" || whole.kind === "naive") return;
  const slices = whole.kind === "release" ? whole.slices : whole.pending.get(allPending(whole.goals.length))!;
  context.figure(valueFigure(problem, slices, delta));
  const surface = volumeFigure(problem, slices, {
    name: "value-volume",
    title: "From where the formula can still be satisfied, in three dimensions",
    side: "above",
    label: "time",
    set: "the states from which the formula can be satisfied",
  });
  if (surface !== undefined) context.figure(surface);
}
