import type { Key } from "../../../engine/index.ts";
import { thresholdSlack, unreachable } from "../confident-learning/confident-joint.ts";
import { type ConfidentJoint, type LabelledProbabilities, latentNoise } from "../confident-learning/index.ts";
import { likeliestClasses } from "../confident-learning/labelled-probabilities.ts";
import { poissonWeights } from "./bootstrap.ts";
import { type Interval, intervalOf, quantile } from "./interval.ts";
import { nestedRows } from "./matrix.ts";
import { type NoiseShape, noiseShape } from "./noise-shape.ts";

/** The transition matrix of a confident joint, and how far it moves when rows are drawn again: not how far the joint itself errs. */
export interface TransitionEstimate {
  /** `[K]`: P(y = k). */
  readonly prior: readonly number[];
  /** `[K][K]`: P(ỹ = j | y = i), with the bounds of the middle 95 % of the samples. */
  readonly transition: readonly (readonly number[])[];
  readonly low: readonly (readonly number[])[];
  readonly high: readonly (readonly number[])[];
  /** `[K][K]`: P(y = j | ỹ = i). */
  readonly inverse: readonly (readonly number[])[];
  /** P(ỹ ≠ y). */
  readonly noiseRate: Interval;
  /** `[K]`: P(ỹ ≠ k | y = k). */
  readonly classNoise: readonly Interval[];
  /** How wrong labels spread over the other classes. */
  readonly shape: { readonly [N in keyof NoiseShape]: Interval };
  readonly replicates: number;
}

/** Rows as the bootstrap needs them: where each is counted, and what decides it where a resampled threshold might move it. */
interface CountedRows {
  /** `[n]`: the probability of the label. */
  readonly own: Float64Array;
  /** `[n]`: the cell of the joint that the row is counted in whatever the sample, `nowhere`, or `open`. */
  readonly cells: Int32Array;
  /** The open rows; the probabilities of row `rows[r]` that a threshold might meet are `starts[r] … starts[r + 1]`. */
  readonly rows: Int32Array;
  readonly starts: Int32Array;
  readonly classes: Int32Array;
  readonly values: Float64Array;
  readonly likeliest: Int32Array;
}

const [nowhere, open] = [-1, -2];
/** Standard errors that a resampled threshold does not move by. */
const reach = 8;

/** How far thresholds may move in samples. */
function thresholdRanges(
  labelled: LabelledProbabilities,
  own: Float64Array,
  { thresholds, labelCounts }: ConfidentJoint,
) {
  const squares = new Float64Array(thresholds.length);
  labelled.labels.forEach((label, row) => {
    squares[label] += (own[row] - thresholds[label]) ** 2;
  });
  const widths = squares.map((sum, k) => (labelCounts[k] > 0 ? (reach * Math.sqrt(sum)) / labelCounts[k] : 0));
  return {
    low: thresholds.map((t, k) => t - thresholdSlack - widths[k]),
    high: thresholds.map((t, k) => t - thresholdSlack + widths[k]),
  };
}

function countedRows(labelled: LabelledProbabilities, joint: ConfidentJoint): CountedRows {
  const { probabilities, labels } = labelled;
  const { data, shape } = probabilities;
  const classes = shape[1];
  const own = Float64Array.from(labels, (label, row) => data[row * classes + label]);
  const { low, high } = thresholdRanges(labelled, own, joint);
  const cells = new Int32Array(labels.length);
  const found = { rows: [] as number[], starts: [0], classes: [] as number[], values: [] as number[] };
  for (let row = 0; row < labels.length; row++) {
    const first = row * classes;
    let isOpen = false;
    for (let k = 0; k < classes; k++) if (data[first + k] >= low[k] && data[first + k] <= high[k]) isOpen = true;
    const confident = joint.confidentClasses[row];
    cells[row] = isOpen ? open : confident < 0 ? nowhere : labels[row] * classes + confident;
    if (!isOpen) continue;
    found.rows.push(row);
    for (let k = 0; k < classes; k++) {
      if (data[first + k] < low[k]) continue;
      found.classes.push(k);
      found.values.push(data[first + k]);
    }
    found.starts.push(found.values.length);
  }
  return {
    ...{ own, cells, rows: Int32Array.from(found.rows), starts: Int32Array.from(found.starts) },
    ...{ classes: Int32Array.from(found.classes), values: Float64Array.from(found.values) },
    likeliest: likeliestClasses(probabilities),
  };
}

/** Counts open rows by the thresholds of a sample. */
function countOpen(
  joint: Float64Array,
  labels: Int32Array,
  counted: CountedRows,
  sample: { readonly bounds: Float64Array; readonly weights: Uint8Array },
): void {
  const { rows, starts, classes, values, likeliest } = counted;
  const { bounds, weights } = sample;
  for (let r = 0; r < rows.length; r++) {
    const row = rows[r];
    if (weights[row] === 0) continue;
    let reached = -1;
    let count = 0;
    for (let e = starts[r]; e < starts[r + 1]; e++) {
      if (values[e] < bounds[classes[e]]) continue;
      reached = classes[e];
      count++;
    }
    if (count > 1) reached = likeliest[row];
    if (count > 0) joint[labels[row] * bounds.length + reached] += weights[row];
  }
}

/** The joint's counts in one bootstrap sample, thresholds estimated anew, with rows scaled to the sample's label counts. */
function resampledJoint(labels: Int32Array, counted: CountedRows, weights: Uint8Array, classes: number): Float64Array {
  const { own, cells } = counted;
  const counts = new Float64Array(classes);
  const bounds = new Float64Array(classes);
  const joint = new Float64Array(classes * classes);
  for (let row = 0; row < labels.length; row++) {
    const weight = weights[row];
    if (weight === 0) continue;
    const label = labels[row];
    counts[label] += weight;
    bounds[label] += weight * own[row];
    if (cells[row] >= 0) joint[cells[row]] += weight;
  }
  for (let k = 0; k < classes; k++) bounds[k] = (counts[k] > 0 ? bounds[k] / counts[k] : unreachable) - thresholdSlack;
  countOpen(joint, labels, counted, { bounds, weights });
  for (let i = 0; i < classes; i++) {
    const row = joint.subarray(i * classes, (i + 1) * classes);
    row[i] = Math.max(row[i], 1);
    const sum = row.reduce((a, b) => a + b, 0);
    for (let j = 0; j < classes; j++) row[j] *= counts[i] / sum;
  }
  return joint;
}

/** P(ỹ = j | y = i) from a joint of label (row) and truth (column), flat; a class without rows has the identity's row. */
function columnsOf(
  joint: Float64Array,
  classes: number,
): { readonly transition: Float64Array; readonly prior: Float64Array } {
  const prior = new Float64Array(classes);
  for (let i = 0; i < joint.length; i++) prior[i % classes] += joint[i];
  const transition = new Float64Array(joint.length);
  for (let truth = 0; truth < classes; truth++) {
    for (let label = 0; label < classes; label++) {
      transition[truth * classes + label] =
        prior[truth] > 0 ? joint[label * classes + truth] / prior[truth] : Number(truth === label);
    }
  }
  const total = prior.reduce((a, b) => a + b, 0);
  return { transition, prior: prior.map((mass) => mass / total) };
}

/** What one sample says, numbers alone. */
interface Sample {
  readonly transition: Float64Array;
  readonly noiseRate: number;
  readonly shape: NoiseShape;
}

function sampleOf(joint: Float64Array, classes: number): Sample {
  const { transition, prior } = columnsOf(joint, classes);
  const noiseRate = prior.reduce((sum, share, k) => sum + share * (1 - transition[k * classes + k]), 0);
  return { transition, noiseRate, shape: noiseShape(transition, prior) };
}

/** The transition matrices of samples by their cells. Those of many classes are nearly empty: cells that are 0 are not kept. */
class CellSamples {
  readonly #values: (number[] | undefined)[];
  #samples = 0;

  constructor(readonly classes: number) {
    this.#values = new Array(classes * classes);
  }

  add(transition: Float64Array): void {
    this.#samples++;
    for (let cell = 0; cell < transition.length; cell++) {
      if (transition[cell] === 0) continue;
      const values = this.#values[cell];
      if (values === undefined) this.#values[cell] = [transition[cell]];
      else values.push(transition[cell]);
    }
  }

  /** `[K·K]`: the middle 95 % of each cell, widened to hold the estimate. */
  boundsAround(estimate: TransitionEstimate["transition"]): {
    readonly low: Float64Array;
    readonly high: Float64Array;
  } {
    const { classes } = this;
    const [low, high] = [Float64Array.from(estimate.flat()), Float64Array.from(estimate.flat())];
    const sorted = new Float64Array(this.#samples);
    for (let cell = 0; cell < classes * classes && this.#samples > 0; cell++) {
      sorted.fill(0);
      sorted.set(this.#values[cell] ?? []);
      if (this.#values[cell] !== undefined) sorted.sort();
      low[cell] = Math.min(low[cell], quantile(sorted, 0.025));
      high[cell] = Math.max(high[cell], quantile(sorted, 0.975));
    }
    return { low, high };
  }
}

/**
 * The transition matrix with percentile bounds from bootstrap samples of the rows, in each of which thresholds and joint are computed anew.
 * @param options.replicates samples, 100 for more than 20,000 rows and 400 otherwise when left out; 0 for none
 */
export function estimateTransition(
  labelled: LabelledProbabilities,
  joint: ConfidentJoint,
  {
    key,
    replicates = labelled.labels.length > 20_000 ? 100 : 400,
  }: { readonly key: Key; readonly replicates?: number },
): TransitionEstimate {
  const { classes } = joint;
  const latent = latentNoise(joint);
  const whole = sampleOf(Float64Array.from(joint.calibrated), classes);
  const counted = countedRows(labelled, joint);
  const cells = new CellSamples(classes);
  const samples: Omit<Sample, "transition">[] = [];
  const weights = new Uint8Array(labelled.labels.length);
  for (let replicate = 0; replicate < replicates; replicate++) {
    poissonWeights(key.fold(replicate), weights);
    // Of very few rows a sample may draw none.
    if (weights.every((weight) => weight === 0)) continue;
    const { transition, ...sample } = sampleOf(resampledJoint(labelled.labels, counted, weights, classes), classes);
    cells.add(transition);
    samples.push(sample);
  }
  const { low, high } = cells.boundsAround(latent.transition);
  const shapeOf = (name: keyof NoiseShape) =>
    intervalOf(
      whole.shape[name],
      samples.map(({ shape }) => shape[name]),
    );
  return {
    ...latent,
    ...{ low: nestedRows(low, classes), high: nestedRows(high, classes) },
    noiseRate: intervalOf(
      whole.noiseRate,
      samples.map(({ noiseRate }) => noiseRate),
    ),
    classNoise: latent.transition.map((row, k) => ({
      ...{ estimate: 1 - row[k], low: 1 - high[k * (classes + 1)], high: 1 - low[k * (classes + 1)] },
    })),
    shape: { spread: shapeOf("spread"), favourite: shapeOf("favourite") },
    replicates: samples.length,
  };
}
