import type { JobContext, JobEstimate, Outcome } from "../../../lab/index.ts";
import { rounded } from "../report/plane.ts";
import { certificateFigure, searchFigure, segmentsFigure } from "../report/search.ts";
import { type Certificate, certify } from "../synthesis/certificate.ts";
import { encodeController } from "../synthesis/controller-file.ts";
import { checkExport, exportController } from "../synthesis/controller-model.ts";
import {
  type DisturbanceBound,
  largestDisturbance,
  requireNestedSets,
  type Trial,
} from "../synthesis/largest-disturbance.ts";
import { estimateBytes, requireMemory } from "../synthesis/memory.ts";
import { type ControlProblem, checkValues, type ProblemSpec, readProblem } from "../synthesis/problem.ts";
import { samplingStep } from "../synthesis/rollout.ts";
import { solvePlan } from "../synthesis/solve-plan.ts";
import { gridMargin } from "../synthesis/task.ts";
import type { ValueTree } from "../synthesis/value-tree.ts";
import { runLoop } from "./closed-loop.ts";
import { drawMap } from "./disturbance-map.ts";
import { warnOfIdleInputs, warnOfNoDisturbance } from "./idle-inputs.ts";
import { warnOfMixedUnits } from "./mixed-units.ts";
import { findSegments } from "./segment-search.ts";
import { showRollouts, showValues } from "./show-controller.ts";
import { solverSettings } from "./solver-settings.ts";
import type { SynthesisSettings, SynthesizeOptions } from "./synthesize.ts";

/** The memory that `control synthesize` is likely to take; how long its search goes on cannot be told before. */
export function estimateSynthesis(spec: ProblemSpec, given: SynthesizeOptions): JobEstimate {
  const problem = readProblem(spec, { detail: given.detail, outside: given.outside });
  return { bytes: estimateBytes(problem, { sliceEvery: given.sliceSeconds, precision: given.precision }) };
}

/** The job behind `control synthesize`: search, controller, evidence, report. */
export async function synthesize(spec: ProblemSpec, given: SynthesizeOptions, context: JobContext): Promise<Outcome> {
  const problem = readProblem(spec, { detail: given.detail, outside: given.outside });
  const settings: SynthesisSettings = { ...given, margin: given.margin ?? gridMargin(problem.task) };
  requireMemory(problem, { sliceEvery: settings.sliceSeconds, precision: settings.precision });
  checkValues(problem.task);
  samplingStep(problem.task.formula, settings.stepSeconds);
  requireNestedSets(problem.task.system);
  if (settings.onnx) checkExport(problem);
  warnOfIdleInputs(problem.task.system, context);
  warnOfMixedUnits(problem, rounded(settings.margin), context);
  warnOfNoDisturbance(problem.task.system, context);
  for (const remark of problem.remarks) {
    if (problem.isGuaranteed) context.note(remark);
    else context.warn(remark);
  }
  const bound = await search(problem, settings, context);
  const isFound = Number.isFinite(bound.delta);
  const delta = isFound ? bound.delta : 0;
  const tree = await solvePlan(problem.plan, problem.task, {
    ...solverSettings(settings, context, "controller"),
    delta,
  });
  const { margin, rollouts: count, stepSeconds, seed } = settings;
  const loop = { delta, margin, rollouts: count, stepSeconds, seed };
  const rollouts = isFound ? await runLoop(problem, tree, loop, context) : [];
  await keepController(problem, tree, { ...settings, delta }, context);
  if (rollouts.length > 0) await showRollouts(problem, rollouts, { ...settings, delta }, context);
  showValues(problem, tree, delta, context);
  if (settings.mapLevels > 1) await drawMap(problem, bound, settings, context);
  context.figure(searchFigure(bound, settings.margin));
  const segments = await findSegments(problem, bound, settings, context);
  if (segments.length > 0) context.figure(segmentsFigure(segments, bound.delta, settings));
  const certificate = certify(problem, bound, { margin: settings.margin, scheme: settings.scheme, rollouts, segments });
  context.figure(certificateFigure(certificate));
  await context.artifact(
    "certificate.json",
    JSON.stringify(certificate, null, 2),
    "What is claimed, and on what grounds.",
  );
  return outcomeOf(certificate);
}

async function search(
  problem: ControlProblem,
  settings: SynthesisSettings,
  context: JobContext,
): Promise<DisturbanceBound> {
  const store = context.checkpoints<{ readonly arrays: Record<string, never>; readonly trials: readonly Trial[] }>(
    "trials",
  );
  const known = (await store.load())?.trials ?? [];
  const trials = [...known];
  const { margin, tolerance, most } = settings;
  const tell = (count: number) => {
    const held = trials.slice(0, count).filter(({ grid, value }) => grid === "fine" && value >= margin);
    const { value } = trials[count - 1];
    const delta = held.reduce((most, trial) => Math.max(most, trial.delta), Number.NEGATIVE_INFINITY);
    context.metrics(count, Number.isFinite(delta) ? { value, delta } : { value });
  };
  for (let count = 1; count <= known.length; count++) tell(count);
  return await largestDisturbance(problem, problem.task, problem.start, {
    ...solverSettings(settings, context, "search"),
    margin,
    tolerance,
    most,
    known,
    onTrial: async (trial) => {
      trials.push(trial);
      tell(trials.length);
      await store.save({ arrays: {}, trials });
    },
  });
}

async function keepController(
  problem: ControlProblem,
  tree: ValueTree,
  { delta, margin, detail, onnx }: SynthesisSettings & { readonly delta: number },
  context: JobContext,
): Promise<void> {
  const saved = { problem, tree, delta, margin, detail, isGuaranteed: problem.isGuaranteed };
  await context.artifact(
    "controller.npz",
    encodeController(saved),
    "The controller: value functions of all that may be pending, for control simulate and decodeController.",
  );
  if (!onnx) return;
  await context.artifact(
    "controller.onnx",
    exportController(saved),
    "The same as a model: state, time and mode to value, gradient, control and worst disturbance; its metadata tell the modes.",
  );
}

function outcomeOf(c: Certificate): Outcome {
  const isFound = Number.isFinite(c.delta);
  return {
    summary: isFound
      ? foundSummary(c)
      : `The formula fails from the start even without disturbance: V = ${rounded(c.value)} where ${rounded(c.margin)} is asked for.`,
    headlines: [
      {
        label: "largest disturbance",
        value: isFound ? c.delta : "none",
        note: boundNote(c),
      },
      { label: "V at the start", value: c.value, note: `margin ${rounded(c.margin)}` },
      { label: "runs that satisfy the formula", value: `${c.rollouts - c.violations} of ${c.rollouts}` },
    ],
    next: [nextStep(c)],
  };
}

function boundNote({ delta, failsAt, disturbances }: Certificate): string {
  const fails = Number.isFinite(failsAt) ? `fails at ${rounded(failsAt)}` : "nothing larger was tried";
  return Number.isFinite(delta) ? `times the set: ${disturbances}; ${fails}` : fails;
}

function foundSummary(c: Certificate): string {
  const ground = c.isSoundFragment ? "" : " This is not guaranteed: the formula lies outside the sound fragment.";
  const runs = `${c.rollouts - c.violations} of ${c.rollouts} runs of the closed loop satisfy it`;
  if (c.violations > 0) {
    return `The bound ${rounded(c.delta)} is contradicted: ${c.violations} of ${c.rollouts} runs of the closed loop violate the formula. The grid is too coarse for a margin of ${rounded(c.margin)}.${ground}`;
  }
  return `“${c.formula}” survives disturbances up to ${rounded(c.delta)} times their set from the start, with V = ${rounded(c.value)}; ${runs}.${ground}`;
}

function afterFailure({ margin, value }: Certificate): { readonly command: string; readonly why: string } {
  const miss = `The nearest miss: ${rounded(margin - value)} short.`;
  if (value >= 0) {
    const why = `${miss} Without so much room for the error of the grid it holds; a finer grid (--detail) needs less.`;
    return { command: `orrery control synthesize … --margin ${rounded(value / 2)}`, why };
  }
  const why = `${miss} A finer grid loses less; else the task needs later deadlines, or the system stronger controls.`;
  return { command: "orrery control synthesize … --detail 2", why };
}

function nextStep(c: Certificate): { readonly command: string; readonly why: string } {
  if (!Number.isFinite(c.delta)) return afterFailure(c);
  if (c.violations > 0) {
    return {
      command: `orrery control synthesize … --margin ${rounded(2 * c.margin - c.leastRobustness)}`,
      why: "Leaves more room for the error of the grid; a finer grid (--detail) needs less.",
    };
  }
  return {
    command: "orrery control simulate --controller RUN/artifacts/controller.npz --rollouts 50",
    why: "More runs of the same controller, also from other starts.",
  };
}
