import {
  cast,
  equal,
  formatShape,
  less,
  logicalNot,
  NdArray,
  Tensor,
  type TensorLike,
  tensor,
  where,
} from "../../engine/index.ts";
import { OrreryError } from "../../errors.ts";

/** Labels made safe to look up with. */
export interface Labels {
  /** The labels, `[…]`, those that do not count replaced by 0. */
  readonly indices: Tensor;
  /** 1 where a label counts and 0 elsewhere; undefined where all do. */
  readonly counts: Tensor | undefined;
}

/**
 * Labels `[…]` for scores `[…, classes]`, with those equal to `ignoreIndex` left out.
 * @throws OrreryError `shape` naming `name` when the shapes do not fit, `dtype` when the labels are no whole numbers.
 */
export function labelsOf(name: string, scores: Tensor, given: TensorLike, ignoreIndex?: number): Labels {
  const labels = given instanceof Tensor || given instanceof NdArray ? tensor(given) : tensor(given, "int32");
  const expected = scores.shape.slice(0, -1);
  if (formatShape(labels.shape) !== formatShape(expected)) {
    throw new OrreryError(
      "shape",
      `${name}: labels for ${formatShape(scores.shape)} must be ${formatShape(expected)}; got ${labels.dtype} ${formatShape(labels.shape)}`,
      { hint: "Classes are the last axis of the scores." },
    );
  }
  if (labels.dtype !== "int32" && labels.dtype !== "int64") {
    throw new OrreryError("dtype", `${name}: labels must be int32 or int64; got ${labels.dtype}`, {
      hint: 'Convert with cast(labels, "int32").',
    });
  }
  // Negative indices would count from the end: a forgotten −1 must stop the run, not train the last class.
  const strict = (x: Tensor) => where(less(x, 0), scores.shape[scores.rank - 1], x);
  if (ignoreIndex === undefined) return { indices: strict(labels), counts: undefined };
  const isIgnored = equal(labels, ignoreIndex);
  return { indices: strict(where(isIgnored, 0, labels)), counts: cast(logicalNot(isIgnored), scores.dtype) };
}
