import { encodeCsv, listNames } from "../../../data/index.ts";
import { OrreryError } from "../../../errors.ts";
import type { JobContext, Outcome } from "../../../lab/index.ts";
import { rounded } from "../report/plane.ts";
import { robustnessTraceFigure } from "../report/trace.ts";
import {
  DenseOnlineMonitor,
  type Formula,
  OnlineMonitor,
  parseFormula,
  printFormula,
  reachOf,
  robustness,
  robustnessDense,
  signalOfChanges,
} from "../stl/index.ts";
import { statesOf } from "../stl/robustness.ts";
import type { MonitorOptions } from "./monitor.ts";
import { checkNumbers, equalStep, exampleRecording, type Recording, readRecording, roundingOf } from "./recording.ts";

/** The job behind `control monitor`. */
export async function monitor(options: MonitorOptions, context: JobContext): Promise<Outcome> {
  const recording = options.trace === undefined ? exampleRecording() : await readRecording(options.trace, options.time);
  const formula = readFormula(options.formula, recording);
  const needed = [...statesOf(formula, {})];
  if (needed.length === 0) {
    throw new OrreryError("argument", `formula: expected one that reads a column; got ${options.formula}`);
  }
  checkNumbers(recording, needed);
  const signals: Signals = {
    times: recording.times,
    columns: Object.fromEntries(needed.map((name) => [name, recording.columns[name]])),
  };
  const { times, values } =
    options.mode === "dense" ? dense(formula, signals, options) : discrete(formula, signals, options);
  warnOfCutWindows(formula, signals, options, context);
  context.figure(robustnessTraceFigure(printFormula(formula), { times, values, signals }));
  const columns = [
    { name: "time", values: times },
    { name: "robustness", values },
  ];
  const csv = encodeCsv(columns.map((c) => ({ name: c.name, kind: "number", values: Float64Array.from(c.values) })));
  await context.artifact("robustness.csv", csv, "The formula's robustness over time.");
  return outcomeOf(formula, times, values);
}

/** What a formula reads of a recording. */
type Signals = Pick<Recording, "times" | "columns">;

/** @throws OrreryError as `parseFormula`; beside a mistake stand the columns that no formula can name. */
function readFormula(text: string, { states, unnamed }: Recording): Formula {
  try {
    return parseFormula(text, { states });
  } catch (error) {
    if (!(error instanceof OrreryError) || unnamed.length === 0 || error.hint !== undefined) throw error;
    const hint = `Give columns that formulas cannot name another name: ${listNames(unnamed)}.`;
    throw new OrreryError(error.code, error.message, { hint });
  }
}

function warnOfCutWindows(formula: Formula, { times }: Signals, { end }: MonitorOptions, context: JobContext): void {
  const { ahead } = reachOf(formula);
  const seconds = times[times.length - 1] - times[0];
  if (end === "hold" || !Number.isFinite(ahead) || ahead <= seconds * (1 + 1e-9) + roundingOf(times)) return;
  context.warn(
    `the formula looks ${rounded(ahead)} s ahead and the trace lasts ${rounded(seconds)} s: what would come later counts as nothing`,
  );
}

function outcomeOf(formula: Formula, times: readonly number[], values: readonly number[]): Outcome {
  const broken = values.findIndex((v) => v < 0);
  const first = values[0];
  const size = Number.isFinite(first) ? rounded(Math.abs(first)) : "more than any number";
  const verdict = first >= 0 ? `holds at the beginning, robustly by ${size}` : `fails at the beginning, by ${size}`;
  const later =
    broken < 0
      ? "It holds at every moment."
      : `Asked anew at every moment, it first fails at ${rounded(times[broken])} s.`;
  return {
    summary: `${printFormula(formula)} ${verdict}. ${later}`,
    headlines: [
      { label: "robustness at the beginning", value: first },
      {
        label: "moments at which it holds",
        value: values.filter((v) => v >= 0).length / values.length,
        isFraction: true,
      },
    ],
  };
}

function discrete(formula: Formula, { times, columns }: Signals, { until, end }: MonitorOptions) {
  const step = equalStep(times);
  const semantics = { step, until, end };
  const values = [...robustness(formula, columns, semantics)];
  if (isBounded(formula)) {
    const names = Object.keys(columns);
    const online = new OnlineMonitor(formula, names, semantics);
    const streamed = times.flatMap((_, t) => online.push(names.map((name) => columns[name][t])));
    requireAgreement(streamed.concat(online.finish()), values);
  }
  return { times, values };
}

function dense(formula: Formula, { times, columns }: Signals, { until, end }: MonitorOptions) {
  const names = Object.keys(columns);
  const trace = Object.fromEntries(names.map((name) => [name, columns[name].map((v, i) => [times[i], v] as const)]));
  const signal = robustnessDense(formula, trace, { until, end })!;
  if (isBounded(formula)) {
    const online = new DenseOnlineMonitor(formula, names, { until, end });
    const changes = times.flatMap((time, t) =>
      online.push(
        time,
        names.map((name) => columns[name][t]),
      ),
    );
    requireAgreement(signalOfChanges(changes.concat(online.finish()), online.last)!.cells, signal.cells);
  }
  return { times: [...signal.times], values: [...signal.times].map((_, i) => signal.cells[2 * i]) };
}

/** Whether a streaming monitor can answer: no operator looks ahead without an end. */
function isBounded(formula: Formula): boolean {
  return Number.isFinite(reachOf(formula).ahead);
}

function requireAgreement(streamed: ArrayLike<number>, offline: ArrayLike<number>): void {
  const isSame = streamed.length === offline.length && Array.from(streamed).every((v, t) => v === offline[t]);
  if (!isSame) throw new Error("the streaming monitor disagrees with the offline one");
}
