import {
  add,
  clip,
  divide,
  exp,
  gelu,
  greater,
  hardtanh,
  minimum,
  multiply,
  relu,
  sigmoid,
  silu,
  softplus,
  subtract,
  type Tensor,
  type TensorLike,
  tanh,
  tensor,
  where,
} from "../engine/index.ts";

/** `min(max(x, 0), 6)` (Howard et al. 2017). */
export function relu6(x: TensorLike): Tensor {
  return hardtanh(x, 0, 6);
}

/** `x` where positive, `slope · x` elsewhere. */
export function leakyRelu(x: TensorLike, slope = 0.01): Tensor {
  return where(greater(x, 0), x, multiply(x, slope));
}

/** `x` where positive, `alpha · (eˣ − 1)` elsewhere (Clevert et al. 2016, https://arxiv.org/abs/1511.07289). */
export function elu(x: TensorLike, alpha = 1): Tensor {
  // The exponent is limited so that the branch not taken cannot overflow into a derivative of NaN.
  return where(greater(x, 0), x, multiply(subtract(exp(minimum(x, 0)), 1), alpha));
}

/** The self-normalising ELU, `1.0507 · elu(x, 1.6733)` (Klambauer et al. 2017, https://arxiv.org/abs/1706.02515). */
export function selu(x: TensorLike): Tensor {
  return multiply(elu(x, 1.6732632423543772), 1.0507009873554805);
}

/** `min(max(x / 6 + 1/2, 0), 1)`, a sigmoid of straight lines. */
export function hardsigmoid(x: TensorLike): Tensor {
  return clip(add(divide(x, 6), 0.5), 0, 1);
}

/** `x · hardsigmoid(x)` (Howard et al. 2019, https://arxiv.org/abs/1905.02244). */
export function hardswish(x: TensorLike): Tensor {
  return multiply(x, hardsigmoid(x));
}

/** GELU by its approximation `x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³)))` (Hendrycks and Gimpel 2016); `gelu` is exact. */
export function geluTanh(x: TensorLike): Tensor {
  const operand = tensor(x);
  const inner = multiply(
    multiply(operand, Math.sqrt(2 / Math.PI)),
    add(multiply(multiply(operand, operand), 0.044715), 1),
  );
  return multiply(multiply(operand, 0.5), add(tanh(inner), 1));
}

/** Activations by name, for settings that are read from a file or a command line. */
export const activations = {
  elu,
  gelu,
  geluTanh,
  hardsigmoid,
  hardswish,
  leakyRelu,
  relu,
  relu6,
  selu,
  sigmoid,
  silu,
  softplus,
  tanh,
} as const;

/** The name of an activation. */
export type ActivationName = keyof typeof activations;

/** A function of one tensor that keeps its shape. */
export type Activation = (x: Tensor) => Tensor;
