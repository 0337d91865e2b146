import {
  broadcastTo,
  cast,
  concat,
  expandDims,
  greaterEqual,
  range,
  reshape,
  split,
  squeeze,
  subtract,
  tile,
  transpose,
  where,
  zerosLike,
} from "../../ops/index.ts";
import { broadcastShapes, normalizeAxis, sizeOf } from "../../shape.ts";
import { type Tensor, tensor } from "../../tensor.ts";
import type { ImportedNode, OperatorTable } from "./operator.ts";

/** −1 is worked out; 0 keeps the input's size, unless zeros are meant. */
function importReshape(node: ImportedNode): Tensor {
  const x = node.input(0);
  const wanted = node.setting("shape", 1) ?? [];
  const keepsZeros = node.int("allowzero", 0) === 1;
  return reshape(
    x,
    wanted.map((n, i) => (n === 0 && !keepsZeros ? x.shape[i] : n)),
  );
}

function flattenTo2d(node: ImportedNode): Tensor {
  const x = node.input(0);
  const axis = node.int("axis", 1);
  const at = axis === x.rank ? axis : normalizeAxis(node.title, axis, x.rank);
  return reshape(x, [sizeOf(x.shape.slice(0, at)), sizeOf(x.shape.slice(at))]);
}

function unsqueeze(node: ImportedNode): Tensor {
  const x = node.input(0);
  const axes = node.setting("axes", 1) ?? [];
  const rank = x.rank + axes.length;
  const places = axes.map((axis) => normalizeAxis(node.title, axis, rank)).sort((a, b) => a - b);
  return places.reduce((y, axis) => expandDims(y, axis), x);
}

/** Sizes as an attribute, as an input, or as a number of equal parts of which the last may be smaller. */
function importSplit(node: ImportedNode): readonly Tensor[] {
  const x = node.input(0);
  const axis = normalizeAxis(node.title, node.int("axis", 0), x.rank);
  const sizes = node.setting("split", 1);
  if (sizes !== undefined) return split(x, sizes, axis);
  const count = node.int("num_outputs", node.node.outputs.length);
  const part = Math.ceil(x.shape[axis] / count);
  const equal = Array.from({ length: count }, (_, i) => Math.max(0, Math.min(part, x.shape[axis] - i * part)));
  return split(x, equal, axis);
}

/** Broadcasts both ways: the result may keep an axis of the input where the asked shape has size 1. */
function expand(node: ImportedNode): Tensor {
  const x = node.input(0);
  return broadcastTo(x, broadcastShapes(node.title, x.shape, node.numbers(1) ?? []));
}

/** Versions before 6 repeat one axis; since then every axis has its number. */
const repeat = (node: ImportedNode) => tile(node.input(0), node.numbers(1) ?? []);

/** Channels to pixels: depth first (`DCR`), or channel first as PyTorch's pixel shuffle (`CRD`). */
function depthToSpace(node: ImportedNode): Tensor {
  const x = node.input(0);
  const [batch, channels, height, width] = x.shape;
  const block = node.int("blocksize", 1);
  const kept = channels / block ** 2;
  const parts =
    node.string("mode", "DCR") === "CRD"
      ? transpose(reshape(x, [batch, kept, block, block, height, width]), 0, 1, 4, 2, 5, 3)
      : transpose(reshape(x, [batch, block, block, kept, height, width]), 0, 3, 4, 1, 5, 2);
  return reshape(parts, [batch, kept, height * block, width * block]);
}

function spaceToDepth(node: ImportedNode): Tensor {
  const x = node.input(0);
  const [batch, channels, height, width] = x.shape;
  const block = node.int("blocksize", 1);
  const [rows, columns] = [height / block, width / block];
  const parts = transpose(reshape(x, [batch, channels, rows, block, columns, block]), 0, 3, 5, 1, 2, 4);
  return reshape(parts, [batch, channels * block ** 2, rows, columns]);
}

/** The upper or lower triangle of every matrix, from the k-th diagonal on; zeros elsewhere. */
function triangle(node: ImportedNode): Tensor {
  const x = node.input(0);
  const [rows, columns] = x.shape.slice(-2);
  const k = node.numbers(1)?.[0] ?? 0;
  const offset = subtract(reshape(range(columns), [1, columns]), reshape(range(rows), [rows, 1]));
  const isKept = node.int("upper", 1) === 1 ? greaterEqual(offset, k) : greaterEqual(k, offset);
  return where(isKept, x, zerosLike(x));
}

/** Ones on the k-th diagonal of a matrix with the input's shape. */
function eyeLike(node: ImportedNode): Tensor {
  const x = node.input(0);
  const [rows, columns] = x.shape;
  const k = node.int("k", 0);
  const ones = Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => (j - i === k ? 1 : 0)));
  return cast(tensor(ones), node.dtype("dtype", x.dtype));
}

/** Operators that move, repeat and join elements. */
export const layout: OperatorTable = {
  Reshape: importReshape,
  Flatten: flattenTo2d,
  Squeeze: (node) => squeeze(node.input(0), ...(node.setting("axes", 1) ?? [])),
  Unsqueeze: unsqueeze,
  Transpose: (node) => transpose(node.input(0), ...(node.ints("perm") ?? [])),
  Concat: (node) => concat(node.all(), node.int("axis", 1)),
  Split: importSplit,
  Expand: expand,
  Tile: repeat,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
  Trilu: triangle,
  EyeLike: eyeLike,
};
