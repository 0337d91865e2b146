import { checkLabelledProbabilities, type LabelledProbabilities } from "./labelled-probabilities.ts";
import { roundPreservingRowSums } from "./rounding.ts";

/** What no probability reaches: the threshold of a class that is no row's label. */
export const unreachable = 2;
/** The slack with which a probability reaches a threshold. */
export const thresholdSlack = 1e-6;
const leastThreshold = 2 * thresholdSlack;
const tiny = 1e-100;

/** Counts of given label and confident class, after Northcutt et al. 2021, with the numbers of cleanlab 2.9. */
export interface ConfidentJoint {
  readonly classes: number;
  /** `[K]`: the rows with each label. */
  readonly labelCounts: Int32Array;
  /** `[K]`: the mean probability of each class over the rows labelled so; 2 for a class without rows. */
  readonly thresholds: Float64Array;
  /** `[n]`: the class that each row confidently belongs to, −1 where it belongs to none. */
  readonly confidentClasses: Int32Array;
  /** `[K, K]`: rows by given label (row) and confident class (column); at least 1 on the diagonal. */
  readonly counts: Int32Array;
  /** `[K, K]`: `counts` scaled so that row k sums to `labelCounts[k]`, in whole numbers. */
  readonly calibrated: Int32Array;
  /** `[K, K]`: `calibrated` over its sum, an estimate of `Q[ỹ, y]`. */
  readonly joint: Float64Array;
}

/** `[K]`: `t_k = mean p_k` over the rows labelled k, at least 2e-6; 2 for an absent class. */
function thresholdsOf({ probabilities, labels }: LabelledProbabilities, labelCounts: Int32Array): Float64Array {
  const { data, shape } = probabilities;
  const classes = shape[1];
  const sums = new Float64Array(classes);
  for (let row = 0; row < labels.length; row++) sums[labels[row]] += data[row * classes + labels[row]];
  return sums.map((sum, k) => (labelCounts[k] === 0 ? unreachable : Math.max(sum / labelCounts[k], leastThreshold)));
}

/**
 * `[n]`: the one class whose threshold a row's probability reaches (`p_k ≥ t_k − 1e-6`), the likeliest class where it reaches several,
 * −1 where it reaches none.
 */
function confidentClassesOf({ probabilities, labels }: LabelledProbabilities, thresholds: Float64Array): Int32Array {
  const { data, shape } = probabilities;
  const classes = shape[1];
  const bounds = thresholds.map((threshold) => threshold - thresholdSlack);
  const result = new Int32Array(labels.length);
  for (let row = 0; row < labels.length; row++) {
    const first = row * classes;
    let [reached, count, best] = [-1, 0, 0];
    for (let k = 0; k < classes; k++) {
      const p = data[first + k];
      if (p > data[first + best]) best = k;
      if (p < bounds[k]) continue;
      count++;
      reached = k;
    }
    result[row] = count < 2 ? reached : best;
  }
  return result;
}

/** Rows scaled to the label counts and all to their sum, in whole numbers. */
function calibrate(counts: Int32Array, labelCounts: Int32Array): Int32Array {
  const classes = labelCounts.length;
  const scaled = Float64Array.from(counts);
  for (let i = 0; i < classes; i++) {
    const row = scaled.subarray(i * classes, (i + 1) * classes);
    const sum = row.reduce((a, b) => a + b, 0);
    for (let j = 0; j < classes; j++) row[j] = (row[j] / Math.max(sum, tiny)) * labelCounts[i];
  }
  const total = Math.max(
    scaled.reduce((a, b) => a + b, 0),
    tiny,
  );
  const wanted = labelCounts.reduce((a, b) => a + b, 0);
  return roundPreservingRowSums(
    scaled.map((value) => (value / total) * wanted),
    classes,
  );
}

/**
 * The confident joint (Northcutt et al. 2021, https://arxiv.org/abs/1911.00068): thresholds, the class each row confidently belongs to, and
 * counts of given label and confident class, plain and calibrated. The probabilities must be out of sample.
 * @throws OrreryError `shape`, `argument` naming the first row that holds no probabilities or an unknown label.
 */
export function confidentJoint(labelled: LabelledProbabilities): ConfidentJoint {
  checkLabelledProbabilities("confident joint", labelled);
  const { probabilities, labels } = labelled;
  const classes = probabilities.shape[1];
  const labelCounts = new Int32Array(classes);
  for (const label of labels) labelCounts[label]++;
  const thresholds = thresholdsOf(labelled, labelCounts);
  const confidentClasses = confidentClassesOf(labelled, thresholds);
  const counts = new Int32Array(classes * classes);
  for (let row = 0; row < labels.length; row++) {
    if (confidentClasses[row] >= 0) counts[labels[row] * classes + confidentClasses[row]]++;
  }
  for (let k = 0; k < classes; k++) counts[k * classes + k] = Math.max(counts[k * classes + k], 1);
  const calibrated = calibrate(counts, labelCounts);
  const total = Math.max(
    calibrated.reduce((a, b) => a + b, 0),
    tiny,
  );
  const joint = Float64Array.from(calibrated, (count) => count / total);
  return { classes, labelCounts, thresholds, confidentClasses, counts, calibrated, joint };
}
