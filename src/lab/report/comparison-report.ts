import type { Column, Figure } from "../figure.ts";
import {
  type ComparedRun,
  type Comparison,
  compareRuns,
  namesOf,
  parallelFigure,
  scatterFigure,
} from "../figures/comparison.ts";
import { formatQuantity } from "../figures/quantities.ts";
import type { MetricDeclaration } from "../job.ts";
import type { RunState } from "../runs/run-record.ts";
import { html } from "./html.ts";
import { renderPage } from "./page.ts";

/** A run among others, with its series. */
export interface ReportedRun extends ComparedRun {
  readonly job: string;
  readonly state: RunState;
  /** ISO time of the first start. */
  readonly created: string;
  readonly metrics: Readonly<
    Record<string, { readonly best: { readonly value: number }; readonly last: { readonly value: number } }>
  >;
  readonly series: readonly { readonly name: string; readonly points: readonly (readonly [number, number | null])[] }[];
}

/** What a report of a comparison shows. */
export interface ComparisonReport {
  readonly runs: readonly ReportedRun[];
  /** What is known of the metrics, by their names without prefixes. */
  readonly declarations: Readonly<Record<string, MetricDeclaration>>;
  /** Which option or `run`, and which metric, the points are drawn over; default: the first ones. */
  readonly x?: string;
  readonly y?: string;
}

const declarationOf = ({ declarations }: ComparisonReport, metric: string): MetricDeclaration | undefined =>
  declarations[metric.slice(metric.lastIndexOf("/") + 1)];

/** The runs with their options that differ, and best and last of every metric. */
function differences(report: ComparisonReport, { rows, options, metrics }: Comparison): Figure {
  const columns: Column[] = [
    ...["run", "job", "state", "started", ...options].map((name) => ({ name })),
    ...metrics.flatMap((metric) => {
      const unit = declarationOf(report, metric)?.unit;
      return ["best", "last"].map((which) => ({ name: `${metric} ${which}`, label: `${metric}, ${which}`, unit }));
    }),
  ];
  const table = rows.map((row, i) => {
    const { job, state, created, metrics: measured } = report.runs[i];
    const values = metrics.flatMap((metric) => {
      const found = measured[metric];
      const cell = (value: number | undefined) =>
        value === undefined ? null : Number.isFinite(value) ? value : String(value);
      return [
        [`${metric} best`, cell(found?.best.value)],
        [`${metric} last`, cell(found?.last.value)],
      ];
    });
    const own = Object.fromEntries(options.map((name) => [name, row[name]]));
    return {
      run: row.run,
      job,
      state,
      started: created.slice(0, 16).replace("T", " "),
      ...own,
      ...Object.fromEntries(values),
    };
  });
  const differ = options.length === 0 ? "They differ in no option" : `They differ in ${options.join(", ")}`;
  return {
    name: "differences",
    title: "Where they differ",
    summary: `${rows.length} runs. ${differ}; best and last values of ${metrics.length} metrics beside.`,
    drawing: { kind: "table" },
    table: { rows: table, columns },
  };
}

/** A metric of all runs over their steps. */
function overlay(report: ComparisonReport, metric: string, index: number): Figure {
  const names = namesOf(report.runs);
  const rows = report.runs.flatMap(({ series }, i) =>
    (series.find(({ name }) => name === metric)?.points ?? []).map(([step, value]) => ({ run: names[i], step, value })),
  );
  const declaration = declarationOf(report, metric);
  const label = declaration?.label ?? metric;
  const ends = report.runs.flatMap(({ metrics }, i) => {
    const last = metrics[metric]?.last.value;
    return last === undefined ? [] : [`${names[i]} ${formatQuantity(last, declaration ?? {})}`];
  });
  const most = 8;
  return {
    name: `metric-${index + 1}`,
    title: `${label} of each run`,
    summary: `${metric} over steps${declaration === undefined ? "" : `, ${declaration.direction} is better`}; last: ${ends.slice(0, most).join(", ")}${ends.length > most ? ` and ${ends.length - most} more` : ""}.`,
    drawing: {
      kind: "chart",
      marks: [{ mark: "line", channels: { x: "step", y: "value", stroke: "run" } }],
      x: { label: "step" },
      y: { label: declaration?.unit === undefined ? label : `${label}, ${declaration.unit}`, grid: true },
    },
    table: { rows },
  };
}

/** Runs side by side as one HTML file: where they differ, every metric of all, points and parallel coordinates. The same input gives the same bytes. */
export function renderComparison(report: ComparisonReport): string {
  const { runs } = report;
  const comparison = compareRuns(runs);
  const { options, metrics } = comparison;
  const measured = metrics.filter((metric) => runs.some(({ series }) => series.some(({ name }) => name === metric)));
  const [x, y] = [report.x ?? options[0] ?? "run", report.y ?? metrics[0]];
  const isDrawn = y !== undefined && ["run", ...options].includes(x) && metrics.includes(y);
  const title = `${runs.length} runs compared`;
  const jobs = [...new Set(runs.map(({ job }) => job))].join(", ");
  return renderPage({
    title: `${title} · ${jobs}`,
    opening: html`<header class="opening"><p class="kicker">${jobs}</p><h1>${title}</h1><p class="lede">${namesOf(runs).join(", ")}</p></header>`,
    figures: [
      differences(report, comparison),
      ...measured.map((metric, i) => overlay(report, metric, i)),
      ...(isDrawn ? [scatterFigure(comparison, x, y)] : []),
      ...(options.length + metrics.length > 1 ? [parallelFigure(comparison)] : []),
    ],
    sections: [],
    source: "Written by Orrery from the folders of the runs.",
  });
}
