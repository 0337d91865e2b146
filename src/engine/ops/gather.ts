import { OrreryError } from "../../errors.ts";
import type { DType } from "../dtype.ts";
import type { Operation, TensorType } from "../operation.ts";
import { formatShape, normalizeAxis, type Shape, sameShape, sizeOf, stridesOf } from "../shape.ts";
import { apply, operands, type Tensor, type TensorLike, tensor } from "../tensor.ts";
import { divide, maximum, multiply } from "./arithmetic.ts";
import { cast, equal } from "./comparison.ts";
import { checkDType, forEachElement } from "./elementwise.ts";
import { broadcastTo, expandDims, transpose, zerosLike } from "./reshape.ts";

function indexTensor(where: string, indices: TensorLike): Tensor {
  const operand = indices instanceof Object && "dtype" in indices ? tensor(indices) : tensor(indices, "int32");
  if (operand.dtype !== "int32" && operand.dtype !== "int64") {
    throw new OrreryError("dtype", `${where}: indices must be int32 or int64; got ${operand.dtype}`, {
      hint: 'Convert with cast(indices, "int32").',
    });
  }
  return operand;
}

function checkIndex(where: string, index: number, n: number): number {
  if (index < -n || index >= n) {
    throw new OrreryError("argument", `${where}: index ${index} is outside an axis of size ${n}`);
  }
  return index < 0 ? index + n : index;
}

interface AxisAttributes {
  readonly axis: number;
}

const gatherOperation: Operation<AxisAttributes> = {
  name: "gather",
  infer: ([x, indices], { axis }) => [
    { shape: [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)], dtype: x.dtype },
  ],
  gradient: ({ inputs: [x, indices], attributes: { axis }, cotangents: [g] }) => {
    if (g === undefined) return [];
    const k = indices.rank;
    const front = g.shape.map((_, i) => i);
    const toFront = [...front.slice(axis, axis + k), ...front.slice(0, axis), ...front.slice(axis + k)];
    const rest = x.shape.filter((_, i) => i !== axis);
    const base = broadcastTo(tensor(0, x.dtype), [x.shape[axis], ...rest]);
    const total = scatterAdd(base, indices, transpose(g, ...toFront));
    const back = x.shape.map((_, i) => (i === axis ? 0 : i < axis ? i + 1 : i));
    return [transpose(total, ...back)];
  },
  lower: ({ graph, inputs, attributes: { axis } }) => [graph.node("Gather", inputs, { attributes: { axis } })],
  evaluate: ([x, indices], { axis }, [output]) => {
    const data = new Float64Array(sizeOf(output.shape));
    const inner = sizeOf(x.shape.slice(axis + 1));
    const count = sizeOf(indices.shape);
    const outer = sizeOf(x.shape.slice(0, axis));
    const n = x.shape[axis];
    for (let o = 0; o < outer; o++) {
      for (let k = 0; k < count; k++) {
        const from = (o * n + checkIndex("gather", Number(indices.data[k]), n)) * inner;
        for (let i = 0; i < inner; i++) data[(o * count + k) * inner + i] = Number(x.data[from + i]);
      }
    }
    return [{ data, shape: output.shape }];
  },
};

/**
 * Slices of `x` along `axis` at `indices`: the axis is replaced by the indices' axes, so `gather(table [n, d], ids [b])` is `[b, d]`.
 * Negative indices count from the end; an index outside the axis stops the run with an error.
 */
export function gather(x: TensorLike, indices: TensorLike, axis = 0): Tensor {
  const operand = tensor(x);
  return apply(gatherOperation, [operand, indexTensor("gather", indices)], {
    axis: normalizeAxis("gather", axis, operand.rank),
  });
}

type Reduction = "add" | "max" | "min";

const combine: Record<Reduction, (a: number, b: number) => number> = {
  add: (a, b) => a + b,
  max: Math.max,
  min: Math.min,
};

interface ScatterAttributes {
  readonly reduction: Reduction;
}

const scatterOperation: Operation<ScatterAttributes> = {
  name: "scatter",
  infer: ([base, indices, updates], { reduction }) => {
    const where = reduction === "add" ? "scatterAdd" : `scatter with ${reduction}`;
    checkDType(where, "number", base.dtype);
    const expected = [...indices.shape, ...base.shape.slice(1)];
    if (base.shape.length === 0 || !sameShape(updates.shape, expected) || base.dtype !== updates.dtype) {
      throw new OrreryError(
        "shape",
        `${where}: updates for indices ${formatShape(indices.shape)} into ${base.dtype} ${formatShape(base.shape)} must be ${formatShape(expected)}; got ${updates.dtype} ${formatShape(updates.shape)}`,
        { hint: "Updates are [...indices, ...base without its first axis]." },
      );
    }
    return [{ shape: base.shape, dtype: base.dtype }];
  },
  gradient: ({ inputs: [base, indices, updates], outputs: [y], attributes: { reduction }, cotangents: [g] }) => {
    if (g === undefined) return [];
    if (reduction === "add") return [g, undefined, gather(g, indices)];
    const baseWins = cast(equal(base, y), g.dtype);
    const updateWins = cast(equal(updates, gather(y, indices)), g.dtype);
    const share = divide(g, maximum(scatterAdd(baseWins, indices, updateWins), 1));
    return [multiply(baseWins, share), undefined, multiply(updateWins, gather(share, indices))];
  },
  lower: ({ graph, inputs: [base, indices, updates], inputTypes, attributes: { reduction } }) => {
    const wide = graph.node("Cast", [indices], { attributes: { to: 7 } });
    const last = graph.node("Reshape", [wide, graph.int64s([...inputTypes[1].shape, 1])], {
      attributes: { allowzero: 1 },
    });
    return [graph.node("ScatterND", [base, last, updates], { attributes: { reduction } })];
  },
  evaluate: ([base, indices, updates], { reduction }, [output]) => {
    const data = Float64Array.from(base.data, Number);
    const inner = sizeOf(output.shape.slice(1));
    const f = combine[reduction];
    for (let k = 0; k < sizeOf(indices.shape); k++) {
      const to = checkIndex("scatter", Number(indices.data[k]), output.shape[0]) * inner;
      for (let i = 0; i < inner; i++) data[to + i] = f(data[to + i], Number(updates.data[k * inner + i]));
    }
    return [{ data, shape: output.shape }];
  },
};

/**
 * `base` with `updates[k]` added to row `indices[k]`, repeats adding up. Shapes: base `[n, …rest]`, indices `[…k]`, updates `[…k, …rest]`.
 */
export function scatterAdd(base: TensorLike, indices: TensorLike, updates: TensorLike): Tensor {
  const [into, added] = operands("scatterAdd", base, updates);
  return apply(scatterOperation, [into, indexTensor("scatterAdd", indices), added], { reduction: "add" });
}

function checkCount(where: string, what: string, value: number): void {
  if (!Number.isInteger(value) || value < 0) {
    throw new OrreryError("argument", `${where}: ${what} must be a non-negative whole number; got ${value}`);
  }
}

function segments(
  where: string,
  x: Tensor,
  ids: TensorLike,
  fill: number,
  count: number,
): [base: Tensor, indices: Tensor] {
  checkCount(where, "count", count);
  const indices = indexTensor(where, ids);
  if (indices.rank !== 1 || indices.shape[0] !== x.shape[0]) {
    throw new OrreryError(
      "shape",
      `${where}: expected one segment number a row; got ids ${formatShape(indices.shape)} for ${formatShape(x.shape)}`,
    );
  }
  return [broadcastTo(tensor(fill, x.dtype), [count, ...x.shape.slice(1)]), indices];
}

/** Row s of the result is the sum of the rows of `x` whose `ids` are s: `[rows, …]` → `[count, …]`. */
export function segmentSum(x: TensorLike, ids: TensorLike, count: number): Tensor {
  const rows = tensor(x);
  return scatterAdd(...segments("segmentSum", rows, ids, 0, count), rows);
}

/** Row s of the result is the mean of the rows of `x` whose `ids` are s; 0 where there is none. */
export function segmentMean(x: TensorLike, ids: TensorLike, count: number): Tensor {
  const rows = tensor(x);
  checkDType("segmentMean", "float", rows.dtype);
  const sums = segmentSum(rows, ids, count);
  const ones = broadcastTo(tensor(1, rows.dtype), [rows.shape[0], ...rows.shape.slice(1).map(() => 1)]);
  return divide(sums, maximum(segmentSum(ones, ids, count), 1));
}

/** Row s of the result is the largest of the rows of `x` whose `ids` are s, element by element; `empty` where there is none. */
export function segmentMax(x: TensorLike, ids: TensorLike, count: number, empty = Number.NEGATIVE_INFINITY): Tensor {
  const rows = tensor(x);
  return apply(scatterOperation, [...segments("segmentMax", rows, ids, empty, count), rows], { reduction: "max" });
}

/** Offsets of the elements that `indices` picks along `axis` of an array of shape `shape`. */
function elementOffsets(shape: Shape, indices: TensorType, data: ArrayLike<number>, axis: number): Float64Array {
  const strides = stridesOf(shape);
  const offsets = new Float64Array(sizeOf(indices.shape));
  const others = strides.map((stride, i) => (i === axis ? 0 : stride));
  forEachElement(indices.shape, [others], (index, [offset]) => {
    offsets[index] = offset + checkIndex("takeAlongAxis", Number(data[index]), shape[axis]) * strides[axis];
  });
  return offsets;
}

function checkAlong(where: string, x: TensorType, indices: TensorType, axis: number): void {
  const fits = x.shape.length === indices.shape.length && indices.shape.every((n, i) => i === axis || n <= x.shape[i]);
  if (fits) return;
  throw new OrreryError(
    "shape",
    `${where}: indices must match the tensor except along axis ${axis}; got ${formatShape(indices.shape)} for ${formatShape(x.shape)}`,
  );
}

const takeOperation: Operation<AxisAttributes> = {
  name: "takeAlongAxis",
  infer: ([x, indices], { axis }) => {
    checkAlong("takeAlongAxis", x, indices, axis);
    return [{ shape: indices.shape, dtype: x.dtype }];
  },
  gradient: ({ inputs: [x, indices], attributes: { axis }, cotangents: [g] }) => [
    g === undefined ? undefined : addAlongAxis(zerosLike(x), indices, g, axis),
  ],
  lower: ({ graph, inputs, attributes: { axis } }) => [graph.node("GatherElements", inputs, { attributes: { axis } })],
  evaluate: ([x, indices], { axis }, [output]) => {
    const offsets = elementOffsets(x.shape, { shape: indices.shape, dtype: "int32" }, indices.data, axis);
    return [{ data: Float64Array.from(offsets, (offset) => Number(x.data[offset])), shape: output.shape }];
  },
};

/** Element by element: the result at `[i, j]` along axis 1 is `x[i, indices[i, j]]`; indices and result have one shape. */
export function takeAlongAxis(x: TensorLike, indices: TensorLike, axis = -1): Tensor {
  const operand = tensor(x);
  return apply(takeOperation, [operand, indexTensor("takeAlongAxis", indices)], {
    axis: normalizeAxis("takeAlongAxis", axis, operand.rank),
  });
}

const addAlongOperation: Operation<AxisAttributes> = {
  name: "addAlongAxis",
  infer: ([base, indices, updates], { axis }) => {
    checkDType("addAlongAxis", "number", base.dtype);
    checkAlong("addAlongAxis", base, indices, axis);
    if (!sameShape(indices.shape, updates.shape)) {
      throw new OrreryError(
        "shape",
        `addAlongAxis: indices and updates must have one shape; got ${formatShape(indices.shape)} and ${formatShape(updates.shape)}`,
      );
    }
    return [{ shape: base.shape, dtype: base.dtype }];
  },
  gradient: ({ inputs: [, indices], attributes: { axis }, cotangents: [g] }) =>
    g === undefined ? [] : [g, undefined, takeAlongAxis(g, indices, axis)],
  lower: ({ graph, inputs, attributes: { axis } }) => [
    graph.node("ScatterElements", inputs, { attributes: { axis, reduction: "add" } }),
  ],
  evaluate: ([base, indices, updates], { axis }, [output]) => {
    const data = Float64Array.from(base.data, Number);
    const offsets = elementOffsets(output.shape, { shape: indices.shape, dtype: "int32" }, indices.data, axis);
    offsets.forEach((offset, i) => {
      data[offset] += Number(updates.data[i]);
    });
    return [{ data, shape: output.shape }];
  },
};

/** `base` with `updates` added at the elements that `takeAlongAxis(base, indices, axis)` reads, repeats adding up. */
export function addAlongAxis(base: TensorLike, indices: TensorLike, updates: TensorLike, axis = -1): Tensor {
  const [into, added] = operands("addAlongAxis", base, updates);
  return apply(addAlongOperation, [into, indexTensor("addAlongAxis", indices), added], {
    axis: normalizeAxis("addAlongAxis", axis, into.rank),
  });
}

/** 1 at position `indices` of a new last axis of size `depth` and 0 elsewhere; all zeros for an index outside `[0, depth)`. */
export function oneHot(indices: TensorLike, depth: number, dtype: DType = "float32"): Tensor {
  checkCount("oneHot", "depth", depth);
  const index = indexTensor("oneHot", indices);
  return cast(equal(expandDims(index, -1), range(depth, index.dtype)), dtype);
}

/** `[0, 1, …, count − 1]`. */
export function range(count: number, dtype: DType = "int32"): Tensor {
  checkCount("range", "count", count);
  return tensor(
    Array.from({ length: count }, (_, i) => i),
    dtype,
  );
}
