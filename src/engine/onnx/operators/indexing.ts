import { isInteger } from "../../dtype.ts";
import {
  add,
  addAlongAxis,
  cast,
  equal,
  expandDims,
  gather,
  greater,
  less,
  multiply,
  onesLike,
  range,
  reshape,
  type SliceRange,
  scatterAdd,
  slice,
  sum,
  takeAlongAxis,
  transpose,
  where,
  zerosLike,
} from "../../ops/index.ts";
import { normalizeAxis, sizeOf, stridesOf } from "../../shape.ts";
import { type Tensor, tensor } from "../../tensor.ts";
import type { ImportedNode, OperatorTable } from "./operator.ts";

/** The end of an axis, however far beyond it the file says; the largest integers are not exact as numbers. */
const beyond = 2 ** 31;

/** Attributes before version 10, inputs since; a step may be negative. */
function importSlice(node: ImportedNode): Tensor {
  const x = node.input(0);
  const starts = node.setting("starts", 1) ?? [];
  const ends = node.setting("ends", 2) ?? [];
  const axes = node.setting("axes", 3) ?? starts.map((_, i) => i);
  const steps = node.numbers(4) ?? starts.map(() => 1);
  const ranges = axes.map((axis, i): [number, SliceRange] => {
    const at = normalizeAxis(node.title, axis, x.rank);
    const isToFront = steps[i] < 0 && ends[i] < -x.shape[at];
    const end = isToFront || ends[i] > beyond ? undefined : ends[i];
    return [at, [Math.max(-beyond, Math.min(starts[i], beyond)), end, steps[i]]];
  });
  return slice(x, Object.fromEntries(ranges));
}

/** Indices that count from the front, along an axis of `n` elements. */
function fromFront(indices: Tensor, n: number | Tensor): Tensor {
  return where(less(indices, 0), add(indices, n), indices);
}

/** The last axis of `indices` holds positions on the first axes of an array of sizes `sizes`; as positions in those axes flattened. */
function flatIndices(indices: Tensor, sizes: readonly number[]): Tensor {
  const positive = fromFront(indices, tensor([...sizes], indices.dtype));
  return sum(multiply(positive, tensor(stridesOf(sizes), indices.dtype)), { axes: -1 });
}

function gatherMany(node: ImportedNode): Tensor {
  const [x, indices] = [node.input(0), node.input(1)];
  const batchAxes = node.int("batch_dims", 0);
  const depth = indices.shape[indices.rank - 1];
  const batch = x.shape.slice(0, batchAxes);
  const sizes = x.shape.slice(batchAxes, batchAxes + depth);
  const rest = x.shape.slice(batchAxes + depth);
  const places = indices.shape.slice(batchAxes, -1);
  const count = sizeOf(batch);
  const local = reshape(flatIndices(indices, sizes), [count, sizeOf(places)]);
  const first = reshape(multiply(range(count, indices.dtype), sizeOf(sizes)), [count, 1]);
  const rows = gather(
    reshape(x, [count * sizeOf(sizes), ...rest]),
    reshape(add(local, first), [count * sizeOf(places)]),
  );
  return reshape(rows, [...batch, ...places, ...rest]);
}

function scatterReduction(node: ImportedNode): "none" | "add" {
  const reduction = node.string("reduction", "none");
  if (reduction === "none" || reduction === "add") return reduction;
  throw node.unsupported(`reduction "${reduction}"`, "Only none and add are supported: rewrite it with those.");
}

function scatterMany(node: ImportedNode): Tensor {
  const [x, indices, updates] = [node.input(0), node.input(1), node.input(2)];
  const depth = indices.shape[indices.rank - 1];
  const rest = x.shape.slice(depth);
  const rows = reshape(x, [sizeOf(x.shape.slice(0, depth)), ...rest]);
  const places = reshape(flatIndices(indices, x.shape.slice(0, depth)), [sizeOf(indices.shape.slice(0, -1))]);
  const values = reshape(updates, [places.shape[0], ...rest]);
  if (scatterReduction(node) === "add") return reshape(scatterAdd(rows, places, values), x.shape);
  const isWritten = greater(scatterAdd(zerosLike(rows), places, onesLike(values)), 0);
  return reshape(where(isWritten, scatterAdd(zerosLike(rows), places, values), rows), x.shape);
}

function scatterElements(node: ImportedNode): Tensor {
  const [x, indices, updates] = [node.input(0), node.input(1), node.input(2)];
  const axis = node.int("axis", 0);
  if (scatterReduction(node) === "add") return addAlongAxis(x, indices, updates, axis);
  const isWritten = greater(addAlongAxis(zerosLike(x), indices, onesLike(updates), axis), 0);
  return where(isWritten, addAlongAxis(zerosLike(x), indices, updates, axis), x);
}

/** `values[1]` at the index along a new axis and `values[0]` elsewhere. */
function importOneHot(node: ImportedNode): Tensor {
  const [indices, values] = [node.input(0), node.input(2)];
  const depth = node.numbers(1)?.[0] ?? 0;
  const axis = normalizeAxis(node.title, node.int("axis", -1), indices.rank + 1);
  const whole = isInteger(indices.dtype) ? indices : cast(indices, "int64");
  const isHot = equal(expandDims(fromFront(whole, depth), -1), range(depth, whole.dtype));
  const order = Array.from({ length: indices.rank }, (_, i) => i);
  order.splice(axis, 0, indices.rank);
  return where(transpose(isHot, ...order), slice(values, { 0: 1 }), slice(values, { 0: 0 }));
}

/** Operators that read and write at positions. */
export const indexing: OperatorTable = {
  Slice: importSlice,
  Gather: (node) => gather(node.input(0), node.input(1), node.int("axis", 0)),
  GatherElements: (node) => takeAlongAxis(node.input(0), node.input(1), node.int("axis", 0)),
  GatherND: gatherMany,
  ScatterND: scatterMany,
  ScatterElements: scatterElements,
  Scatter: scatterElements,
  OneHot: importOneHot,
};
