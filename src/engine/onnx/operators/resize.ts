import { NdArray } from "../../ndarray.ts";
import { gather, matmul, transpose } from "../../ops/index.ts";
import { normalizeAxis } from "../../shape.ts";
import { type Tensor, tensor } from "../../tensor.ts";
import type { ImportedNode, OperatorTable } from "./operator.ts";

/** One axis to be resized. */
interface Axis {
  readonly axis: number;
  readonly from: number;
  readonly to: number;
  readonly scale: number;
}

/** The position on the input's axis that an output position corresponds to, by `coordinate_transformation_mode`. */
const positions: Readonly<Record<string, (i: number, axis: Axis) => number>> = {
  half_pixel: (i, { scale }) => (i + 0.5) / scale - 0.5,
  half_pixel_symmetric: (i, { from, to, scale }) => {
    const adjusted = to / (scale * from);
    return (from / 2) * (1 - adjusted) + (i + 0.5) / scale - 0.5;
  },
  pytorch_half_pixel: (i, { to, scale }) => (to > 1 ? (i + 0.5) / scale - 0.5 : 0),
  align_corners: (i, { from, to }) => (to === 1 ? 0 : (i * (from - 1)) / (to - 1)),
  asymmetric: (i, { scale }) => i / scale,
};

/** Which neighbour is nearest, by `nearest_mode`. */
const roundings: Readonly<Record<string, (x: number) => number>> = {
  round_prefer_floor: (x) => Math.ceil(x - 0.5),
  round_prefer_ceil: (x) => Math.floor(x + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
};

/** The neighbours of a position and their weights, by `mode`. */
function weightsAt(mode: string, x: number, a: number): [offset: number, weight: number][] {
  const low = Math.floor(x);
  const t = x - low;
  if (mode === "linear")
    return [
      [low, 1 - t],
      [low + 1, t],
    ];
  // Keys's cubic convolution kernel.
  const near = (d: number) => ((a + 2) * d - (a + 3)) * d * d + 1;
  const far = (d: number) => ((a * d - 5 * a) * d + 8 * a) * d - 4 * a;
  return [
    [low - 1, far(t + 1)],
    [low, near(t)],
    [low + 1, near(1 - t)],
    [low + 2, far(2 - t)],
  ];
}

interface Sampling {
  readonly mode: string;
  readonly position: (i: number, axis: Axis) => number;
  readonly nearest: (x: number) => number;
  readonly cubicCoefficient: number;
  readonly excludesOutside: boolean;
}

/** The matrix `[to, from]` that resizes one axis; neighbours beyond an end are the end itself, or left out. */
function matrixOf(axis: Axis, { mode, position, cubicCoefficient, excludesOutside }: Sampling): NdArray {
  const { from, to } = axis;
  const matrix = new Float64Array(to * from);
  for (let i = 0; i < to; i++) {
    const neighbours = weightsAt(mode, position(i, axis), cubicCoefficient);
    const kept = excludesOutside ? neighbours.filter(([at]) => at >= 0 && at < from) : neighbours;
    const total = excludesOutside ? kept.reduce((sum, [, weight]) => sum + weight, 0) : 1;
    for (const [at, weight] of kept) matrix[i * from + Math.min(Math.max(at, 0), from - 1)] += weight / total;
  }
  return new NdArray(matrix, [to, from]);
}

function resizeAxis(x: Tensor, axis: Axis, sampling: Sampling): Tensor {
  if (sampling.mode === "nearest") {
    const indices = Array.from({ length: axis.to }, (_, i) =>
      Math.min(Math.max(sampling.nearest(sampling.position(i, axis)), 0), axis.from - 1),
    );
    return gather(x, tensor(indices, "int32"), axis.axis);
  }
  const matrix = tensor(matrixOf(axis, sampling), x.dtype);
  const order = x.shape.map((_, i) => i);
  const last = [...order.filter((i) => i !== axis.axis), axis.axis];
  const resized = matmul(transpose(x, ...last), matrix, { transposeB: true });
  return transpose(resized, ...order.map((i) => last.indexOf(i)));
}

/** The axes that change, from scales or from sizes. */
function resizedAxes(node: ImportedNode, x: Tensor, scales: readonly number[], sizes: readonly number[]): Axis[] {
  const axes = node.ints("axes")?.map((axis) => normalizeAxis(node.title, axis, x.rank)) ?? x.shape.map((_, i) => i);
  const policy = node.string("keep_aspect_ratio_policy", "stretch");
  const ratios = sizes.map((n, i) => n / x.shape[axes[i]]);
  const common =
    policy === "not_larger" ? Math.min(...ratios) : policy === "not_smaller" ? Math.max(...ratios) : undefined;
  return axes.flatMap((axis, i) => {
    const from = x.shape[axis];
    const scale = sizes.length > 0 ? (common ?? ratios[i]) : scales[i];
    const to =
      sizes.length === 0 ? Math.floor(from * scale) : common === undefined ? sizes[i] : Math.round(from * scale);
    return to === from && scale === 1 ? [] : [{ axis, from, to, scale }];
  });
}

function choose<T>(node: ImportedNode, what: string, table: Readonly<Record<string, T>>, name: string): T {
  const found = table[name];
  if (found !== undefined) return found;
  throw node.unsupported(`${what} "${name}"`, `Supported are ${Object.keys(table).join(", ")}.`);
}

function importResize(node: ImportedNode): Tensor {
  const x = node.input(0);
  if (node.int("antialias", 0) === 1) throw node.unsupported("antialias", "Export the model without it.");
  const isOld = node.version < 11;
  const [scales, sizes] = isOld ? [node.numbers(1), []] : [node.numbers(2), node.numbers(3)];
  const sampling: Sampling = {
    mode: choose(
      node,
      "mode",
      { nearest: "nearest", linear: "linear", cubic: "cubic" },
      node.string("mode", "nearest"),
    ),
    position: choose(
      node,
      "coordinate_transformation_mode",
      positions,
      node.string("coordinate_transformation_mode", isOld ? "asymmetric" : "half_pixel"),
    ),
    nearest: choose(
      node,
      "nearest_mode",
      roundings,
      node.string("nearest_mode", isOld ? "floor" : "round_prefer_floor"),
    ),
    cubicCoefficient: node.float("cubic_coeff_a", -0.75),
    excludesOutside: node.int("exclude_outside", 0) === 1,
  };
  return resizedAxes(node, x, scales ?? [], sizes ?? []).reduce((y, axis) => resizeAxis(y, axis, sampling), x);
}

/** The predecessor of Resize: positions from the top left, the floor of the position. */
function upsample(node: ImportedNode): Tensor {
  const x = node.input(0);
  const sampling: Sampling = {
    mode: node.string("mode", "nearest"),
    position: positions.asymmetric,
    nearest: Math.floor,
    cubicCoefficient: 0,
    excludesOutside: false,
  };
  return resizedAxes(node, x, node.setting("scales", 1) ?? [], []).reduce(
    (y, axis) => resizeAxis(y, axis, sampling),
    x,
  );
}

/** Resizing of images. */
export const resizing: OperatorTable = { Resize: importResize, Upsample: upsample };
