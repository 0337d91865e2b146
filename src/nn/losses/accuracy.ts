import {
  argMax,
  cast,
  equal,
  expandDims,
  less,
  logicalNot,
  mean,
  subtract,
  sum,
  type Tensor,
  type TensorLike,
  takeAlongAxis,
  tensor,
} from "../../engine/index.ts";
import { checkSizes } from "../check-sizes.ts";
import { labelsOf } from "./labels.ts";

/**
 * The part of the examples whose largest score (the first among equals) is that of their label:
 * scores `[…, classes]`, labels `[…]` (int32 or int64) → a number in [0, 1].
 * @throws OrreryError `shape` when the labels do not fit.
 */
export function accuracy(scores: TensorLike, labels: TensorLike): Tensor {
  const given = tensor(scores);
  const { indices } = labelsOf("accuracy", given, labels);
  return mean(cast(equal(argMax(given), cast(indices, "int32")), given.dtype));
}

/**
 * The part of the examples whose label is among the `k` largest scores; a tie counts against the label, so that equal scores say nothing:
 * scores `[…, classes]`, labels `[…]` (int32 or int64) → a number in [0, 1].
 * @throws OrreryError `shape` when the labels do not fit, `argument` unless k is at least 1.
 */
export function topKAccuracy(scores: TensorLike, labels: TensorLike, k: number): Tensor {
  checkSizes("topKAccuracy", { k });
  const given = tensor(scores);
  const { indices } = labelsOf("topKAccuracy", given, labels);
  const own = takeAlongAxis(given, expandDims(indices, -1));
  // Counting what is not smaller counts NaN too: a network that has diverged is never right.
  const ahead = subtract(sum(cast(logicalNot(less(given, own)), given.dtype), { axes: -1 }), 1);
  return mean(cast(less(ahead, k), given.dtype));
}
