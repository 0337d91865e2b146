import { encodeNpz } from "../../../data/index.ts";
import { NdArray } from "../../../engine/index.ts";
import type { JobContext, JobEstimate, Outcome } from "../../../lab/index.ts";
import { estimateSolve, type Problem, reachProblem, type Solution, solve } from "../reachability/index.ts";
import { rounded } from "../report/plane.ts";
import { arrivalFigure, tubeFigure } from "../report/reach.ts";
import { volumeFigure } from "../report/volume.ts";
import { requireBytes } from "../synthesis/memory.ts";
import {
  type ControlProblem,
  checkValues,
  type ProblemSpec,
  parseCondition,
  readProblem,
} from "../synthesis/problem.ts";
import { sampleFormula } from "../synthesis/task.ts";
import { warnOfIdleInputs } from "./idle-inputs.ts";
import type { ReachOptions } from "./reach.ts";
import { SolutionStore } from "./solution-store.ts";

/** How the problem's formula is read: as the set that is asked about. */
const asTarget = { source: "target", isCondition: true } as const;

/** Points of the largest grid that an estimate is made on: it is made anew while a form is filled in. */
const estimatedPoints = 200_000;

/** What `control reach` is likely to take; of large grids by that of a coarser one, whose steps are longer as its cells are. */
export function estimateReach(spec: ProblemSpec, options: ReachOptions): JobEstimate {
  const { grid } = readProblem(spec, { detail: options.detail, ...asTarget }).task;
  const coarser = Math.min(1, (estimatedPoints / grid.size) ** (1 / grid.axes.length));
  const problem = readProblem(spec, { detail: coarser * options.detail, ...asTarget });
  const { scheme, precision, workers } = options;
  const { seconds, bytes, keptBytes } = estimateSolve(questionOf(problem, options), { scheme, precision, workers });
  const larger = grid.size / problem.task.grid.size;
  return { seconds: seconds * larger ** (1 + 1 / grid.axes.length), bytes: (bytes + keptBytes) * larger };
}

/** The job behind `control reach`. */
export async function reach(spec: ProblemSpec, options: ReachOptions, context: JobContext): Promise<Outcome> {
  const problem = readProblem(spec, { detail: options.detail, ...asTarget });
  const { bytes = 0 } = estimateReach(spec, options);
  requireBytes(bytes, { what: "reach", grid: problem.task.grid });
  warnOfIdleInputs(problem.task.system, context);
  const question = questionOf(problem, options);
  const { grid } = problem.task;
  const solution = await solveKept(question, options, context);
  context.figure(tubeFigure(problem, solution, options));
  const slices = { times: solution.times.map((t) => options.seconds - t), values: solution.values };
  const surface = volumeFigure(problem, slices, {
    name: "reach-volume",
    title: `The set from where ${options.target} is ${options.aim === "reach" ? "reached" : "not avoided"}, in three dimensions`,
    side: "below",
    label: "time to go",
    set: `the states from which ${options.target} is ${options.aim === "reach" ? "reached" : "not avoided"}`,
  });
  if (surface !== undefined) context.figure(surface);
  if (solution.arrival !== undefined) context.figure(arrivalFigure(problem, solution.arrival, options));
  const arrays = {
    values: new NdArray(solution.last, grid.shape),
    ...(solution.arrival === undefined ? {} : { arrival: new NdArray(solution.arrival, grid.shape) }),
    ...Object.fromEntries(grid.axes.map((axis) => [axis.name, new NdArray(axis.coordinates)])),
  };
  await context.artifact(
    "values.npz",
    encodeNpz(arrays),
    "The value function at the start of the time span, and times of arrival.",
  );
  let inside = 0;
  for (const v of solution.last) if (v <= 0) inside++;
  const share = inside / grid.size;
  const verb =
    options.aim === "reach" ? "can be steered into the target" : "can be driven into the target by the disturbance";
  return {
    summary: `Within ${options.seconds} s and against disturbances of ${options.delta} times their set, ${(100 * share).toFixed(1)} % of the grid points ${verb}.`,
    headlines: [
      { label: "share of the grid", value: share, isFraction: true },
      { label: "time steps", value: solution.steps, note: `${grid.shape.join("×")} points, ${options.scheme}` },
    ],
    next: [share > 0 ? withLargerDisturbance(options) : withoutObstruction(options)],
  };
}

function withLargerDisturbance({ delta }: ReachOptions) {
  const larger = delta === 0 ? 0.2 : 2 * delta;
  return {
    command: `orrery control reach … --delta ${rounded(larger)}`,
    why: "How much a larger disturbance takes away.",
  };
}

/** What to try where the set is empty. */
function withoutObstruction({ delta, seconds }: ReachOptions) {
  if (delta > 0) return { command: "orrery control reach … --delta 0", why: "Whether it is the disturbance." };
  return { command: `orrery control reach … --seconds ${rounded(2 * seconds)}`, why: "Whether it is the time." };
}

/** The solution, from where an interrupted run left it. */
async function solveKept(question: Problem, options: ReachOptions, context: JobContext): Promise<Solution> {
  const { scheme, precision, workers } = options;
  const store = new SolutionStore(context);
  const resume = await store.load();
  try {
    return await solve(question, {
      ...{ scheme, precision, workers },
      signal: context.signal,
      observer: (event) => {
        if (event.kind === "progress") context.progress({ done: event.fraction, total: 1, unit: "of the time span" });
      },
      onCheckpoint: (checkpoint) => store.save(checkpoint),
      ...(resume === undefined ? {} : { resume }),
    });
  } finally {
    await store.flush();
  }
}

function questionOf(problem: ControlProblem, options: ReachOptions): Problem {
  const { task } = problem;
  const condition = (text: string, source: string) => {
    const formula = parseCondition(text, task.vocabulary ?? {}, source);
    checkValues({ ...task, formula }, source);
    return sampleFormula(formula, task).map((v) => -v);
  };
  const obstacle = options.obstacle === undefined ? {} : { obstacle: condition(options.obstacle, "obstacle") };
  const count = 8;
  const target = condition(options.target, "target");
  const question = reachProblem({
    system: task.system,
    grid: task.grid,
    disturbanceScale: options.delta,
    aim: options.aim,
    mode: options.mode,
    target,
    ...obstacle,
    times: Array.from({ length: count + 1 }, (_, i) => (options.seconds * (count - i)) / count),
    ...(options.mode === "tube" ? { arrival: "below" as const } : {}),
  });
  return { ...question, lowest: target.reduce((a, b) => Math.min(a, b)) };
}
