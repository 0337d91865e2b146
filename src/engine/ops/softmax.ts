import type { Operation, ReferenceArray, TensorType } from "../operation.ts";
import { normalizeAxis, type Shape, sizeOf } from "../shape.ts";
import { apply, type Tensor, type TensorLike, tensor } from "../tensor.ts";
import { multiply, subtract } from "./arithmetic.ts";
import { checkDType } from "./elementwise.ts";
import { sum } from "./reduction.ts";
import { exp } from "./transcendental.ts";

interface SoftmaxAttributes {
  readonly axis: number;
}

/** Calls `visit` with the flat offsets of every line of `shape` along `axis`. */
export function forEachLine(
  shape: Shape,
  axis: number,
  visit: (start: number, step: number, length: number) => void,
): void {
  const step = sizeOf(shape.slice(axis + 1));
  const length = shape[axis];
  const outer = sizeOf(shape.slice(0, axis));
  for (let o = 0; o < outer; o++) for (let i = 0; i < step; i++) visit(o * length * step + i, step, length);
}

function softmaxReference(
  x: ReferenceArray,
  { axis }: SoftmaxAttributes,
  [output]: readonly TensorType[],
  isLog: boolean,
) {
  const data = new Float64Array(sizeOf(output.shape));
  forEachLine(output.shape, axis, (start, step, length) => {
    const at = (k: number) => Number(x.data[start + k * step]);
    let highest = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < length; k++) highest = Math.max(highest, at(k));
    let total = 0;
    for (let k = 0; k < length; k++) total += Math.exp(at(k) - highest);
    for (let k = 0; k < length; k++) {
      data[start + k * step] = isLog ? at(k) - highest - Math.log(total) : Math.exp(at(k) - highest) / total;
    }
  });
  return [{ data, shape: output.shape }];
}

function inferSoftmax(where: string, { shape, dtype }: TensorType): TensorType[] {
  checkDType(where, "float", dtype);
  return [{ shape, dtype }];
}

const softmaxOperation: Operation<SoftmaxAttributes> = {
  name: "softmax",
  infer: ([x]) => inferSoftmax("softmax", x),
  gradient: ({ outputs: [y], attributes: { axis }, cotangents: [g] }) => {
    if (g === undefined) return [];
    return [multiply(y, subtract(g, sum(multiply(g, y), { axes: axis, keepDims: true })))];
  },
  lower: ({ graph, inputs, attributes: { axis } }) => [graph.node("Softmax", inputs, { attributes: { axis } })],
  evaluate: ([x], attributes, outputs) => softmaxReference(x, attributes, outputs, false),
};

const logSoftmaxOperation: Operation<SoftmaxAttributes> = {
  name: "logSoftmax",
  infer: ([x]) => inferSoftmax("logSoftmax", x),
  gradient: ({ outputs: [y], attributes: { axis }, cotangents: [g] }) => {
    if (g === undefined) return [];
    return [subtract(g, multiply(exp(y), sum(g, { axes: axis, keepDims: true })))];
  },
  lower: ({ graph, inputs, attributes: { axis } }) => [graph.node("LogSoftmax", inputs, { attributes: { axis } })],
  evaluate: ([x], attributes, outputs) => softmaxReference(x, attributes, outputs, true),
};

/** `eˣ / Σ eˣ` along `axis`, without overflow. */
export function softmax(x: TensorLike, axis = -1): Tensor {
  const operand = tensor(x);
  return apply(softmaxOperation, [operand], { axis: normalizeAxis("softmax", axis, operand.rank) });
}

/** `x − log Σ eˣ` along `axis`, without overflow. */
export function logSoftmax(x: TensorLike, axis = -1): Tensor {
  const operand = tensor(x);
  return apply(logSoftmaxOperation, [operand], { axis: normalizeAxis("logSoftmax", axis, operand.rank) });
}
