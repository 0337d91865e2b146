import { isFloat } from "../../engine/dtype.ts";
import {
  add,
  divide,
  expandDims,
  formatShape,
  gather,
  greater,
  logSoftmax,
  multiply,
  negate,
  squeeze,
  sum,
  type Tensor,
  type TensorLike,
  takeAlongAxis,
  tensor,
  where,
} from "../../engine/index.ts";
import { OrreryError } from "../../errors.ts";
import { type Labels, labelsOf } from "./labels.ts";
import { checkTargets, type LossOptions, type Reduction, reduceLoss } from "./reduce-loss.ts";

export interface LabelLossOptions extends LossOptions {
  /** A weight for each class, `[classes]`; the mean then divides by the sum of the weights of the labels that count. */
  readonly classWeights?: TensorLike;
  /** Labels of this number do not count; the loss is 0 when none does. */
  readonly ignoreIndex?: number;
}

export interface CrossEntropyOptions extends LabelLossOptions {
  /** The part of each target that is spread evenly over all classes (Szegedy et al. 2016), in [0, 1]; 0 when left out. */
  readonly labelSmoothing?: number;
}

/** The mean over the weights that count; 0 where none does. */
function weightedMean(losses: Tensor, weights: Tensor): Tensor {
  const total = sum(weights);
  return divide(sum(losses), where(greater(total, 0), total, 1));
}

interface LabelLoss {
  readonly logProbabilities: Tensor;
  readonly labels: Labels;
  readonly smoothing: number;
  readonly classWeights: Tensor | undefined;
  readonly reduction: Reduction | undefined;
}

const scaledBy = (x: Tensor, factor: Tensor | undefined) => (factor === undefined ? x : multiply(x, factor));

function labelLoss({ logProbabilities, labels, smoothing, classWeights, reduction }: LabelLoss): Tensor {
  const { indices, counts } = labels;
  const own = squeeze(takeAlongAxis(logProbabilities, expandDims(indices, -1)), -1);
  const ownWeight = classWeights === undefined ? undefined : gather(classWeights, indices);
  let agreement = scaledBy(own, ownWeight);
  if (smoothing > 0) {
    const classes = logProbabilities.shape[logProbabilities.rank - 1];
    const even = sum(scaledBy(logProbabilities, classWeights), { axes: -1 });
    agreement = add(multiply(agreement, 1 - smoothing), multiply(even, smoothing / classes));
  }
  const losses = negate(scaledBy(agreement, counts));
  const weights = ownWeight === undefined ? counts : scaledBy(ownWeight, counts);
  const isWeightedMean = weights !== undefined && (reduction ?? "mean") === "mean";
  return isWeightedMean ? weightedMean(losses, weights) : reduceLoss(losses, reduction);
}

function checkClassWeights(where_: string, scores: Tensor, weights: Tensor | undefined): void {
  const classes = scores.shape[scores.rank - 1];
  if (weights === undefined || (weights.rank === 1 && weights.shape[0] === classes)) return;
  throw new OrreryError(
    "shape",
    `${where_}: classWeights must be [${classes}], one for each class; got ${formatShape(weights.shape)}`,
  );
}

/**
 * The cross-entropy of softmax(logits) and the targets, with classes in the last axis: logits `[…, classes]` and either labels `[…]`
 * (int32 or int64) or probabilities `[…, classes]` (float). A label outside `[0, classes)` stops the run with an error.
 * For one example with label k: `−w_k · log softmax(x)_k`; options smooth labels, weight classes and leave labels out, as in PyTorch.
 * Reduction `"none"` gives `[…]`.
 * @throws OrreryError `shape` when targets or weights do not fit, `argument` when the smoothing is outside [0, 1].
 */
export function softmaxCrossEntropy(
  logits: TensorLike,
  targets: TensorLike,
  { reduction, labelSmoothing = 0, classWeights, ignoreIndex }: CrossEntropyOptions = {},
): Tensor {
  const scores = tensor(logits);
  const name = "softmaxCrossEntropy";
  const weights = classWeights === undefined ? undefined : tensor(classWeights, scores.dtype);
  checkClassWeights(name, scores, weights);
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new OrreryError("argument", `${name}: labelSmoothing must be in [0, 1]; got ${labelSmoothing}`);
  }
  const logProbabilities = logSoftmax(scores);
  const given = tensor(targets);
  if (given.rank === scores.rank && isFloat(given.dtype)) {
    checkTargets(name, scores, given);
    const even = labelSmoothing / scores.shape[scores.rank - 1];
    const smoothed = labelSmoothing === 0 ? given : add(multiply(given, 1 - labelSmoothing), even);
    return reduceLoss(negate(sum(multiply(scaledBy(smoothed, weights), logProbabilities), { axes: -1 })), reduction);
  }
  const labels = labelsOf(name, scores, targets, ignoreIndex);
  return labelLoss({ logProbabilities, labels, smoothing: labelSmoothing, classWeights: weights, reduction });
}

/**
 * The negative log-likelihood of labels under log-probabilities (e.g. of `logSoftmax`): `−w_k · logProbability_k` for label k;
 * log-probabilities `[…, classes]`, labels `[…]` (int32 or int64).
 * @throws OrreryError `shape` when labels or weights do not fit.
 */
export function negativeLogLikelihood(
  logProbabilities: TensorLike,
  labels: TensorLike,
  { reduction, classWeights, ignoreIndex }: LabelLossOptions = {},
): Tensor {
  const scores = tensor(logProbabilities);
  const weights = classWeights === undefined ? undefined : tensor(classWeights, scores.dtype);
  checkClassWeights("negativeLogLikelihood", scores, weights);
  const known = labelsOf("negativeLogLikelihood", scores, labels, ignoreIndex);
  return labelLoss({ logProbabilities: scores, labels: known, smoothing: 0, classWeights: weights, reduction });
}
