import { readBytes } from "../../../data/index.ts";
import { OrreryError } from "../../../errors.ts";
import type { JobContext, JobEstimate, Outcome } from "../../../lab/index.ts";
import { estimateSolve, namesOf, reachProblem } from "../reachability/index.ts";
import { rounded, shown } from "../report/plane.ts";
import { decodeController, type SavedController } from "../synthesis/controller-file.ts";
import { estimateBytes, requireMemory } from "../synthesis/memory.ts";
import { countSolves, longestSpan } from "../synthesis/plan-shape.ts";
import { checkValues, type ProblemSpec, readProblem, readStart } from "../synthesis/problem.ts";
import { samplingStep } from "../synthesis/rollout.ts";
import { solvePlan } from "../synthesis/solve-plan.ts";
import { runLoop } from "./closed-loop.ts";
import { warnOfIdleInputs } from "./idle-inputs.ts";
import { showRollouts, showValues } from "./show-controller.ts";
import type { SimulateOptions } from "./simulate.ts";
import { solverSettings } from "./solver-settings.ts";

/** The disturbances' size where neither options nor a controller say it. */
const usualDelta = 0.2;

/** Seconds beside the equations: reading, figures, report; and of one run against a disturbance. */
const costs = { run: 1, rollout: 0.02 } as const;
/** Points of the largest grid that an estimate is made on: it is made anew while a form is filled in. */
const estimatedPoints = 200_000;

/**
 * What `control simulate` is likely to take: each equation as long as one over the plan's whole span, on a coarser grid where it is large, whose steps
 * are longer as its cells are; nothing of time where the controller is in a file.
 */
export function estimateSimulation(spec: ProblemSpec, options: SimulateOptions): JobEstimate {
  if (options.controller !== undefined) return {};
  const { outside, scheme, precision, workers, sliceSeconds } = options;
  const { task, plan } = readProblem(spec, { detail: options.detail, outside });
  const axes = task.grid.axes.length;
  const coarser = Math.min(1, (estimatedPoints / task.grid.size) ** (1 / axes));
  const { grid, system } = readProblem(spec, { detail: coarser * options.detail, outside }).task;
  const span = longestSpan(plan);
  const slices = Math.max(1, Math.ceil(span / sliceSeconds));
  const question = reachProblem({
    ...{ system, grid, disturbanceScale: options.delta ?? usualDelta, aim: "reach", mode: "tube" },
    ...{
      target: new Float64Array(grid.size),
      times: Array.from({ length: slices + 1 }, (_, i) => (-span * i) / slices),
    },
  });
  const { seconds } = estimateSolve(question, { scheme, precision, workers });
  const solving = countSolves(plan) * seconds * (task.grid.size / grid.size) ** (1 + 1 / axes);
  const bytes = estimateBytes({ plan, task }, { sliceEvery: sliceSeconds, precision });
  return { seconds: costs.run + solving + costs.rollout * options.rollouts, bytes };
}

/** The job behind `control simulate`. */
export async function simulate(spec: ProblemSpec, options: SimulateOptions, context: JobContext): Promise<Outcome> {
  const saved = await controllerFor(spec, options, context);
  const { problem, tree } = saved;
  const delta = options.delta ?? saved.delta;
  const start = startOf(saved, options);
  checkPush(saved, options.push);
  if (delta > saved.delta)
    context.warn(
      `disturbances of ${rounded(delta)} times their set are larger than the controller was made for (${rounded(saved.delta)})`,
    );
  if (!saved.isGuaranteed) context.warn("the formula lies outside of the sound fragment: nothing is guaranteed");
  const rollouts = await runLoop(problem, tree, { ...options, delta, start }, context);
  rollouts.forEach((r, i) => {
    context.metrics(i + 1, { robustness: r.robustness });
  });
  const fromHere = { ...problem, start };
  await showRollouts(fromHere, rollouts, { delta, margin: options.margin }, context);
  showValues(fromHere, tree, saved.delta, context);
  const good = rollouts.filter((r) => r.robustness >= 0).length;
  const worst = rollouts.reduce((a, b) => (b.robustness < a.robustness ? b : a));
  return {
    summary: `${good} of ${rollouts.length} runs satisfy the formula under disturbances up to ${rounded(delta)} times their set; the least robust one is ${worst.disturbance} with ${shown(worst.robustness)}.`,
    headlines: [
      { label: "runs that satisfy the formula", value: `${good} of ${rollouts.length}` },
      { label: "least robustness", value: worst.robustness, note: worst.disturbance },
    ],
    next: [{ command: "orrery control synthesize", why: "The largest disturbance for which this is guaranteed." }],
  };
}

async function controllerFor(
  spec: ProblemSpec,
  options: SimulateOptions,
  context: JobContext,
): Promise<SavedController> {
  const { controller, detail, margin, outside } = options;
  if (controller !== undefined) {
    refuseOwnProblem(options);
    return decodeController(await readBytes(controller), controller);
  }
  const delta = options.delta ?? usualDelta;
  const problem = readProblem(spec, { detail, outside });
  requireMemory(problem, { sliceEvery: options.sliceSeconds, precision: options.precision });
  checkValues(problem.task);
  samplingStep(problem.task.formula, options.stepSeconds);
  warnOfIdleInputs(problem.task.system, context);
  const tree = await solvePlan(problem.plan, problem.task, {
    ...solverSettings(options, context, "controller"),
    delta,
  });
  return { problem, tree, delta, margin, detail, isGuaranteed: problem.isGuaranteed };
}

/** @throws OrreryError `argument` for options that a controller's file has of its own. */
function refuseOwnProblem({ system, grid, formula, regions }: SimulateOptions): void {
  const given = Object.entries({ system, grid, formula, regions }).filter(([, v]) => v !== undefined && v !== null);
  if (given.length === 0) return;
  const names = given.map(([name]) => name).join(", ");
  throw new OrreryError("argument", `controller: expected its own problem; got ${names} beside it`, {
    hint: "Leave them out, or leave the controller out and have one computed.",
  });
}

/** The controller's start with what is given of another one. */
function startOf({ problem }: SavedController, { start }: SimulateOptions): number[] {
  const { system, grid } = problem.task;
  return readStart({ ...problem.spec.start, ...start }, system.states, grid);
}

function checkPush({ problem }: SavedController, push: readonly number[] | undefined): void {
  const names = namesOf(problem.task.system.disturbances);
  if (push === undefined || push.length === names.length) return;
  throw new OrreryError("argument", `push: expected a number for each of ${names.join(", ")}; got ${push.length}`);
}
