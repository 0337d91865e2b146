import { OrreryError } from "../../errors.ts";
import { NdArray } from "../ndarray.ts";
import type { Operation, ReferenceArray } from "../operation.ts";
import { formatShape, type Shape, sizeOf } from "../shape.ts";
import { apply, applyAll, type Tensor, type TensorLike, tensor } from "../tensor.ts";
import { multiply } from "./arithmetic.ts";
import {
  checkWhole,
  conv2dTranspose,
  type Padding,
  type Pair,
  paddingOf,
  pairOf,
  windowedSize,
} from "./convolution.ts";
import { checkDType } from "./elementwise.ts";
import { addAlongAxis } from "./gather.ts";
import { max, mean } from "./reduction.ts";
import { broadcastTo, flatten, reshape } from "./reshape.ts";

export interface Pool2dOptions {
  /** The window, `[height, width]`. */
  readonly size: Pair;
  /** The window's own size when left out. */
  readonly stride?: Pair;
  readonly padding?: Padding;
}

/** A window and how it moves. */
export interface PoolAttributes {
  readonly size: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number, number, number];
}

function pooledShape(where: string, shape: Shape, { size, stride, padding }: PoolAttributes): Shape {
  if (shape.length !== 4) {
    throw new OrreryError(
      "shape",
      `${where}: expected images [batch, channels, height, width]; got ${formatShape(shape)}`,
    );
  }
  if (padding.some((n, i) => n >= size[i % 2])) {
    throw new OrreryError(
      "argument",
      `${where}: padding must be smaller than the window ${formatShape(size)}; got ${formatShape(padding)}`,
    );
  }
  const out = [0, 1].map((i) => windowedSize(shape[2 + i], size[i], stride[i], padding[i] + padding[i + 2], 1));
  if (out.some((n) => n < 1)) {
    throw new OrreryError(
      "shape",
      `${where}: the window ${formatShape(size)} is larger than the padded image; got ${formatShape(shape)}`,
    );
  }
  return [shape[0], shape[1], ...out];
}

/** Visits each window's elements: flat offset of the output and of every input inside the image. */
function forEachWindow(
  x: Shape,
  y: Shape,
  { size, stride, padding }: PoolAttributes,
  visit: (y: number, x: number) => void,
): void {
  const [height, width] = x.slice(2);
  const [outHeight, outWidth] = y.slice(2);
  for (let image = 0; image < y[0] * y[1]; image++)
    for (let oy = 0; oy < outHeight; oy++)
      for (let ox = 0; ox < outWidth; ox++)
        for (let ky = 0; ky < size[0]; ky++)
          for (let kx = 0; kx < size[1]; kx++) {
            const [row, column] = [oy * stride[0] - padding[0] + ky, ox * stride[1] - padding[1] + kx];
            if (row < 0 || row >= height || column < 0 || column >= width) continue;
            visit((image * outHeight + oy) * outWidth + ox, (image * height + row) * width + column);
          }
}

/** The ONNX attributes of a window. */
export const onnxWindow = ({ size, stride, padding }: PoolAttributes) => ({
  kernel_shape: size,
  strides: stride,
  pads: padding,
});

/** The operation behind `maxPool2d`, known to the blocked layout. */
export const maxPoolOperation: Operation<PoolAttributes> = {
  name: "maxPool2d",
  infer: ([x], attributes) => {
    checkDType("maxPool2d", "float", x.dtype);
    const shape = pooledShape("maxPool2d", x.shape, attributes);
    return [
      { shape, dtype: x.dtype },
      { shape, dtype: "int64" },
    ];
  },
  gradient: ({ inputs: [x], outputs: [, indices], cotangents: [g] }) => {
    if (g === undefined) return [];
    const base = broadcastTo(tensor(0, x.dtype), [sizeOf(x.shape)]);
    return [reshape(addAlongAxis(base, flatten(indices), flatten(g), 0), x.shape)];
  },
  lower: ({ graph, inputs, attributes, isUsed }) =>
    graph.nodes("MaxPool", inputs, isUsed[1] ? 2 : 1, { attributes: onnxWindow(attributes) }),
  evaluate: ([x], attributes, [output]) => {
    const values = new Float64Array(sizeOf(output.shape)).fill(Number.NEGATIVE_INFINITY);
    const indices = new Float64Array(values.length);
    forEachWindow(x.shape, output.shape, attributes, (to, from) => {
      if (Number(x.data[from]) > values[to]) {
        values[to] = Number(x.data[from]);
        indices[to] = from;
      }
    });
    return [
      { data: values, shape: output.shape },
      { data: indices, shape: output.shape },
    ];
  },
};

/** The operation behind `averagePool2d`, known to the blocked layout: zeros of the padding count. */
export const averagePoolOperation: Operation<PoolAttributes> = {
  name: "averagePool2d",
  infer: ([x], attributes) => {
    checkDType("averagePool2d", "float", x.dtype);
    return [{ shape: pooledShape("averagePool2d", x.shape, attributes), dtype: x.dtype }];
  },
  gradient: ({ inputs: [x], attributes, cotangents: [g] }) => {
    if (g === undefined) return [];
    const { size, stride, padding } = attributes;
    const channels = x.shape[1];
    const filter = broadcastTo(tensor(1 / (size[0] * size[1]), x.dtype), [channels, 1, ...size]);
    const rest = (i: number) => (x.shape[2 + i] + padding[i] + padding[i + 2] - size[i]) % stride[i];
    return [conv2dTranspose(g, filter, { stride, padding, groups: channels, outputPadding: [rest(0), rest(1)] })];
  },
  lower: ({ graph, inputs, attributes }) => [
    graph.node("AveragePool", inputs, { attributes: { ...onnxWindow(attributes), count_include_pad: 1 } }),
  ],
  evaluate: ([x], attributes, [output]): ReferenceArray[] => {
    const data = new Float64Array(sizeOf(output.shape));
    const share = 1 / (attributes.size[0] * attributes.size[1]);
    forEachWindow(x.shape, output.shape, attributes, (to, from) => {
      data[to] += Number(x.data[from]) * share;
    });
    return [{ data, shape: output.shape }];
  },
};

function attributesOf(where: string, { size, stride = size, padding = 0 }: Pool2dOptions): PoolAttributes {
  checkWhole(where, "size", size, 1);
  checkWhole(where, "stride", stride, 1);
  checkWhole(where, "padding", padding, 0);
  return { size: pairOf(size), stride: pairOf(stride), padding: paddingOf(padding) };
}

/** The largest value in every window of `[batch, channels, height, width]`; the derivative goes to the first largest. */
export function maxPool2d(x: TensorLike, options: Pool2dOptions): Tensor {
  return applyAll(maxPoolOperation, [tensor(x)], attributesOf("maxPool2d", options))[0];
}

/** The mean of every window of `[batch, channels, height, width]`; zeros of the padding count unless `countPadding` is false. */
export function averagePool2d(x: TensorLike, options: Pool2dOptions & { readonly countPadding?: boolean }): Tensor {
  const attributes = attributesOf("averagePool2d", options);
  const result = apply(averagePoolOperation, [tensor(x)], attributes);
  if (options.countPadding !== false || attributes.padding.every((n) => n === 0)) return result;
  const inside = [1, 1, ...tensor(x).shape.slice(2)];
  const window = [1, 1, ...result.shape.slice(2)];
  const counts = new Float64Array(sizeOf(window));
  forEachWindow(inside, window, attributes, (to) => counts[to]++);
  const correction = counts.map((count) => (attributes.size[0] * attributes.size[1]) / count);
  return multiply(result, tensor(new NdArray(correction, window), result.dtype));
}

/** The mean over height and width: `[batch, channels, height, width]` → `[batch, channels]`. */
export function globalAveragePool2d(x: TensorLike): Tensor {
  return mean(x, { axes: [2, 3] });
}

/** The largest value over height and width: `[batch, channels, height, width]` → `[batch, channels]`. */
export function globalMaxPool2d(x: TensorLike): Tensor {
  return max(x, { axes: [2, 3] });
}
