import type { Cell, Figure, Row } from "../figure.ts";
import { flattenOptions, optionText } from "../recipes/flatten-options.ts";
import { wordsOf } from "./quantities.ts";

/** What is compared of a run. */
export interface ComparedRun {
  readonly id: string;
  readonly name?: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly metrics: Readonly<Record<string, { readonly best: { readonly value: number } }>>;
}

/** Runs as rows: `run` is the name; then the options in which they differ, and the best value of every metric. */
export interface Comparison {
  readonly rows: readonly Row[];
  readonly options: readonly string[];
  readonly metrics: readonly string[];
}

/** More runs than this are told apart by a metric's value instead of by a colour each. */
const mostColors = 8;

const cellOf = (value: unknown): Cell => (typeof value === "number" ? value : optionText(value));
const finite = (value: number | undefined) => (value !== undefined && Number.isFinite(value) ? value : null);

/** What each run is called beside the others: its name, with its id where another has the same. */
export function namesOf(runs: readonly Pick<ComparedRun, "id" | "name">[]): string[] {
  const names = runs.map(({ id, name }) => name ?? id);
  const isTwice = (name: string) => names.indexOf(name) !== names.lastIndexOf(name);
  return names.map((name, i) => (isTwice(name) ? `${name} (${runs[i].id})` : name));
}

/** Where runs differ and what came out. */
export function compareRuns(runs: readonly ComparedRun[]): Comparison {
  const values = runs.map(
    ({ options }) => new Map(flattenOptions(options).map(([path, value]) => [path, cellOf(value)])),
  );
  const paths = [...new Set(values.flatMap((map) => [...map.keys()]))];
  const options = paths.filter((path) => new Set(values.map((map) => map.get(path))).size > 1);
  const metrics = [...new Set(runs.flatMap((run) => Object.keys(run.metrics)))];
  const names = namesOf(runs);
  const rows = runs.map((run, i) => ({
    run: names[i],
    ...Object.fromEntries(options.map((path) => [path, values[i].get(path) ?? null])),
    ...Object.fromEntries(metrics.map((name) => [name, finite(run.metrics[name]?.best.value)])),
  }));
  return { rows, options, metrics };
}

/** A metric's best value against an option, a point for each run. */
export function scatterFigure({ rows }: Comparison, x: string, y: string): Figure {
  const known = rows.filter((row) => row[x] !== null && row[y] !== null);
  return {
    name: "scatter",
    title: `${wordsOf(y)} against ${wordsOf(x)}`,
    summary: `${known.length} runs; the best value of ${y} for each value of ${x}.`,
    drawing: {
      kind: "chart",
      marks: [{ mark: "dot", channels: { x, y, title: "run" }, options: { r: 5 } }],
      x: { label: x },
      y: { label: y, grid: true },
    },
    table: { rows: known },
  };
}

/** Every option and metric as a place along the way of a line for each run; values by their rank among the runs. */
export function parallelFigure({ rows, options, metrics }: Comparison): Figure {
  const names = [...options, ...metrics];
  const byMetric =
    rows.length > mostColors ? metrics.find((name) => rows.some((row) => row[name] !== null)) : undefined;
  const ranks = names.flatMap((name) => {
    const sorted = [...new Set(rows.map((row) => row[name]))].sort((a, b) =>
      typeof a === "number" && typeof b === "number" ? a - b : String(a) < String(b) ? -1 : 1,
    );
    return rows.map((row) => ({
      run: row.run,
      what: name,
      rank: sorted.length < 2 ? 0.5 : sorted.indexOf(row[name]) / (sorted.length - 1),
      value: String(row[name]),
      ...(byMetric === undefined ? {} : { color: row[byMetric] }),
    }));
  });
  const color = byMetric === undefined ? "run" : "color";
  return {
    name: "parallel",
    title: "Options and metrics of each run",
    summary: `${rows.length} runs over ${names.length} options and metrics, each from its lowest (0) to its highest (1) value.${byMetric === undefined ? "" : ` Colours are ${byMetric}.`}`,
    drawing: {
      kind: "chart",
      marks: [
        { mark: "line", channels: { x: "what", y: "rank", z: "run", stroke: color } },
        { mark: "dot", channels: { x: "what", y: "rank", fill: color, title: "value" } },
      ],
      x: { type: "point", domain: names, label: "" },
      y: { label: "rank" },
      ...(byMetric === undefined ? {} : { color: { label: byMetric, type: "sequential", legend: true } as const }),
    },
    table: { rows: ranks },
  };
}

/** The mean of a metric's best values for each pair of values of two options. */
export function gridFigure(
  { rows }: Comparison,
  { x, y, metric }: Readonly<Record<"x" | "y" | "metric", string>>,
): Figure {
  const cells = new Map<string, { readonly row: Row; readonly values: number[] }>();
  for (const row of rows) {
    const value = row[metric];
    if (typeof value !== "number") continue;
    const place = JSON.stringify([row[x], row[y]]);
    const cell = cells.get(place) ?? { row: { [x]: row[x], [y]: row[y] }, values: [] };
    cell.values.push(value);
    cells.set(place, cell);
  }
  const means = [...cells.values()].map(({ row, values }) => ({
    ...row,
    [metric]: values.reduce((sum, value) => sum + value, 0) / values.length,
    runs: values.length,
  }));
  return {
    name: "grid",
    title: `${wordsOf(metric)} over ${wordsOf(x)} and ${wordsOf(y)}`,
    summary: `The best value of ${metric}, mean of the runs with the same ${x} and ${y}; ${means.length} pairs of values.`,
    drawing: {
      kind: "chart",
      marks: [{ mark: "cell", channels: { x, y, fill: metric } }],
      x: { label: x, type: "band" },
      y: { label: y, type: "band" },
      color: { label: metric, type: "sequential", legend: true },
    },
    table: { rows: means },
  };
}
