import {
  add,
  greater,
  log,
  mean,
  multiply,
  negate,
  softplus,
  subtract,
  sum,
  type Tensor,
  type TensorLike,
  tensor,
  where,
} from "../../engine/index.ts";
import { checkTargets, type LossOptions, type Reduction, reduceLoss } from "./reduce-loss.ts";

export interface BinaryCrossEntropyOptions extends LossOptions {
  /** The weight of the positive class; broadcasts to the targets. 1 when left out. */
  readonly positiveWeight?: TensorLike;
}

/**
 * The cross-entropy of independent yes-or-no targets `t` in [0, 1] and logits `x`, without overflow:
 * `positiveWeight · t · softplus(−x) + (1 − t) · softplus(x)`, both of one shape.
 * @throws OrreryError `shape` when the shapes differ.
 */
export function binaryCrossEntropyWithLogits(
  logits: TensorLike,
  targets: TensorLike,
  { reduction, positiveWeight }: BinaryCrossEntropyOptions = {},
): Tensor {
  const [x, t] = [tensor(logits), tensor(targets)];
  checkTargets("binaryCrossEntropyWithLogits", x, t);
  const positive = positiveWeight === undefined ? t : multiply(t, positiveWeight);
  const losses = add(multiply(positive, softplus(negate(x))), multiply(subtract(1, t), softplus(x)));
  return reduceLoss(losses, reduction);
}

export interface KlDivergenceOptions {
  /** `"batchMean"` (the sum divided by the first axis, the divergence's own definition) when left out. */
  readonly reduction?: Reduction | "batchMean";
}

/**
 * The Kullback–Leibler divergence of targets `p` from predictions given as logarithms, `Σ p · (log p − logPrediction)`, with `0 · log 0 = 0`.
 * Both of one shape.
 * @throws OrreryError `shape` when the shapes differ.
 */
export function klDivergence(
  logPredictions: TensorLike,
  targets: TensorLike,
  { reduction = "batchMean" }: KlDivergenceOptions = {},
): Tensor {
  const [q, p] = [tensor(logPredictions), tensor(targets)];
  checkTargets("klDivergence", q, p);
  const losses = multiply(p, subtract(log(where(greater(p, 0), p, 1)), q));
  if (reduction !== "batchMean") return reduceLoss(losses, reduction);
  return p.rank === 0 ? mean(losses) : multiply(sum(losses), 1 / p.shape[0]);
}
