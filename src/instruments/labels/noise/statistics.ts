import { type Key, key as keyOf, type NdArray } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import { type Agreement, annotatorAgreement } from "./agreement.ts";
import { checkLabels } from "./check.ts";
import { type LabelGeometry, labelGeometry } from "./geometry.ts";
import { type ClusterTest, clusterTest, concentration, flipMargins, type Indicator } from "./indicators.ts";
import { checkTarget } from "./labelling.ts";
import { type Matrix, normalizeRows, transitionCounts } from "./transition.ts";

/** What `noiseStatistics` measures. */
export interface StatisticsOptions {
  readonly labels: ArrayLike<number>;
  readonly clean: ArrayLike<number>;
  readonly classNames: readonly string[];
  /** `[n, …]`: needed for concentration, margins and the cluster test. */
  readonly features?: NdArray;
  /** Instead of `features`: what `labelGeometry` made of them, to measure many labellings of the same examples. */
  readonly geometry?: LabelGeometry;
  /** Each annotator's labels. */
  readonly annotators?: readonly ArrayLike<number>[];
  /** Neighbours per example. */
  readonly k?: number;
  /** Starts the clustering. */
  readonly key?: Key;
  readonly signal?: AbortSignal;
}

/** What is known of a labelling whose truth is known. */
export interface NoiseStatistics {
  readonly classNames: readonly string[];
  /** The fraction of wrong labels. */
  readonly rate: number;
  /** `[K]`: the fraction of wrong labels in each true class; NaN for a class without examples. */
  readonly classRates: readonly number[];
  readonly counts: Matrix;
  readonly transition: Matrix;
  readonly k: number;
  /** How flips come in neighbourhoods; null without features. */
  readonly concentration: Indicator | null;
  /** How flipped examples lean to their wrong class; null without features. */
  readonly margin: Indicator | null;
  readonly clusterTest: ClusterTest | null;
  readonly agreement: Agreement | null;
}

/**
 * Statistics of noisy labels against the truth: the transition matrix and rates; with features also how far flips depend
 * on the examples; with several annotators how they err together.
 * @throws OrreryError `argument`, `shape` for labels that do not fit, `cancelled`.
 */
export async function noiseStatistics(options: StatisticsOptions): Promise<NoiseStatistics> {
  const { classNames, features, k = 10, key = keyOf(0), signal, annotators } = options;
  const { clean, classes } = checkTarget({ clean: options.clean, classNames, features });
  if (options.labels.length !== clean.length) {
    throw new OrreryError("shape", `noise statistics: expected ${clean.length} labels; got ${options.labels.length}`);
  }
  checkLabels("noise statistics: labels", options.labels, classes);
  const labels = Int32Array.from(options.labels);
  const geometry =
    options.geometry ?? (features && (await labelGeometry(clean, features, classes, { k, key, signal }))) ?? null;
  const counts = transitionCounts(clean, labels, classes);
  const sizes = counts.map((row) => row.reduce((sum, count) => sum + count, 0));
  const wrong = counts.map((row, i) => sizes[i] - row[i]);
  return {
    classNames,
    rate: wrong.reduce((sum, count) => sum + count, 0) / labels.length,
    classRates: wrong.map((count, i) => count / sizes[i]),
    counts,
    transition: normalizeRows(counts),
    k: geometry?.neighbors.k ?? k,
    concentration: geometry && concentration(geometry, labels),
    margin: geometry && flipMargins(geometry, labels),
    clusterTest: geometry && clusterTest(geometry, labels),
    agreement: annotators === undefined ? null : annotatorAgreement(clean, annotators),
  };
}

/** How far a labelling is from another, or from a guide. Differences are the first minus the second. */
export interface NoiseDifference {
  readonly rate: number;
  /** The largest difference of two cells of the transition matrices, without sign. */
  readonly largestCell: number;
  /** The mean over classes of `Σ_j |T_ij − T'_ij|`. */
  readonly meanRow: number;
  readonly concentration: number | null;
  readonly margin: number | null;
}

/** What two labellings are compared by. */
export interface Comparable {
  readonly rate: number;
  readonly transition: Matrix;
  readonly concentration: { readonly pooled: number | null } | null;
  readonly margin: { readonly pooled: number | null } | null;
}

/** The difference of two labellings over the same number of classes. @throws OrreryError `shape` for different numbers. */
export function compareNoise(a: Comparable, b: Comparable): NoiseDifference {
  if (a.transition.length !== b.transition.length) {
    throw new OrreryError(
      "shape",
      `compare noise: expected the same number of classes; got ${a.transition.length} and ${b.transition.length}`,
    );
  }
  const gaps = a.transition.map((row, i) => row.map((value, j) => Math.abs(value - b.transition[i][j])));
  const minus = (x: number | null | undefined, y: number | null | undefined) =>
    x === null || x === undefined || y === null || y === undefined ? null : x - y;
  return {
    rate: a.rate - b.rate,
    largestCell: Math.max(...gaps.flat()),
    meanRow: gaps.flat().reduce((sum, gap) => sum + gap, 0) / gaps.length,
    concentration: minus(a.concentration?.pooled, b.concentration?.pooled),
    margin: minus(a.margin?.pooled, b.margin?.pooled),
  };
}
