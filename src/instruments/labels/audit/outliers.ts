import type { Neighbors } from "../../../math/nearest-neighbors.ts";
import { quantile } from "./interval.ts";

/** Rows unlike any other. */
export interface Outliers {
  /** `[n]`: `exp(−d / median d)` of the mean distance d to the neighbours: low for outliers. */
  readonly scores: Float64Array;
  /** Outliers, the farthest first. */
  readonly rows: Int32Array;
  /** The mean distance above which a row is an outlier. */
  readonly threshold: number;
}

/** Interquartile ranges above the third quartile; cleanlab's 1 / 0.37037 − 1. */
const whisker = 1 / 0.37037 - 1;
const nothing = 100 * Number.EPSILON;

/** The mean distance of every row to its neighbours. */
export function meanDistances({ distances, indices, k }: Neighbors): Float64Array {
  const means = new Float64Array(indices.shape[0]);
  for (let row = 0; row < means.length; row++) {
    let [sum, count] = [0, 0];
    for (let i = row * k; i < (row + 1) * k && indices.data[i] >= 0; i++, count++) sum += distances.data[i];
    means[row] = count > 0 ? sum / count : 0;
  }
  return means;
}

/** Outliers by the mean distance to the k nearest rows: those beyond `Q3 + 1.7 (Q3 − Q1)`, as in cleanlab's Datalab. */
export function findOutliers(neighbors: Neighbors): Outliers {
  const means = meanDistances(neighbors);
  const ascending = means.slice().sort();
  const [first, median, third] = [0.25, 0.5, 0.75].map((part) => quantile(ascending, part));
  const scale = Math.max(median, nothing);
  const threshold = third + whisker * (third - first);
  const rows = Int32Array.from(means.keys()).filter((row) => means[row] > threshold);
  return {
    scores: means.map((distance) => (distance < nothing ? 1 : Math.exp(-distance / scale))),
    rows: rows.sort((a, b) => means[b] - means[a] || a - b),
    threshold,
  };
}
