import { NdArray } from "../../ndarray.ts";
import {
  absolute,
  add,
  averagePool2d,
  max,
  maximum,
  maxPool2d,
  mean,
  multiply,
  pad,
  power,
  reshape,
  slice,
  sum,
} from "../../ops/index.ts";
import { type Tensor, tensor } from "../../tensor.ts";
import type { ImportedNode, OperatorTable } from "./operator.ts";
import { asImages, checkSpatial, type WindowGeometry, windowOf } from "./window.ts";

/** A pool's window, and how many positions it takes along each axis. */
interface Pool extends WindowGeometry {
  readonly images: Tensor;
  readonly counts: readonly [number, number];
  /** Elements beyond the padding at the bottom and right that the last window reaches, with `ceil_mode`. */
  readonly beyond: readonly [number, number];
}

function poolOf(node: ImportedNode): Pool {
  checkSpatial(node);
  const x = node.input(0);
  const window = windowOf(node, node.ints("kernel_shape") ?? []);
  const images = reshape(x, asImages(x.shape));
  const { size, stride, dilation, padding } = window;
  const isCeiled = node.int("ceil_mode", 0) === 1;
  const measured = [0, 1].map((i) => {
    const n = images.shape[2 + i];
    const padded = n + padding[i] + padding[i + 2];
    const reach = dilation[i] * (size[i] - 1) + 1;
    const steps = (padded - reach) / stride[i];
    let count = (isCeiled ? Math.ceil(steps) : Math.floor(steps)) + 1;
    // A window must start on the image or the padding before it.
    if (isCeiled && (count - 1) * stride[i] >= n + padding[i]) count--;
    return { count, beyond: Math.max(0, (count - 1) * stride[i] + reach - padded) };
  });
  return {
    ...window,
    images,
    counts: [measured[0].count, measured[1].count],
    beyond: [measured[0].beyond, measured[1].beyond],
  };
}

/** The result in the input's rank. */
function asBefore(node: ImportedNode, y: Tensor): Tensor {
  const { rank } = node.input(0);
  return rank === 3 ? reshape(y, [y.shape[0], y.shape[1], y.shape[3]]) : y;
}

/** The images with their padding filled with `value`, as far as the last window reaches. */
function padded({ images, padding: [top, left, bottom, right], beyond }: Pool, value: number): Tensor {
  return pad(
    images,
    [
      [0, 0],
      [0, 0],
      [top, bottom + beyond[0]],
      [left, right + beyond[1]],
    ],
    value,
  );
}

/** For every position in the window, the elements there of all windows: `[batch, channels, …counts]` each. */
function taps(pool: Pool, value: number): Tensor[] {
  const whole = padded(pool, value);
  const { size, stride, dilation, counts } = pool;
  const range = (axis: 0 | 1, k: number) => {
    const start = k * dilation[axis];
    return [start, start + (counts[axis] - 1) * stride[axis] + 1, stride[axis]] as const;
  };
  return Array.from({ length: size[0] * size[1] }, (_, k) =>
    slice(whole, { 2: range(0, Math.floor(k / size[1])), 3: range(1, k % size[1]) }),
  );
}

const isDilated = ({ dilation }: WindowGeometry) => dilation.some((n) => n !== 1);

function maxPool(node: ImportedNode): readonly (Tensor | undefined)[] {
  const pool = poolOf(node);
  const {
    images,
    size,
    stride,
    padding: [top, left, bottom, right],
    beyond,
  } = pool;
  const isAsked = node.node.outputs.length > 1 && node.node.outputs[1] !== "";
  if (isDilated(pool)) {
    if (isAsked)
      throw node.unsupported("positions of the largest values under dilation", "Leave the second output out.");
    return [
      asBefore(
        node,
        taps(pool, Number.NEGATIVE_INFINITY).reduce((a, b) => maximum(a, b)),
      ),
    ];
  }
  const padding = [top, left, bottom + beyond[0], right + beyond[1]] as const;
  const fits = padding.every((n, i) => n < size[i % 2]);
  if (!fits && isAsked) {
    throw node.unsupported("positions of the largest values with this padding", "Leave the second output out.");
  }
  const y = fits
    ? maxPool2d(images, { size, stride, padding })
    : maxPool2d(padded(pool, Number.NEGATIVE_INFINITY), { size, stride });
  return [asBefore(node, y), isAsked ? asBefore(node, y.node.outputs[1]) : undefined];
}

/** How many elements count in the mean of each window: those of the image, or of image and padding. */
function windowCounts({ images, size, stride, dilation, padding, counts }: Pool, isPaddingCounted: boolean): NdArray {
  const along = (axis: 0 | 1) => {
    const n = images.shape[2 + axis];
    const [low, high] = isPaddingCounted ? [-padding[axis], n + padding[axis + 2]] : [0, n];
    return Array.from({ length: counts[axis] }, (_, i) => {
      const start = i * stride[axis] - padding[axis];
      const inside = Array.from({ length: size[axis] }, (_, k) => start + k * dilation[axis]);
      return inside.filter((at) => at >= low && at < high).length;
    });
  };
  const [rows, columns] = [along(0), along(1)];
  return new NdArray(Float64Array.from(rows.flatMap((r) => columns.map((c) => 1 / (r * c)))), [
    1,
    1,
    counts[0],
    counts[1],
  ]);
}

function windowSums(pool: Pool): Tensor {
  const { size, stride } = pool;
  if (isDilated(pool)) return taps(pool, 0).reduce((a, b) => add(a, b));
  return multiply(averagePool2d(padded(pool, 0), { size, stride }), size[0] * size[1]);
}

function averagePool(node: ImportedNode): Tensor {
  const pool = poolOf(node);
  const { images, size, stride, padding } = pool;
  const countPadding = node.int("count_include_pad", 0) === 1;
  const isPlain = !isDilated(pool) && pool.beyond.every((n) => n === 0) && padding.every((n, i) => n < size[i % 2]);
  if (isPlain) return asBefore(node, averagePool2d(images, { size, stride, padding, countPadding }));
  const share = tensor(windowCounts(pool, countPadding), images.dtype);
  return asBefore(node, multiply(windowSums(pool), share));
}

/** `(Σ |x|ᵖ)^(1/p)`. */
function lpPool(node: ImportedNode): Tensor {
  const p = node.int("p", 2);
  const pool = poolOf(node);
  const powers = { ...pool, images: power(absolute(pool.images), p) };
  return asBefore(node, power(windowSums(powers), 1 / p));
}

const spatialAxes = (node: ImportedNode) => node.input(0).shape.flatMap((_, i) => (i < 2 ? [] : [i]));

/** Pools over windows and over whole images. */
export const pools: OperatorTable = {
  MaxPool: maxPool,
  AveragePool: averagePool,
  LpPool: lpPool,
  GlobalMaxPool: (node) => max(node.input(0), { axes: spatialAxes(node), keepDims: true }),
  GlobalAveragePool: (node) => mean(node.input(0), { axes: spatialAxes(node), keepDims: true }),
  GlobalLpPool: (node) => {
    const p = node.int("p", 2);
    return power(sum(power(absolute(node.input(0)), p), { axes: spatialAxes(node), keepDims: true }), 1 / p);
  },
};
