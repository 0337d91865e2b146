import type { MetricPoint } from "../../lab/runs/metric-log.ts";
import type { Series } from "../api.ts";

/**
 * At most `limit` points of a series such that what is drawn looks the same: of each run of neighbours the first, the
 * lowest, the highest and the last.
 */
export function thinOut(points: readonly (readonly [number, number])[], limit: number): (readonly [number, number])[] {
  if (points.length <= limit) return [...points];
  const buckets = Math.max(1, Math.floor(limit / 4));
  const kept: (readonly [number, number])[] = [];
  for (let b = 0; b < buckets; b++) {
    const [from, to] = [Math.floor((b * points.length) / buckets), Math.floor(((b + 1) * points.length) / buckets)];
    let [low, high] = [from, from];
    for (let i = from; i < to; i++) {
      if (points[i][1] < points[low][1]) low = i;
      if (points[i][1] > points[high][1]) high = i;
    }
    for (const i of [...new Set([from, low, high, to - 1])].sort((a, c) => a - c)) kept.push(points[i]);
  }
  return kept;
}

/** The series of a run's metrics, thinned out; values that are not finite are null. */
export function seriesOf(points: readonly MetricPoint[], limit: number): Series[] {
  const all = new Map<string, [number, number][]>();
  for (const { step, values } of points) {
    for (const [name, value] of Object.entries(values)) {
      const list = all.get(name);
      if (list === undefined) all.set(name, [[step, value]]);
      else list.push([step, value]);
    }
  }
  return [...all].map(([name, list]) => ({
    name,
    count: list.length,
    points: thinOut(list, limit).map(([step, value]) => [step, Number.isFinite(value) ? value : null] as const),
  }));
}
