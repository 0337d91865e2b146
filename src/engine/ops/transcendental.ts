import type { Operation } from "../operation.ts";
import { applyAll, operands, type Tensor, type TensorLike } from "../tensor.ts";
import { add, divide, multiply, negate, square, subtract } from "./arithmetic.ts";
import { checkDType, mapReference, noAttributes, unary } from "./elementwise.ts";

/** `eˣ`. */
export const exp = unary({
  name: "exp",
  onnx: "Exp",
  accepts: "float",
  f: Math.exp,
  gradient: ({ g, outputs: [y] }) => [multiply(g, y)],
});

/** The natural logarithm. */
export const log = unary({
  name: "log",
  onnx: "Log",
  accepts: "float",
  f: Math.log,
  gradient: ({ g, inputs: [x] }) => [divide(g, x)],
});

/** The square root. */
export const sqrt = unary({
  name: "sqrt",
  onnx: "Sqrt",
  accepts: "float",
  f: Math.sqrt,
  gradient: ({ g, outputs: [y] }) => [divide(multiply(g, 0.5), y)],
});

/** `1 / x`. */
export const reciprocal = unary({
  name: "reciprocal",
  onnx: "Reciprocal",
  accepts: "float",
  f: (x) => 1 / x,
  gradient: ({ g, outputs: [y] }) => [negate(multiply(g, square(y)))],
});

/** The sine of an angle in radians. */
export const sin = unary({
  name: "sin",
  onnx: "Sin",
  accepts: "float",
  f: Math.sin,
  gradient: ({ g, inputs: [x] }) => [multiply(g, cos(x))],
});

/** The cosine of an angle in radians. */
export const cos = unary({
  name: "cos",
  onnx: "Cos",
  accepts: "float",
  f: Math.cos,
  gradient: ({ g, inputs: [x] }) => [negate(multiply(g, sin(x)))],
});

/** The tangent of an angle in radians. */
export function tan(x: TensorLike): Tensor {
  return divide(sin(x), cos(x));
}

/** The angle in radians, in (−π/2, π/2), whose tangent is `x`. */
export const atan = unary({
  name: "atan",
  onnx: "Atan",
  accepts: "float",
  f: Math.atan,
  gradient: ({ g, inputs: [x] }) => [divide(g, add(square(x), 1))],
});

/** The angle in radians, in [0, π], whose cosine is `x`. */
export const acos = unary({
  name: "acos",
  onnx: "Acos",
  accepts: "float",
  f: Math.acos,
  gradient: ({ g, inputs: [x] }) => [negate(divide(g, sqrt(subtract(1, square(x)))))],
});

/** The hyperbolic tangent. */
export const tanh = unary({
  name: "tanh",
  onnx: "Tanh",
  accepts: "float",
  f: Math.tanh,
  gradient: ({ g, outputs: [y] }) => [multiply(g, subtract(1, square(y)))],
});

/** `1 / (1 + e⁻ˣ)`. */
export const sigmoid = unary({
  name: "sigmoid",
  onnx: "Sigmoid",
  accepts: "float",
  f: (x) => 1 / (1 + Math.exp(-x)),
  gradient: ({ g, outputs: [y] }) => [multiply(g, multiply(y, subtract(1, y)))],
});

/** `log(1 + eˣ)`, without overflow. */
export const softplus = unary({
  name: "softplus",
  onnx: "Softplus",
  accepts: "float",
  f: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  gradient: ({ g, inputs: [x] }) => [multiply(g, sigmoid(x))],
});

/** The error function `2/√π ∫₀ˣ e^(−t²) dt`. */
export const erf = unary({
  name: "erf",
  onnx: "Erf",
  accepts: "float",
  f: erfReference,
  gradient: ({ g, inputs: [x] }) => [multiply(g, multiply(exp(negate(square(x))), 2 / Math.sqrt(Math.PI)))],
});

/** The error function to float64 accuracy: its Taylor series below 3, the continued fraction of erfc (Lentz) beyond. */
function erfReference(x: number): number {
  if (Number.isNaN(x)) return x;
  const a = Math.abs(x);
  if (a > 6) return Math.sign(x);
  if (a < 3) {
    let term = a;
    let sum = a;
    for (let n = 1; Math.abs(term) > 1e-17 * sum && n < 200; n++) {
      term *= (-a * a) / n;
      sum += term / (2 * n + 1);
    }
    return (Math.sign(x) * 2 * sum) / Math.sqrt(Math.PI);
  }
  let fraction = a;
  for (let k = 60; k > 0; k--) fraction = a + k / 2 / fraction;
  return Math.sign(x) * (1 - Math.exp(-a * a) / (fraction * Math.sqrt(Math.PI)));
}

/** `x Φ(x)` and, for its derivative `Φ(x) + x φ(x)`, the distribution function Φ of the normal distribution. */
const geluOperation: Operation = {
  name: "gelu",
  infer: ([x]) => {
    checkDType("gelu", "float", x.dtype);
    return [x, x].map(({ shape, dtype }) => ({ shape, dtype }));
  },
  gradient: ({ inputs: [x], outputs: [, distribution], cotangents: [g, forDistribution] }) => {
    const bell = exp(multiply(x, multiply(x, -0.5)));
    const root = 1 / Math.sqrt(2 * Math.PI);
    const parts: Tensor[] = [];
    if (g !== undefined) parts.push(multiply(g, add(distribution, multiply(multiply(x, bell), root))));
    if (forDistribution !== undefined) parts.push(multiply(forDistribution, multiply(bell, root)));
    return parts.length === 0 ? [] : [parts.reduce((a, b) => add(a, b))];
  },
  lower: ({ graph, inputs: [x], inputTypes: [{ dtype }], isUsed }) => {
    if (!isUsed[1] && dtype === "float32") return [graph.node("Gelu", [x])];
    const scalar = (value: number) => graph.scalar(value, dtype);
    const half = graph.node("Mul", [graph.node("Erf", [graph.node("Mul", [x, scalar(Math.SQRT1_2)])]), scalar(0.5)]);
    const distribution = graph.node("Add", [half, scalar(0.5)]);
    return [graph.node("Mul", [x, distribution]), distribution];
  },
  evaluate: ([x], _, [output]) => {
    const distribution = mapReference([x], output.shape, (v) => 0.5 + 0.5 * erfReference(v * Math.SQRT1_2));
    return [mapReference([x, distribution], output.shape, (v, p) => v * p), distribution];
  },
};

/** The Gaussian error linear unit `x Φ(x)` (Hendrycks and Gimpel 2016), exact. */
export function gelu(x: TensorLike): Tensor {
  return applyAll(geluOperation, operands("gelu", x), noAttributes)[0];
}

/** `x σ(x)`, also called swish. */
export function silu(x: TensorLike): Tensor {
  const [operand] = operands("silu", x);
  if (operand.dtype !== "float64") return multiply(operand, sigmoid(operand));
  // ONNX Runtime turns x σ(x) into an operator that has no float64 kernel, so σ is written as a tanh.
  return multiply(operand, add(multiply(tanh(multiply(operand, 0.5)), 0.5), 0.5));
}

/** `log σ(x) = −softplus(−x)`, without overflow. */
export function logSigmoid(x: TensorLike): Tensor {
  return negate(softplus(negate(x)));
}
