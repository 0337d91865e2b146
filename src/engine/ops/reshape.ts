import { OrreryError } from "../../errors.ts";
import { zerosArray } from "../ndarray.ts";
import type { GraphBuilder, Operation, TensorType } from "../operation.ts";
import {
  broadcastShapes,
  checkShape,
  formatShape,
  normalizeAxis,
  type Shape,
  sameShape,
  sizeOf,
  stridesOf,
} from "../shape.ts";
import { apply, type Tensor, type TensorLike, tensor } from "../tensor.ts";
import { forEachElement, mapReference } from "./elementwise.ts";
import { sumTo } from "./reduction.ts";

interface ShapeAttributes {
  readonly shape: Shape;
}

/** The operation behind `reshape`, known to the simplifier. */
export const reshapeOperation: Operation<ShapeAttributes> = {
  name: "reshape",
  infer: ([x], { shape }) => [{ shape, dtype: x.dtype }],
  gradient: ({ inputs: [x], cotangents: [g] }) => [g === undefined ? undefined : reshape(g, x.shape)],
  lower: ({ graph, inputs: [x], attributes: { shape } }) => [
    graph.node("Reshape", [x, graph.int64s(shape)], shape.includes(0) ? { attributes: { allowzero: 1 } } : {}),
  ],
  evaluate: ([x], { shape }) => [{ data: x.data, shape }],
};

/**
 * The same elements in row-major order under another shape; one size may be −1 and is worked out.
 * @throws OrreryError `shape` when the sizes do not multiply to the number of elements.
 */
export function reshape(x: TensorLike, shape: Shape): Tensor {
  const operand = tensor(x);
  const size = sizeOf(operand.shape);
  const known = sizeOf(shape.filter((n) => n !== -1));
  const unknowns = shape.filter((n) => n === -1).length;
  const target = shape.map((n) => (n === -1 ? size / known : n));
  if (unknowns > 1 || !target.every((n) => Number.isInteger(n) && n >= 0) || sizeOf(target) !== size) {
    throw new OrreryError(
      "shape",
      `reshape: ${formatShape(operand.shape)} has ${size} elements; got shape ${formatShape(shape)}`,
      {
        hint:
          unknowns > 1 || shape.some((n) => n < -1)
            ? "One size may be -1, all others must be whole and not negative."
            : `The sizes must multiply to ${size}.`,
      },
    );
  }
  return sameShape(target, operand.shape) ? operand : apply(reshapeOperation, [operand], { shape: target });
}

/** All elements in one axis. */
export function flatten(x: TensorLike): Tensor {
  return reshape(x, [-1]);
}

/** A new axis of size 1 before position `axis`. */
export function expandDims(x: TensorLike, axis: number): Tensor {
  const operand = tensor(x);
  const at = normalizeAxis("expandDims", axis, operand.rank + 1);
  return reshape(operand, [...operand.shape.slice(0, at), 1, ...operand.shape.slice(at)]);
}

/** The tensor without the axes named, which must have size 1; without all such axes when none is named. */
export function squeeze(x: TensorLike, ...axes: number[]): Tensor {
  const operand = tensor(x);
  const chosen = axes.map((axis) => normalizeAxis("squeeze", axis, operand.rank));
  const large = chosen.find((axis) => operand.shape[axis] !== 1);
  if (large !== undefined) {
    throw new OrreryError("shape", `squeeze: axis ${large} must have size 1; got shape ${formatShape(operand.shape)}`);
  }
  return reshape(
    operand,
    operand.shape.filter((n, i) => (axes.length === 0 ? n !== 1 : !chosen.includes(i))),
  );
}

interface TransposeAttributes {
  readonly order: readonly number[];
}

/** The operation behind `transpose`, known to the simplifier. */
export const transposeOperation: Operation<TransposeAttributes> = {
  name: "transpose",
  infer: ([x], { order }) => [{ shape: order.map((axis) => x.shape[axis]), dtype: x.dtype }],
  gradient: ({ attributes: { order }, cotangents: [g] }) => {
    if (g === undefined) return [];
    return [transpose(g, ...order.map((_, axis) => order.indexOf(axis)))];
  },
  lower: ({ graph, inputs, attributes: { order } }) => [
    graph.node("Transpose", inputs, { attributes: { perm: order } }),
  ],
  evaluate: ([x], { order }, [output]) => {
    const strides = stridesOf(x.shape);
    const data = new Float64Array(sizeOf(output.shape));
    forEachElement(output.shape, [order.map((axis) => strides[axis])], (index, [offset]) => {
      data[index] = Number(x.data[offset]);
    });
    return [{ data, shape: output.shape }];
  },
};

/**
 * The axes in the order given: axis i of the result is axis `order[i]` of `x`. Without an order they are reversed.
 * @throws OrreryError `argument` unless `order` names every axis once.
 */
export function transpose(x: TensorLike, ...order: number[]): Tensor {
  const operand = tensor(x);
  const axes =
    order.length === 0
      ? operand.shape.map((_, i) => operand.rank - 1 - i)
      : order.map((axis) => normalizeAxis("transpose", axis, operand.rank));
  if (axes.length !== operand.rank || new Set(axes).size !== axes.length) {
    throw new OrreryError(
      "argument",
      `transpose: order must name each of ${operand.rank} axes once; got ${formatShape(order)}`,
    );
  }
  return axes.every((axis, i) => axis === i) ? operand : apply(transposeOperation, [operand], { order: axes });
}

/** The last two axes exchanged: the matrix transpose of every matrix in a stack. */
export function transposeMatrix(x: TensorLike): Tensor {
  const operand = tensor(x);
  if (operand.rank < 2) {
    throw new OrreryError(
      "shape",
      `transposeMatrix: expected at least two axes; got shape ${formatShape(operand.shape)}`,
    );
  }
  const axes = operand.shape.map((_, i) => i);
  return transpose(operand, ...axes.slice(0, -2), operand.rank - 1, operand.rank - 2);
}

/** Adds an `Expand`; where the result is empty a constant, because ONNX Runtime keeps axes of size 1 that should become empty. */
export function lowerExpand(graph: GraphBuilder, x: string, { shape, dtype }: TensorType): string {
  if (shape.includes(0)) return graph.constant(zerosArray(shape, dtype));
  return graph.node("Expand", [x, graph.int64s(shape)]);
}

/** The operation behind `broadcastTo`, known to the simplifier. */
export const broadcastOperation: Operation<ShapeAttributes> = {
  name: "broadcastTo",
  infer: ([x], { shape }) => [{ shape, dtype: x.dtype }],
  gradient: ({ inputs: [x], cotangents: [g] }) => [g === undefined ? undefined : sumTo(g, x.shape)],
  lower: ({ graph, inputs: [x], outputTypes: [output] }) => [lowerExpand(graph, x, output)],
  evaluate: ([x], { shape }) => [mapReference([x], shape, (v) => v)],
};

/**
 * `x` repeated along axes of size 1 and along new leading axes until it has `shape`.
 * @throws OrreryError `shape` when `x` does not broadcast to it.
 */
export function broadcastTo(x: TensorLike, shape: Shape): Tensor {
  const operand = tensor(x);
  checkShape("broadcastTo", shape);
  if (sameShape(operand.shape, shape)) return operand;
  if (!sameShape(broadcastShapes("broadcastTo", operand.shape, shape), shape)) {
    throw new OrreryError(
      "shape",
      `broadcastTo: ${formatShape(operand.shape)} does not broadcast to ${formatShape(shape)}`,
    );
  }
  return apply(broadcastOperation, [operand], { shape });
}

/** A tensor filled with one number. */
export function full(
  shape: Shape,
  value: number,
  dtype: "float32" | "float64" | "int32" | "int64" = "float32",
): Tensor {
  checkShape("full", shape);
  return broadcastTo(tensor(value, dtype), shape);
}

/** A tensor of zeros with the shape and dtype of `x`. */
export function zerosLike(x: Tensor): Tensor {
  return broadcastTo(tensor(0, x.dtype), x.shape);
}

/** A tensor of ones with the shape and dtype of `x`. */
export function onesLike(x: Tensor): Tensor {
  return broadcastTo(tensor(1, x.dtype), x.shape);
}
