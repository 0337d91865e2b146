import { encodeCsv, numberColumn, readCsv } from "../../../data/index.ts";
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

/** A trace as columns. */
interface Recording {
  readonly times: readonly number[];
  readonly columns: Readonly<Record<string, readonly number[]>>;
}

/** The job behind `control monitor`. */
export async function monitor(options: MonitorOptions, context: JobContext): Promise<Outcome> {
  const recording = options.trace === undefined ? exampleRecording() : await readRecording(options);
  const formula = parseFormula(options.formula, {
    states: Object.keys(recording.columns).map((name) => ({ name })),
  });
  const needed = [...statesOf(formula, {})];
  const used = Object.fromEntries(needed.map((name) => [name, recording.columns[name]]));
  const read = { ...recording, columns: used };
  checkNumbers(read, options.trace ?? "trace");
  const { times, values } = options.mode === "dense" ? dense(formula, read, options) : discrete(formula, read, options);
  const shown = { times, values, signals: { times: recording.times, columns: used } };
  context.figure(robustnessTraceFigure(printFormula(formula), shown));
  const columns = [
    { name: "time", values: times },
    { name: "robustness", values },
  ];
  const csv = encodeCsv(columns.map((c) => ({ name: c.name, kind: "number", values: Float64Array.from(c.values) })));
  await context.artifact("robustness.csv", csv, "The formula's robustness over time.");
  return outcomeOf(formula, times, values);
}

function outcomeOf(formula: Formula, times: readonly number[], values: readonly number[]): Outcome {
  const broken = values.findIndex((v) => v < 0);
  const first = values[0];
  const verdict =
    first >= 0
      ? `holds at the beginning, robustly by ${rounded(first)}`
      : `fails at the beginning, by ${rounded(-first)}`;
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

function discrete(formula: Formula, { times, columns }: Recording, { until, end }: MonitorOptions) {
  const step = equalStep(times);
  const semantics = { step, until, end };
  const values = [...robustness(formula, columns, semantics)];
  if (isBounded(formula)) {
    const names = Object.keys(columns);
    const online = new OnlineMonitor(formula, names, semantics);
    const streamed = times.flatMap((_, t) => online.push(names.map((name) => columns[name][t])));
    streamed.push(...online.finish());
    requireAgreement(streamed, values);
  }
  return { times, values };
}

function dense(formula: Formula, { times, columns }: Recording, { until, end }: MonitorOptions) {
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
    changes.push(...online.finish());
    requireAgreement(signalOfChanges(changes, online.last)!.cells, signal.cells);
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

/** @throws OrreryError `argument` naming the first row that comes earlier or later after the one before than most do. */
function equalStep(times: readonly number[]): number {
  if (times.length < 2) return 1;
  const step = (times[times.length - 1] - times[0]) / (times.length - 1);
  const isOdd = (t: number, i: number) => Math.abs(t - times[0] - i * step) > 1e-6 * Math.max(step, Math.abs(t));
  if (!times.some(isOdd)) return Number(step.toPrecision(12));
  const gaps = times.slice(1).map((t, i) => t - times[i]);
  const usual = [...gaps].sort((a, b) => a - b)[gaps.length >> 1];
  const k = Math.max(
    0,
    gaps.findIndex((gap) => Math.abs(gap - usual) > 1e-6 * usual),
  );
  throw new OrreryError(
    "argument",
    `trace: expected equally spaced times; got ${rounded(gaps[k])} s between rows ${k + 1} and ${k + 2} where most are ${rounded(usual)} s apart`,
    { hint: "Use --mode dense for samples at any times." },
  );
}

async function readRecording({ trace, time }: MonitorOptions): Promise<Recording> {
  const table = await readCsv(trace!);
  const times = [...numberColumn(table, time)];
  if (times.length === 0) throw new OrreryError("format", `${trace}: expected at least one row; got none`);
  const k = times.findIndex((t, i) => !(Number.isFinite(t) && (i === 0 || t > times[i - 1])));
  if (k >= 0) {
    const expected = k === 0 ? "a time" : `a time after ${times[k - 1]} s`;
    throw new OrreryError("format", `${trace}, row ${k + 1}, ${time}: expected ${expected}; got ${times[k]} s`, {
      hint: "Sort the rows by time and keep one for each.",
    });
  }
  const others = table.columns.filter((c) => c.kind === "number" && c.name !== time);
  return { times, columns: Object.fromEntries(others.map((c) => [c.name, [...numberColumn(table, c.name)]])) };
}

/** @throws OrreryError `format` naming the first row without a number that the formula reads. */
function checkNumbers({ times, columns }: Recording, source: string): void {
  for (const [name, values] of Object.entries(columns)) {
    const k = values.findIndex(Number.isNaN);
    if (k < 0) continue;
    throw new OrreryError("format", `${source}, row ${k + 1} (${times[k]} s), ${name}: expected a number; got none`, {
      hint: "Fill or cut the gap: a formula has no value there.",
    });
  }
}

/** A climb to a height that is kept but for two gusts. */
function exampleRecording(): Recording {
  const times = Array.from({ length: 121 }, (_, k) => k / 4);
  const gust = (t: number, at: number, depth: number) => depth * Math.exp(-((t - at) ** 2));
  const height = times.map((t) => 26 * (1 - Math.exp(-t / 1.5)) - gust(t, 12, 9) - gust(t, 21, 4));
  return { times, columns: { height } };
}
