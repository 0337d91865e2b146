import type { Row } from "../../../lab/index.ts";

/** Up to so many different values have a bar each; more are put into bins. */
const mostValues = 24;

/** Counts of a number: a bar from `from` to `to` each, for `rectY`. */
export interface Histogram {
  readonly rows: readonly (Row & { readonly from: number; readonly to: number; readonly count: number })[];
  /** Whether every bar is one value, in its middle. */
  readonly isDiscrete: boolean;
}

/** Values that differ by rounding alone are one. */
const tidy = (x: number) => Number(x.toPrecision(12));

/** A histogram of values: their own few, or equal parts of their range. */
export function histogramOf(values: ArrayLike<number>, bins = 40): Histogram {
  const counts = new Map<number, number>();
  for (let k = 0; k < values.length && counts.size <= mostValues; k++) {
    const value = tidy(values[k]);
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  if (counts.size <= mostValues) {
    const sorted = [...counts].sort(([a], [b]) => a - b);
    const gaps = sorted.slice(1).map(([value], k) => value - sorted[k][0]);
    const half =
      gaps.length === 0 ? 0.05 : Math.min(0.4 * Math.min(...gaps), 0.06 * (sorted[gaps.length][0] - sorted[0][0]));
    return {
      isDiscrete: true,
      rows: sorted.map(([v, count]) => ({ from: tidy(v - half), to: tidy(v + half), count })),
    };
  }
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let k = 0; k < values.length; k++) {
    low = Math.min(low, values[k]);
    high = Math.max(high, values[k]);
  }
  const list = new Float64Array(bins);
  for (let k = 0; k < values.length; k++) {
    list[Math.min(bins - 1, Math.floor((bins * (values[k] - low)) / (high - low)))]++;
  }
  const edge = (bin: number) => tidy(low + ((high - low) * bin) / bins);
  return {
    isDiscrete: false,
    rows: Array.from(list, (count, bin) => ({ from: edge(bin), to: edge(bin + 1), count })),
  };
}
