import { OrreryError } from "../../errors.ts";
import { arrayFrom, toNumbers } from "../dtype.ts";
import { NdArray } from "../ndarray.ts";
import type { Operation } from "../operation.ts";
import { apply, constantValue, operands, type Tensor, type TensorLike, tensor } from "../tensor.ts";
import { cast, equal, greater, less, logicalAnd, where } from "./comparison.ts";
import { binary, checkDType, elementwiseOperation, mapReference, noAttributes, unary } from "./elementwise.ts";
import { sumTo } from "./reduction.ts";
import { log } from "./transcendental.ts";

/** `a + b`, with broadcasting. */
export const add = binary({
  name: "add",
  onnx: "Add",
  accepts: "number",
  f: (a, b) => a + b,
  gradient: ({ g, inputs: [a, b] }) => [sumTo(g, a.shape), sumTo(g, b.shape)],
});

/** `a − b`, with broadcasting. */
export const subtract = binary({
  name: "subtract",
  onnx: "Sub",
  accepts: "number",
  f: (a, b) => a - b,
  gradient: ({ g, inputs: [a, b] }) => [sumTo(g, a.shape), negate(sumTo(g, b.shape))],
});

/** `a · b` element by element, with broadcasting. */
export const multiply = binary({
  name: "multiply",
  onnx: "Mul",
  accepts: "number",
  f: (a, b) => a * b,
  gradient: ({ g, inputs: [a, b] }) => [sumTo(multiply(g, b), a.shape), sumTo(multiply(g, a), b.shape)],
});

/** `a / b`, with broadcasting; integers are divided towards zero. */
export const divide = binary({
  name: "divide",
  onnx: "Div",
  accepts: "number",
  f: (a, b) => a / b,
  integerF: (a, b) => Math.trunc(a / b),
  gradient: ({ g, inputs: [a, b], outputs: [y] }) => {
    const byB = divide(g, b);
    return [sumTo(byB, a.shape), negate(sumTo(multiply(byB, y), b.shape))];
  },
});

/** `b·aᵇ⁻¹`, and 0 for `b = 0` even at `a = 0`, where the formula would be 0 · ∞. */
function powerSlope(a: Tensor, b: Tensor): Tensor {
  const exponents = constantValue(b);
  if (exponents === undefined) {
    const isFlat = logicalAnd(equal(a, 0), equal(b, 0));
    return multiply(b, power(a, where(isFlat, 1, subtract(b, 1))));
  }
  // Known exponents stay known, so that x² has a third derivative at 0.
  const lower = toNumbers(exponents.data).map((n) => (n === 0 ? 0 : n - 1));
  return multiply(b, power(a, tensor(new NdArray(arrayFrom(b.dtype, lower), b.shape, b.dtype))));
}

/** `a` to the power `b`. The gradient with respect to `b` takes log a, and is 0 where `a ≤ 0`. */
export const power = binary({
  name: "power",
  onnx: "Pow",
  accepts: "float",
  f: (a, b) => a ** b,
  gradient: ({ g, inputs: [a, b], outputs: [y] }) => {
    const isPositive = greater(a, 0);
    const logA = where(isPositive, log(where(isPositive, a, 1)), 0);
    return [sumTo(multiply(g, powerSlope(a, b)), a.shape), sumTo(multiply(g, multiply(y, logA)), b.shape)];
  },
});

/** Half the derivative goes to each operand where they are equal. */
function shareOf(winner: Tensor, y: Tensor, g: Tensor, other: Tensor): Tensor {
  const isTie = cast(equal(winner, other), g.dtype);
  return sumTo(multiply(g, multiply(cast(equal(winner, y), g.dtype), subtract(1, multiply(isTie, 0.5)))), winner.shape);
}

/** The larger of `a` and `b`, element by element; the derivative is shared where they are equal. */
export const maximum = binary({
  name: "maximum",
  onnx: "Max",
  accepts: "number",
  f: (a, b) => (Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : Math.max(a, b)),
  gradient: ({ g, inputs: [a, b], outputs: [y] }) => [shareOf(a, y, g, b), shareOf(b, y, g, a)],
});

/** The smaller of `a` and `b`, element by element; the derivative is shared where they are equal. */
export const minimum = binary({
  name: "minimum",
  onnx: "Min",
  accepts: "number",
  f: (a, b) => (Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : Math.min(a, b)),
  gradient: ({ g, inputs: [a, b], outputs: [y] }) => [shareOf(a, y, g, b), shareOf(b, y, g, a)],
});

/** `−x`. */
export const negate = unary({
  name: "negate",
  onnx: "Neg",
  accepts: "signed",
  f: (x) => -x,
  gradient: ({ g }) => [negate(g)],
});

/** `|x|`; the derivative at 0 is 0. */
export const absolute = unary({
  name: "absolute",
  onnx: "Abs",
  accepts: "number",
  f: Math.abs,
  gradient: ({ g, inputs: [x] }) => [multiply(g, sign(x))],
});

/** −1, 0 or 1; its derivative is 0. */
export const sign = unary({ name: "sign", onnx: "Sign", accepts: "number", f: Math.sign, gradient: () => [undefined] });

const squareOperation: Operation = {
  ...elementwiseOperation({
    name: "square",
    onnx: "Mul",
    accepts: "number",
    f: (x) => x * x,
    gradient: ({ g, inputs: [x] }) => [multiply(g, multiply(x, 2))],
  }),
  lower: ({ graph, inputs: [x] }) => [graph.node("Mul", [x, x])],
};

/** `x²`, by one multiplication. */
export function square(x: TensorLike): Tensor {
  return apply(squareOperation, operands("square", x), noAttributes);
}

/** The rounded-down value; its derivative is 0. */
export const floor = unary({
  name: "floor",
  onnx: "Floor",
  accepts: "float",
  f: Math.floor,
  gradient: () => [undefined],
});

/** The rounded-up value; its derivative is 0. */
export const ceil = unary({ name: "ceil", onnx: "Ceil", accepts: "float", f: Math.ceil, gradient: () => [undefined] });

/** The nearest integer, halves to the even one; its derivative is 0 (see `straightThrough`). */
export const round = unary({
  name: "round",
  onnx: "Round",
  accepts: "float",
  f: (x) => {
    const down = Math.floor(x);
    const rest = x - down;
    return rest < 0.5 || (rest === 0.5 && down % 2 === 0) ? down : down + 1;
  },
  gradient: () => [undefined],
});

/** `max(x, 0)`; the derivative at 0 is 0. */
export const relu = unary({
  name: "relu",
  onnx: "Relu",
  accepts: "float",
  f: (x) => (x > 0 || Number.isNaN(x) ? x : 0),
  // y is positive where x is, and reading y frees x.
  gradient: ({ g, outputs: [y] }) => [multiply(g, cast(greater(y, 0), g.dtype))],
});

/** The limits of `clip` and `hardtanh`. */
export interface ClipAttributes {
  readonly low: number;
  readonly high: number;
}

const clipOperation: Operation<ClipAttributes> = {
  name: "clip",
  isElementwise: true,
  infer: ([x]) => {
    checkDType("clip", "number", x.dtype);
    return [{ shape: x.shape, dtype: x.dtype }];
  },
  // What the limits did not change lies between them: one comparison instead of two.
  gradient: ({ inputs: [x], outputs: [y], cotangents: [g] }) => [
    g === undefined ? undefined : multiply(g, cast(equal(x, y), g.dtype)),
  ],
  lower: ({ graph, inputs: [x], inputTypes: [{ dtype }], attributes: { low, high } }) => {
    const limit = (value: number) => (Number.isFinite(value) ? graph.scalar(value, dtype) : "");
    return [graph.node("Clip", [x, limit(low), limit(high)])];
  },
  evaluate: ([x], { low, high }, [output]) => [
    mapReference([x], output.shape, (v) => Math.min(Math.max(v, low), high)),
  ],
  key: ({ low, high }) => `${low},${high}`,
};

/** The operation behind `hardtanh`, known to the blocked layout: the derivative reads the result alone, so that `x` need not be kept. */
export const hardtanhOperation: Operation<ClipAttributes> = {
  ...clipOperation,
  name: "hardtanh",
  gradient: ({ outputs: [y], attributes: { low, high }, cotangents: [g] }) => [
    g === undefined ? undefined : multiply(g, cast(logicalAnd(greater(y, low), less(y, high)), g.dtype)),
  ],
};

function limited(name: string, operation: Operation<ClipAttributes>, x: TensorLike, limits: ClipAttributes): Tensor {
  const { low, high } = limits;
  if (!(low <= high)) {
    throw new OrreryError("argument", `${name}: low must not exceed high; got low ${low}, high ${high}`);
  }
  return apply(operation, operands(name, x), limits);
}

/**
 * `x` limited to `[low, high]`; the derivative is 1 inside and at the limits, 0 beyond.
 * @throws OrreryError `argument` unless `low ≤ high`.
 */
export function clip(x: TensorLike, low: number, high: number): Tensor {
  return limited("clip", clipOperation, x, { low, high });
}

/**
 * `x` limited to `[low, high]` as an activation (`relu6` is `hardtanh(x, 0, 6)`): the derivative is 1 strictly inside and 0 at the
 * limits, as in PyTorch.
 * @throws OrreryError `argument` unless `low ≤ high`.
 */
export function hardtanh(x: TensorLike, low = -1, high = 1): Tensor {
  return limited("hardtanh", hardtanhOperation, x, { low, high });
}
