import { OrreryError } from "../../errors.ts";
import { type DType, onnxTypeOf } from "../dtype.ts";
import type { Operation } from "../operation.ts";
import { broadcastShapes } from "../shape.ts";
import { apply, operands, type Tensor, type TensorLike, tensor } from "../tensor.ts";
import { binary, mapReference, noAttributes, unary } from "./elementwise.ts";
import { sumTo } from "./reduction.ts";

const comparison = (name: string, onnx: string, f: (a: number, b: number) => boolean, accepts?: "number" | "bool") =>
  binary({ name, onnx, accepts, f: (a, b) => Number(f(a, b)), result: "bool", gradient: () => [] });

/** `a = b` element by element, as `bool`. */
export const equal = comparison("equal", "Equal", (a, b) => a === b);
/** `a < b` element by element, as `bool`. */
export const less = comparison("less", "Less", (a, b) => a < b, "number");
/** `a ≤ b` element by element, as `bool`. */
export const lessEqual = comparison("lessEqual", "LessOrEqual", (a, b) => a <= b, "number");
/** `a > b` element by element, as `bool`. */
export const greater = comparison("greater", "Greater", (a, b) => a > b, "number");
/** `a ≥ b` element by element, as `bool`. */
export const greaterEqual = comparison("greaterEqual", "GreaterOrEqual", (a, b) => a >= b, "number");
/** Both, element by element; of `bool` tensors. */
export const logicalAnd = comparison("logicalAnd", "And", (a, b) => a !== 0 && b !== 0, "bool");
/** Either or both, element by element; of `bool` tensors. */
export const logicalOr = comparison("logicalOr", "Or", (a, b) => a !== 0 || b !== 0, "bool");

/** The opposite of a `bool` tensor. */
export const logicalNot = unary({
  name: "logicalNot",
  onnx: "Not",
  accepts: "bool",
  f: (x) => Number(x === 0),
  gradient: () => [],
});

/** True where `x` is not a number. */
export const isNotANumber = unary({
  name: "isNotANumber",
  onnx: "IsNaN",
  accepts: "float",
  f: (x) => Number(Number.isNaN(x)),
  result: "bool",
  gradient: () => [],
});

const whereOperation: Operation = {
  name: "where",
  isElementwise: true,
  infer: ([condition, a, b]) => {
    if (condition.dtype !== "bool") {
      throw new OrreryError("dtype", `where: the condition must be bool; got ${condition.dtype}`, {
        hint: "Compare it, e.g. greater(x, 0).",
      });
    }
    return [{ shape: broadcastShapes("where", condition.shape, a.shape, b.shape), dtype: a.dtype }];
  },
  gradient: ({ inputs: [condition, a, b], cotangents: [g] }) => {
    if (g === undefined) return [];
    return [undefined, sumTo(where(condition, g, 0), a.shape), sumTo(where(condition, 0, g), b.shape)];
  },
  lower: ({ graph, inputs: [condition, a, b], outputTypes: [{ dtype }] }) => {
    if (dtype !== "bool") return [graph.node("Where", [condition, a, b])];
    // ONNX Runtime chooses among truth values only by logic.
    const otherwise = graph.node("And", [graph.node("Not", [condition]), b]);
    return [graph.node("Or", [graph.node("And", [condition, a]), otherwise])];
  },
  evaluate: (inputs, _, [output]) => [mapReference(inputs, output.shape, (c, a, b) => (c !== 0 ? a : b))],
};

/** `a` where `condition` holds, `b` elsewhere; all three broadcast. */
export function where(condition: TensorLike, a: TensorLike, b: TensorLike): Tensor {
  return apply(whereOperation, [tensor(condition), ...operands("where", a, b)], noAttributes);
}

interface CastAttributes {
  readonly dtype: DType;
}

const castOperation: Operation<CastAttributes> = {
  name: "cast",
  isElementwise: true,
  infer: ([x], { dtype }) => [{ shape: x.shape, dtype }],
  gradient: ({ inputs: [x], cotangents: [g] }) => [g === undefined ? undefined : cast(g, x.dtype)],
  lower: ({ graph, inputs, attributes }) => [
    graph.node("Cast", inputs, { attributes: { to: onnxTypeOf(attributes.dtype) } }),
  ],
  evaluate: ([x], { dtype }, [output]) => [mapReference([x], output.shape, conversionTo(dtype))],
};

function conversionTo(dtype: DType): (x: number) => number {
  if (dtype === "bool") return (x) => Number(x !== 0);
  if (dtype === "float32" || dtype === "float64") return (x) => x;
  return Math.trunc;
}

/** The values as another dtype: floats are truncated towards zero to integers, `bool` is `x ≠ 0`. */
export function cast(x: TensorLike, dtype: DType): Tensor {
  const from = tensor(x);
  return from.dtype === dtype ? from : apply(castOperation, [from], { dtype });
}
