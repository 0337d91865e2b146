import type { LabelGeometry } from "./geometry.ts";
import { type Matrix, matrixOf, normalizeRows, transitionCounts } from "./transition.ts";

/** How a quantity of the flipped examples is told: over all of them and for each pair of true class and label. */
export interface Indicator {
  /** Over all flipped examples; null when there are none. */
  readonly pooled: number | null;
  /** `[K][K]`: NaN where no example is flipped so. */
  readonly byCell: Matrix;
}

/**
 * Con_k, the concentration of flips: of a flipped example's k nearest neighbours of the same true class, the fraction with
 * the same wrong label, over the fraction `T_ij` in the whole class. 1 means that flips fall evenly, more that they
 * come in neighbourhoods.
 */
export function concentration(geometry: LabelGeometry, labels: Int32Array): Indicator {
  const { clean, classes, neighbors } = geometry;
  const transition = normalizeRows(transitionCounts(clean, labels, classes));
  const shared = matrixOf(classes, () => 0);
  const flips = matrixOf(classes, () => 0);
  const { k } = neighbors;
  const near = neighbors.indices.data;
  let [sum, expected] = [0, 0];
  for (let n = 0; n < labels.length; n++) {
    const [y, label] = [clean[n], labels[n]];
    if (label === y) continue;
    let [same, found] = [0, 0];
    for (let r = n * k; r < (n + 1) * k && near[r] >= 0; r++) {
      found++;
      if (labels[near[r]] === label) same++;
    }
    if (found === 0) continue;
    shared[y][label] += same / found;
    flips[y][label]++;
    sum += same / found;
    expected += transition[y][label];
  }
  return {
    pooled: expected > 0 ? sum / expected : null,
    byCell: matrixOf(classes, (i, j) => (i === j ? Number.NaN : shared[i][j] / flips[i][j] / transition[i][j])),
  };
}

/** Mar, the mean standardised margin of flipped examples toward their wrong class: 0 when flips do not look at the content. */
export function flipMargins(geometry: LabelGeometry, labels: Int32Array): Indicator {
  const { clean, classes, margins } = geometry;
  const sums = matrixOf(classes, () => 0);
  const flips = matrixOf(classes, () => 0);
  let [sum, count] = [0, 0];
  for (let n = 0; n < labels.length; n++) {
    if (labels[n] === clean[n]) continue;
    const margin = margins[n * classes + labels[n]];
    sums[clean[n]][labels[n]] += margin;
    flips[clean[n]][labels[n]]++;
    sum += margin;
    count++;
  }
  return {
    pooled: count > 0 ? sum / count : null,
    byCell: matrixOf(classes, (i, j) => sums[i][j] / flips[i][j]),
  };
}

/** A test whether flips ignore where in its class an example lies. */
export interface ClusterTest {
  readonly chiSquared: number;
  readonly degreesOfFreedom: number;
  /** χ²/df: 1 when flips do not depend on the cluster; null with fewer than 30 degrees of freedom, too few to tell. */
  readonly ratio: number | null;
}

const leastExpected = 5;
const fewestDegrees = 30;

/**
 * Pearson's χ² of the flips i → j over the clusters of class i against an even spread, `Σ (O − E)² / (E (1 − T_ij))` over
 * clusters with E ≥ 5; each pair (i, j) loses one degree of freedom.
 */
export function clusterTest(geometry: LabelGeometry, labels: Int32Array): ClusterTest {
  const { classes, members, clusters, clusterCounts } = geometry;
  let [chiSquared, degreesOfFreedom] = [0, 0];
  for (const [i, group] of members.entries()) {
    const sizes = new Int32Array(clusterCounts[i]);
    const observed = new Int32Array(classes * clusterCounts[i]);
    for (const n of group) {
      sizes[clusters[n]]++;
      observed[labels[n] * clusterCounts[i] + clusters[n]]++;
    }
    for (let j = 0; j < classes; j++) {
      const counts = observed.subarray(j * clusterCounts[i], (j + 1) * clusterCounts[i]);
      const rate = counts.reduce((sum, count) => sum + count, 0) / group.length;
      const used = Array.from(sizes.keys()).filter((c) => sizes[c] * rate >= leastExpected);
      if (j === i || used.length < 2 || rate >= 1) continue;
      for (const c of used) chiSquared += (counts[c] - sizes[c] * rate) ** 2 / (sizes[c] * rate * (1 - rate));
      degreesOfFreedom += used.length - 1;
    }
  }
  return {
    chiSquared,
    degreesOfFreedom,
    ratio: degreesOfFreedom < fewestDegrees ? null : chiSquared / degreesOfFreedom,
  };
}
