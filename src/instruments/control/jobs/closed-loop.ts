import { type Column, encodeCsv } from "../../../data/index.ts";
import { key } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import type { JobContext } from "../../../lab/index.ts";
import { TimeSlice } from "../../../time-slice.ts";
import { namesOf, withDisturbanceScale } from "../reachability/index.ts";
import { randomDisturbance, steadyDisturbance, worstDisturbance } from "../synthesis/disturbance.ts";
import type { ControlProblem } from "../synthesis/problem.ts";
import { type Rollout, rollOut, samplingStep } from "../synthesis/rollout.ts";
import type { ValueTree } from "../synthesis/value-tree.ts";

/** Which runs are made. */
export interface LoopOptions {
  readonly delta: number;
  readonly margin: number;
  /** Runs under random disturbances. */
  readonly rollouts: number;
  readonly stepSeconds: number;
  readonly seed: number;
  /** A steady disturbance of the user's, as far as the set allows in this direction. */
  readonly push?: readonly number[] | undefined;
  readonly start?: readonly number[];
}

/**
 * Runs under the worst case, steady pushes both ways along every component, the user's push, and random ones.
 * @throws OrreryError `cancelled` on abort, between two runs.
 */
export async function runLoop(
  problem: ControlProblem,
  tree: ValueTree,
  options: LoopOptions,
  { signal, progress }: Pick<JobContext, "signal" | "progress">,
): Promise<Rollout[]> {
  const { delta, seed, rollouts, push } = options;
  const system = withDisturbanceScale(problem.task.system, delta);
  const components = namesOf(system.disturbances);
  const steady = components.flatMap((name, i) =>
    [1, -1].map((sign) => {
      const direction = components.map((_, j) => (i === j ? sign : 0));
      return steadyDisturbance(system, direction, `steady ${sign > 0 ? "+" : "−"}${name}`);
    }),
  );
  const random = Array.from({ length: rollouts }, (_, i) =>
    randomDisturbance(system, key(seed).fold(i), { name: `random ${i + 1}` }),
  );
  const given = push === undefined ? [] : [steadyDisturbance(system, push, "given")];
  const all = [worstDisturbance, ...given, ...steady, ...random];
  const step = samplingStep(problem.task.formula, options.stepSeconds);
  const start = options.start ?? problem.start;
  const slice = new TimeSlice(20);
  const runs: Rollout[] = [];
  for (const disturbance of all) {
    if (slice.isOver) await slice.next();
    if (signal.aborted) throw new OrreryError("cancelled", "closed loop: cancelled");
    runs.push(rollOut(problem.task, tree, { start, delta, disturbance, step, margin: options.margin }));
    progress({ done: runs.length, total: all.length, unit: "runs", label: "closed loop" });
  }
  return runs;
}

/** Every moment of every run as CSV. */
export function rolloutsCsv({ task }: ControlProblem, rollouts: readonly Rollout[]): string {
  const rows = rollouts.flatMap((r) => r.times.map((_, k) => ({ r, k })));
  const numbers = (name: string, of: (row: (typeof rows)[number]) => number): Column => ({
    name,
    kind: "number",
    values: Float64Array.from(rows, of),
  });
  const texts = (name: string, of: (row: (typeof rows)[number]) => string): Column => ({
    name,
    kind: "text",
    values: rows.map(of),
  });
  return encodeCsv([
    texts("disturbance", ({ r }) => r.disturbance),
    numbers("time", ({ r, k }) => r.times[k]),
    ...task.system.states.map((name, i) => numbers(name, ({ r, k }) => r.states[k][i])),
    ...namesOf(task.system.controls).map((name, i) => numbers(name, ({ r, k }) => r.controls[k][i])),
    ...namesOf(task.system.disturbances).map((name, i) => numbers(name, ({ r, k }) => r.disturbances[k][i])),
    numbers("value", ({ r, k }) => r.values[k]),
    texts("pending", ({ r, k }) => r.activities[k]),
  ]);
}
