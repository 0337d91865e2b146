import { NdArray } from "../../../engine/index.ts";
import type { AnnotatorLabels } from "./annotator-labels.ts";
import { nestedRows } from "./matrix.ts";

/** True classes and annotators' confusion matrices, estimated together. */
export interface DawidSkene {
  /** `[rows, K]`: P(y | labels). */
  readonly posterior: NdArray<"float64">;
  /** `[rows]`: the likeliest class of each row. */
  readonly consensus: Int32Array;
  /** `[K]`. */
  readonly prior: readonly number[];
  /** For each annotator `[K][K]`: P(label j | true class i). */
  readonly confusions: readonly (readonly (readonly number[])[])[];
  /** For each annotator P(label = y) under the prior. */
  readonly accuracy: readonly number[];
  /** The objective after every step; it never falls. */
  readonly logLikelihood: readonly number[];
  readonly hasConverged: boolean;
}

/** How the estimate runs. */
export interface DawidSkeneOptions {
  readonly maxSteps?: number;
  /** It stops when the mean log-likelihood of a row gains less. */
  readonly tolerance?: number;
  /** Imaginary labels of every annotator for every pair of classes, so that no probability is 0. */
  readonly smoothing?: number;
}

interface Model {
  readonly prior: Float64Array;
  /** `[annotators, K, K]`. */
  readonly confusions: Float64Array;
}

/** The model that makes the posteriors likeliest. */
function maximize(table: AnnotatorLabels, posterior: Float64Array, smoothing: number): Model {
  const { rows, classes, names, labels } = table;
  const prior = new Float64Array(classes).fill(smoothing);
  const confusions = new Float64Array(names.length * classes * classes).fill(smoothing);
  for (let row = 0; row < rows; row++) {
    for (let y = 0; y < classes; y++) prior[y] += posterior[row * classes + y];
    for (let a = 0; a < names.length; a++) {
      const label = labels[row * names.length + a];
      if (label < 0) continue;
      for (let y = 0; y < classes; y++) confusions[(a * classes + y) * classes + label] += posterior[row * classes + y];
    }
  }
  const total = prior.reduce((a, b) => a + b, 0);
  for (let first = 0; first < confusions.length; first += classes) {
    const row = confusions.subarray(first, first + classes);
    const sum = row.reduce((a, b) => a + b, 0);
    for (let j = 0; j < classes; j++) row[j] = sum > 0 ? row[j] / sum : 1 / classes;
  }
  return { prior: prior.map((mass) => mass / total), confusions };
}

/** Fills the posteriors under a model. @returns the log-likelihood, with the smoothing as a Dirichlet prior */
function expect(
  table: AnnotatorLabels,
  model: Model,
  { posterior, smoothing }: { readonly posterior: Float64Array; readonly smoothing: number },
): number {
  const { rows, classes, names, labels } = table;
  const logs = model.confusions.map(Math.log);
  const logPrior = model.prior.map(Math.log);
  let objective = 0;
  const scores = new Float64Array(classes);
  for (let row = 0; row < rows; row++) {
    scores.set(logPrior);
    for (let a = 0; a < names.length; a++) {
      const label = labels[row * names.length + a];
      if (label < 0) continue;
      for (let y = 0; y < classes; y++) scores[y] += logs[(a * classes + y) * classes + label];
    }
    const most = scores.reduce((x, y) => Math.max(x, y));
    const sum = scores.reduce((all, score) => all + Math.exp(score - most), 0);
    objective += most + Math.log(sum);
    for (let y = 0; y < classes; y++) posterior[row * classes + y] = Math.exp(scores[y] - most) / sum;
  }
  const imaginary = (all: Float64Array) => (smoothing > 0 ? all.reduce((sum, log) => sum + smoothing * log, 0) : 0);
  return objective + imaginary(logs) + imaginary(logPrior);
}

/** The shares of a row's labels. */
function shares({ rows, classes, names, labels }: AnnotatorLabels): Float64Array {
  const posterior = new Float64Array(rows * classes);
  for (let row = 0; row < rows; row++) {
    const own = labels.subarray(row * names.length, (row + 1) * names.length).filter((label) => label >= 0);
    for (const label of own) posterior[row * classes + label] += 1 / own.length;
  }
  return posterior;
}

function argMax(values: Float64Array): number {
  return values.reduce((best, value, k) => (value > values[best] ? k : best), 0);
}

/**
 * Dawid & Skene's estimate of true classes from several annotators (Applied Statistics 28, 1979), by expectation–maximisation from the
 * shares of the labels: `P(y | labels) ∝ π_y Π_a Θ_a[y][ỹ_a]`.
 */
export function dawidSkene(table: AnnotatorLabels, options: DawidSkeneOptions = {}): DawidSkene {
  const { maxSteps = 200, tolerance = 1e-8, smoothing = 0.01 } = options;
  const { rows, classes, names } = table;
  const posterior = shares(table);
  const logLikelihood: number[] = [];
  let model = maximize(table, posterior, smoothing);
  let hasConverged = false;
  while (!hasConverged && logLikelihood.length < maxSteps) {
    logLikelihood.push(expect(table, model, { posterior, smoothing }));
    const gain =
      logLikelihood.length > 1
        ? logLikelihood[logLikelihood.length - 1] - logLikelihood[logLikelihood.length - 2]
        : Number.POSITIVE_INFINITY;
    hasConverged = gain / rows < tolerance;
    if (!hasConverged) model = maximize(table, posterior, smoothing);
  }
  const { prior, confusions } = model;
  const size = classes * classes;
  return {
    posterior: new NdArray<"float64">(posterior, [rows, classes]),
    consensus: Int32Array.from({ length: rows }, (_, row) =>
      argMax(posterior.subarray(row * classes, (row + 1) * classes)),
    ),
    prior: Array.from(prior),
    confusions: names.map((_, a) => nestedRows(confusions.subarray(a * size, (a + 1) * size), classes)),
    accuracy: names.map((_, a) =>
      prior.reduce((sum, share, y) => sum + share * confusions[a * size + y * (classes + 1)], 0),
    ),
    logLikelihood,
    hasConverged,
  };
}
