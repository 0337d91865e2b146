import type { MetricPoint } from "../../../lab/runs/metric-log.ts";
import type { Series } from "../../api.ts";

/** Lines of one chart: every series whose name ends alike, `elr/testAccuracy` and `gce/testAccuracy`. */
export interface SeriesGroup {
  readonly metric: string;
  readonly lines: readonly Series[];
}

/** Where the series of a run that is compared with others are. */
export const comparedSeries = (id: string) => `/runs/${id}/series?points=400`;

const metricOf = (name: string) => name.slice(name.lastIndexOf("/") + 1);

/** Series of metric points, as the server would make them. */
export function seriesOfPoints(points: readonly MetricPoint[]): Series[] {
  const all = new Map<string, [number, number | null][]>();
  for (const { step, values } of points) {
    for (const [name, value] of Object.entries(values)) {
      const list = all.get(name) ?? [];
      // Texts stand for what JSON has no numbers for.
      list.push([step, typeof value === "number" ? value : null]);
      all.set(name, list);
    }
  }
  return [...all].map(([name, list]) => ({ name, count: list.length, points: list }));
}

/** Series so far and what came after them, each metric in one. */
export function joinSeries(earlier: readonly Series[], later: readonly Series[]): Series[] {
  const all = new Map(earlier.map((line) => [line.name, line]));
  for (const { name, count, points } of later) {
    const before = all.get(name);
    all.set(name, { name, count: (before?.count ?? 0) + count, points: [...(before?.points ?? []), ...points] });
  }
  return [...all.values()];
}

/** Series by the metric they measure. */
export function groupSeries(series: readonly Series[]): SeriesGroup[] {
  const groups = new Map<string, Series[]>();
  for (const line of series) groups.set(metricOf(line.name), [...(groups.get(metricOf(line.name)) ?? []), line]);
  return [...groups].map(([metric, lines]) => ({ metric, lines }));
}
