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

/** The probabilities that a resampled threshold might meet: of row r those at `starts[r] … starts[r + 1]`. */
interface LiveEntries {
  readonly starts: Int32Array;
  readonly classes: Uint16Array;
  readonly values: Float64Array;
  /** `[n]`: the probability of the label. */
  readonly own: Float64Array;
  readonly likeliest: Int32Array;
}

/** Standard errors below a threshold from which on a probability is kept: a resampled mean does not go so far. */
const reach = 8;

function liveEntries(
  { probabilities, labels }: LabelledProbabilities,
  { thresholds, labelCounts }: ConfidentJoint,
): LiveEntries {
  const { data, shape } = probabilities;
  const classes = shape[1];
  const own = Float64Array.from(labels, (label, row) => data[row * classes + label]);
  const squares = new Float64Array(classes);
  for (let row = 0; row < labels.length; row++) squares[labels[row]] += (own[row] - thresholds[labels[row]]) ** 2;
  const bounds = thresholds.map(
    (t, k) => t - thresholdSlack - reach * (labelCounts[k] > 0 ? Math.sqrt(squares[k]) / labelCounts[k] : 0),
  );
  const starts = new Int32Array(labels.length + 1);
  let count = 0;
  for (let i = 0, k = 0; i < data.length; i++) {
    if (data[i] >= bounds[k]) count++;
    if (++k < classes) continue;
    k = 0;
    starts[(i + 1) / classes] = count;
  }
  const entries = { classes: new Uint16Array(count), values: new Float64Array(count) };
  for (let i = 0, k = 0, next = 0; i < data.length; i++) {
    if (data[i] >= bounds[k]) {
      entries.classes[next] = k;
      entries.values[next++] = data[i];
    }
    if (++k === classes) k = 0;
  }
  return { starts, ...entries, own, likeliest: likeliestClasses(probabilities) };
}

/** The joint's counts in one bootstrap sample, thresholds estimated anew, with rows scaled to the sample's label counts. */
function resampledJoint(labels: Int32Array, entries: LiveEntries, weights: Uint8Array, classes: number): Float64Array {
  const { starts, classes: entryClasses, values, own, likeliest } = entries;
  const counts = new Float64Array(classes);
  const bounds = new Float64Array(classes);
  for (let row = 0; row < labels.length; row++) {
    counts[labels[row]] += weights[row];
    bounds[labels[row]] += weights[row] * own[row];
  }
  for (let k = 0; k < classes; k++) bounds[k] = (counts[k] > 0 ? bounds[k] / counts[k] : unreachable) - thresholdSlack;
  const joint = new Float64Array(classes * classes);
  for (let row = 0; row < labels.length; row++) {
    if (weights[row] === 0) continue;
    let [reached, count] = [-1, 0];
    for (let e = starts[row]; e < starts[row + 1]; e++) {
      if (values[e] < bounds[entryClasses[e]]) continue;
      reached = entryClasses[e];
      count++;
    }
    if (count > 1) reached = likeliest[row];
    if (count > 0) joint[labels[row] * classes + reached] += weights[row];
  }
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
  const entries = liveEntries(labelled, joint);
  const weights = new Uint8Array(labelled.labels.length);
  const samples = Array.from({ length: replicates }, (_, replicate) => {
    poissonWeights(key.fold(replicate), weights);
    return sampleOf(resampledJoint(labelled.labels, entries, weights, classes), classes);
  });
  const [low, high] = [new Float64Array(classes * classes), new Float64Array(classes * classes)];
  const cells = new Float64Array(replicates);
  for (let cell = 0; cell < classes * classes; cell++) {
    const estimate = latent.transition[Math.floor(cell / classes)][cell % classes];
    for (let r = 0; r < replicates; r++) cells[r] = samples[r].transition[cell];
    cells.sort();
    low[cell] = Math.min(estimate, replicates > 0 ? quantile(cells, 0.025) : estimate);
    high[cell] = Math.max(estimate, replicates > 0 ? quantile(cells, 0.975) : estimate);
  }
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
    replicates,
  };
}
