import {
  absolute,
  less,
  multiply,
  square,
  subtract,
  type Tensor,
  type TensorLike,
  tensor,
  where,
} from "../../engine/index.ts";
import { OrreryError } from "../../errors.ts";
import { checkTargets, type LossOptions, reduceLoss } from "./reduce-loss.ts";

function difference(where: string, predictions: TensorLike, targets: TensorLike): Tensor {
  const [p, t] = [tensor(predictions), tensor(targets)];
  checkTargets(where, p, t);
  return subtract(p, t);
}

function checkPositive(where: string, name: string, value: number): void {
  if (value > 0) return;
  throw new OrreryError("argument", `${where}: ${name} must be positive; got ${value}`);
}

/** `(prediction − target)²`, both of one shape. */
export function meanSquaredError(
  predictions: TensorLike,
  targets: TensorLike,
  { reduction }: LossOptions = {},
): Tensor {
  return reduceLoss(square(difference("meanSquaredError", predictions, targets)), reduction);
}

/** `|prediction − target|`, both of one shape; the derivative at 0 is 0. */
export function meanAbsoluteError(
  predictions: TensorLike,
  targets: TensorLike,
  { reduction }: LossOptions = {},
): Tensor {
  return reduceLoss(absolute(difference("meanAbsoluteError", predictions, targets)), reduction);
}

/** `d² / 2` within `threshold` of the target and `threshold · (|d| − threshold / 2)` beyond. */
function huberOf(d: Tensor, threshold: number): Tensor {
  const distance = absolute(d);
  const beyond = multiply(subtract(distance, threshold / 2), threshold);
  return where(less(distance, threshold), multiply(square(d), 0.5), beyond);
}

/**
 * Huber's loss (1964) of `d = prediction − target`: `d² / 2` where `|d| < delta`, `delta · (|d| − delta / 2)` elsewhere; delta > 0, 1 when left out.
 */
export function huber(
  predictions: TensorLike,
  targets: TensorLike,
  { reduction, delta = 1 }: LossOptions & { readonly delta?: number } = {},
): Tensor {
  checkPositive("huber", "delta", delta);
  return reduceLoss(huberOf(difference("huber", predictions, targets), delta), reduction);
}

/**
 * The smooth L1 loss (Girshick 2015) of `d = prediction − target`: `d² / (2 beta)` where `|d| < beta`, `|d| − beta / 2` elsewhere;
 * beta > 0, 1 when left out. It is `huber` divided by its threshold.
 */
export function smoothL1(
  predictions: TensorLike,
  targets: TensorLike,
  { reduction, beta = 1 }: LossOptions & { readonly beta?: number } = {},
): Tensor {
  checkPositive("smoothL1", "beta", beta);
  return reduceLoss(multiply(huberOf(difference("smoothL1", predictions, targets), beta), 1 / beta), reduction);
}
