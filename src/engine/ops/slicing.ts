import { OrreryError } from "../../errors.ts";
import type { Operation } from "../operation.ts";
import { formatShape, normalizeAxis, type Shape, sameShape, sizeOf, stridesOf } from "../shape.ts";
import { apply, type Tensor, type TensorLike, tensor } from "../tensor.ts";
import { forEachElement } from "./elementwise.ts";
import { broadcastTo, reshape } from "./reshape.ts";

/** The attributes of a slice. */
export interface SliceAttributes {
  /** The first index along each axis. */
  readonly starts: readonly number[];
  /** The length of the result along each axis. */
  readonly sizes: readonly number[];
  /** The distance between indices, positive or negative. */
  readonly steps: readonly number[];
}

/** The operation behind `slice`, known to the simplifier. */
export const sliceOperation: Operation<SliceAttributes> = {
  name: "slice",
  infer: ([x], { sizes }) => [{ shape: sizes, dtype: x.dtype }],
  gradient: ({ inputs: [x], attributes, cotangents: [g] }) => [
    g === undefined ? undefined : unslice(g, x.shape, attributes),
  ],
  lower: ({ graph, inputs: [x], inputTypes: [{ shape }], attributes: { starts, sizes, steps } }) => {
    const axes = shape.flatMap((n, i) => (sizes[i] === n && steps[i] === 1 ? [] : [i]));
    const ends = axes.map((i) => {
      const end = starts[i] + sizes[i] * steps[i];
      return end < 0 ? -(2 ** 31) : end;
    });
    const parts = [axes.map((i) => starts[i]), ends, axes, axes.map((i) => steps[i])];
    return [graph.node("Slice", [x, ...parts.map((part) => graph.int64s(part))])];
  },
  evaluate: ([x], { starts, steps }, [output]) => {
    const strides = stridesOf(x.shape);
    const origin = starts.reduce((offset, start, i) => offset + start * strides[i], 0);
    const data = new Float64Array(sizeOf(output.shape));
    forEachElement(output.shape, [strides.map((stride, i) => stride * steps[i])], (index, [offset]) => {
      data[index] = Number(x.data[origin + offset]);
    });
    return [{ data, shape: output.shape }];
  },
};

/** Puts the derivative of a slice back among zeros: reversed steps are turned, gaps filled, then padded. */
function unslice(g: Tensor, shape: Shape, { starts, sizes, steps }: SliceAttributes): Tensor {
  let result = g;
  const first = starts.map((start, i) => (steps[i] < 0 ? start + (sizes[i] - 1) * steps[i] : start));
  steps.forEach((step, axis) => {
    if (step < 0) result = flip(result, axis);
    if (Math.abs(step) > 1) result = dilate(result, axis, Math.abs(step));
  });
  const padding = shape.map((n, i): [number, number] => [first[i], n - first[i] - result.shape[i]]);
  return pad(result, padding);
}

/** `step − 1` zeros between neighbours along `axis`. */
export function dilate(x: Tensor, axis: number, step: number): Tensor {
  if (x.shape[axis] <= 1) return x;
  const before = x.shape.slice(0, axis + 1);
  const after = x.shape.slice(axis + 1);
  const spread = pad(
    reshape(x, [...before, 1, ...after]),
    [...before, 1, ...after].map((_, i): [number, number] => [0, i === axis + 1 ? step - 1 : 0]),
  );
  const joined = reshape(spread, [...x.shape.slice(0, axis), x.shape[axis] * step, ...after]);
  return slice(joined, { [axis]: [0, (x.shape[axis] - 1) * step + 1] });
}

/** A range along one axis: an index (the axis disappears), or `[start, end, step]` as in Python. */
export type SliceRange = number | readonly [start: number, end?: number, step?: number];

function resolveRange(
  where: string,
  n: number,
  [start, end, step = 1]: readonly [number, number?, number?],
): [number, number] {
  if (!Number.isInteger(step) || step === 0) {
    throw new OrreryError("argument", `${where}: step must be a whole number other than 0; got ${step}`);
  }
  if (!Number.isInteger(start) || !(end === undefined || Number.isInteger(end))) {
    throw new OrreryError("argument", `${where}: start and end must be whole numbers; got ${start} and ${end}`);
  }
  const wrap = (index: number) => (index < 0 ? index + n : index);
  const [low, high] = step > 0 ? [0, n] : [-1, n - 1];
  const limit = (index: number) => Math.min(Math.max(index, low), high);
  const from = limit(wrap(start));
  const to = end === undefined ? (step > 0 ? n : -1) : limit(wrap(end));
  return [from, Math.max(0, Math.ceil((to - from) / step))];
}

function positionOf(where: string, index: number, n: number): number {
  if (!Number.isInteger(index) || index < -n || index >= n) {
    throw new OrreryError("argument", `${where}: index must be a whole number in [${-n}, ${n}); got ${index}`, {
      hint: "Positions are counted from 0, negative ones from the end.",
    });
  }
  return index < 0 ? index + n : index;
}

/**
 * The part of `x` inside a range along each axis named: `slice(x, { 0: [1, 3], 1: -1 })` is NumPy's `x[1:3, -1]`.
 * Negative positions count from the end; ends beyond the axis are cut.
 * @throws OrreryError `argument` when an index is outside its axis.
 */
export function slice(x: TensorLike, ranges: Readonly<Record<number, SliceRange>>): Tensor {
  const operand = tensor(x);
  const starts = operand.shape.map(() => 0);
  const sizes = [...operand.shape];
  const steps = operand.shape.map(() => 1);
  const dropped = new Set<number>();
  for (const [name, range] of Object.entries(ranges)) {
    const axis = normalizeAxis("slice", Number(name), operand.rank);
    const where = `slice: axis ${axis} of ${formatShape(operand.shape)}`;
    if (typeof range === "number") {
      starts[axis] = positionOf(where, range, operand.shape[axis]);
      sizes[axis] = 1;
      dropped.add(axis);
    } else {
      [starts[axis], sizes[axis]] = resolveRange(where, operand.shape[axis], range);
      steps[axis] = sizes[axis] === 0 ? 1 : (range[2] ?? 1);
      if (sizes[axis] === 0) starts[axis] = 0;
    }
  }
  const isWhole = sameShape(sizes, operand.shape) && steps.every((step) => step === 1);
  const part = isWhole ? operand : apply(sliceOperation, [operand], { starts, sizes, steps });
  return dropped.size === 0
    ? part
    : reshape(
        part,
        sizes.filter((_, axis) => !dropped.has(axis)),
      );
}

/** The elements in reverse order along `axis`. */
export function flip(x: TensorLike, axis: number): Tensor {
  const operand = tensor(x);
  return slice(operand, { [normalizeAxis("flip", axis, operand.rank)]: [-1, undefined, -1] });
}

/** The attributes of a padding. */
export interface PadAttributes {
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly value: number;
}

/** The operation behind `pad`, known to the blocked layout. */
export const padOperation: Operation<PadAttributes> = {
  name: "pad",
  infer: ([x], { before, after }) => [{ shape: x.shape.map((n, i) => n + before[i] + after[i]), dtype: x.dtype }],
  gradient: ({ inputs: [x], attributes: { before }, cotangents: [g] }) => {
    if (g === undefined) return [];
    return [slice(g, Object.fromEntries(x.shape.map((n, i) => [i, [before[i], before[i] + n] as const])))];
  },
  lower: ({ graph, inputs: [x], inputTypes: [{ dtype }], attributes: { before, after, value } }) => [
    graph.node("Pad", [x, graph.int64s([...before, ...after]), ...(value === 0 ? [] : [graph.scalar(value, dtype)])]),
  ],
  evaluate: ([x], { before, value }, [output]) => {
    const strides = stridesOf(output.shape);
    const origin = before.reduce((offset, n, i) => offset + n * strides[i], 0);
    const data = new Float64Array(sizeOf(output.shape)).fill(value);
    forEachElement(x.shape, [strides], (index, [offset]) => {
      data[origin + offset] = Number(x.data[index]);
    });
    return [{ data, shape: output.shape }];
  },
  key: ({ before, after, value }) => `${before}|${after}|${value}`,
};

/**
 * `x` with `[before, after]` elements of `value` added along each axis.
 * @throws OrreryError `argument` unless there is one pair of non-negative whole numbers an axis.
 */
export function pad(x: TensorLike, padding: readonly (readonly [number, number])[], value = 0): Tensor {
  const operand = tensor(x);
  const isValid = padding.length === operand.rank && padding.flat().every((n) => Number.isInteger(n) && n >= 0);
  if (!isValid) {
    throw new OrreryError(
      "argument",
      `pad: expected ${operand.rank} pairs of non-negative whole numbers; got ${JSON.stringify(padding)}`,
    );
  }
  if (padding.flat().every((n) => n === 0)) return operand;
  return apply(padOperation, [operand], { before: padding.map(([n]) => n), after: padding.map(([, n]) => n), value });
}

/** `x` repeated `repeats[i]` times along each axis i. */
export function tile(x: TensorLike, repeats: readonly number[]): Tensor {
  const operand = tensor(x);
  if (repeats.length !== operand.rank || !repeats.every((n) => Number.isInteger(n) && n >= 0)) {
    throw new OrreryError(
      "argument",
      `tile: expected ${operand.rank} non-negative whole numbers, one an axis; got ${formatShape(repeats)}`,
    );
  }
  const spread = reshape(
    operand,
    operand.shape.flatMap((n) => [1, n]),
  );
  const repeated = broadcastTo(
    spread,
    operand.shape.flatMap((n, i) => [repeats[i], n]),
  );
  return reshape(
    repeated,
    operand.shape.map((n, i) => n * repeats[i]),
  );
}
