import { OrreryError } from "../../errors.ts";
import type { Operation } from "../operation.ts";
import { formatShape, sameShape } from "../shape.ts";
import { apply, operands, type Tensor, type TensorLike, tensor } from "../tensor.ts";
import { noAttributes } from "./elementwise.ts";

/** The operation behind `stopGradient`, known to the simplifier. */
export const stopGradientOperation: Operation = {
  name: "stopGradient",
  infer: ([x]) => [{ shape: x.shape, dtype: x.dtype }],
  gradient: () => [],
  lower: ({ inputs }) => inputs,
  evaluate: (inputs) => inputs,
};

/** `x`, seen as a constant by `gradients`. */
export function stopGradient(x: TensorLike): Tensor {
  return apply(stopGradientOperation, [tensor(x)], noAttributes);
}

/** The operation behind `straightThrough`, known to the simplifier. */
export const straightThroughOperation: Operation = {
  name: "straightThrough",
  infer: ([value]) => [{ shape: value.shape, dtype: value.dtype }],
  gradient: ({ cotangents }) => [undefined, cotangents[0]],
  lower: ({ inputs: [value] }) => [value],
  evaluate: ([value]) => [value],
};

/**
 * Has the value of `value` and the derivative of `surrogate` (Bengio et al. 2013):
 * `straightThrough(round(x), x)` rounds on the way forward and is the identity on the way back.
 * @throws OrreryError `shape` when the two differ in shape.
 */
export function straightThrough(value: TensorLike, surrogate: TensorLike): Tensor {
  const [forward, backward] = operands("straightThrough", value, surrogate);
  if (!sameShape(forward.shape, backward.shape)) {
    throw new OrreryError(
      "shape",
      `straightThrough: value and surrogate must have one shape; got ${formatShape(forward.shape)} and ${formatShape(backward.shape)}`,
    );
  }
  return apply(straightThroughOperation, [forward, backward], noAttributes);
}
