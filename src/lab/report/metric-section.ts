import type { Chart, Row } from "../figure.ts";
import { renderChart } from "../figures/chart.ts";
import { formatQuantity, wordsOf } from "../figures/quantities.ts";
import { svgDocument } from "../figures/svg-document.ts";
import { downSample } from "./down-sample.ts";
import { Html, html } from "./html.ts";
import type { ReportInput, ReportMetric } from "./report-input.ts";
import { sparkline } from "./sparkline.ts";

/** Curves are drawn for so many metrics, and for so many lines in one. */
const [maxCurves, maxLines] = [8, 8];
const pointsPerLine = 240;

const prefixOf = ({ name }: ReportMetric) => name.slice(0, Math.max(0, name.lastIndexOf("/")));
const ownNameOf = ({ name }: ReportMetric) => name.slice(name.lastIndexOf("/") + 1);

/** Best and last value of every metric with its direction and course. */
export function metricSection({ metrics, stepName, metricsHref }: ReportInput): Html | undefined {
  if (metrics.length === 0) return undefined;
  const hasCourse = metrics.some(({ points }) => points.length > 1);
  const all =
    metricsHref !== undefined &&
    html`<p class="muted">All measured values: <a href="${metricsHref}">${metricsHref}</a></p>`;
  return html`<section aria-labelledby="metrics"><h2 id="metrics">Metrics</h2>
${curves(metrics, stepName)}
<div class="scroll" role="group" aria-label="Best and last values of the metrics" tabindex="0"><table class="metrics">
<thead><tr><th scope="col">Metric</th>${hasCourse && html`<th scope="col">Course</th>`}<th scope="col" class="number">Best</th><th scope="col" class="number">at ${stepName}</th><th scope="col" class="number">Last</th><th scope="col">Better is</th></tr></thead>
<tbody>${metrics.map((metric) => line(metric, hasCourse))}</tbody></table></div>${all}</section>`;
}

function line(metric: ReportMetric, hasCourse: boolean): Html {
  const { best, last, direction, points, label } = metric;
  const prefix = prefixOf(metric);
  const isLast = best.step === last.step;
  return html`<tr><th scope="row">${prefix !== "" && html`<span class="prefix">${prefix}</span> `}${label}</th>
${hasCourse && html`<td>${sparkline(points, best)}</td>`}
<td class="number strong">${formatQuantity(best.value, metric)}</td><td class="number">${best.step.toLocaleString("en-US")}</td>
<td class="number${isLast ? "" : " muted"}">${formatQuantity(last.value, metric)}</td><td>${direction === "higher" ? "higher ↑" : "lower ↓"}</td></tr>`;
}

/** A small chart for every metric that has a course, the lines of all prefixes in one. */
function curves(metrics: readonly ReportMetric[], stepName: string): Html | undefined {
  const groups = new Map<string, ReportMetric[]>();
  for (const metric of metrics) {
    if (metric.points.length < 2) continue;
    const group = groups.get(ownNameOf(metric)) ?? [];
    groups.set(ownNameOf(metric), [...group, metric]);
  }
  if (groups.size === 0) return undefined;
  const drawn = [...groups].slice(0, maxCurves).map(([name, group]) => curve(name, group.slice(0, maxLines), stepName));
  return html`<div class="curves">${drawn}</div>`;
}

function curve(name: string, group: readonly ReportMetric[], stepName: string): Html {
  const rows: Row[] = group.flatMap((metric) =>
    downSample(metric.points, pointsPerLine).map(({ step, value }) => ({
      step,
      value,
      series: prefixOf(metric) || metric.label,
    })),
  );
  if (rows.length === 0) return html``;
  const [{ label, unit, isFraction }] = group;
  const heading = unit === undefined ? label : `${label}, ${unit}`;
  const chart: Chart = {
    kind: "chart",
    marks: [
      {
        mark: "line",
        channels: { x: "step", y: "value", ...(group.length > 1 && { stroke: "series" }) },
        options: { strokeWidth: 1.75 },
      },
    ],
    x: { label: wordsOf(stepName).toLowerCase() },
    y: { label: heading, ...(isFraction && { tickFormat: "%" }) },
    width: 356,
    height: 220,
  };
  const spoken = group
    .map((metric) => `${metric.name} ends at ${formatQuantity(metric.last.value, metric)}`)
    .join("; ");
  const options = {
    document: svgDocument(),
    name: `metric-${name.replace(/[^\w-]/g, "-")}`,
    title: heading,
    summary: `${spoken}.`,
  };
  return new Html(`<div class="chart">${renderChart(chart, { rows }, options)}</div>`);
}
