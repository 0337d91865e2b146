import { OrreryError } from "../../errors.ts";
import type { LoweringContext, NodeAttribute, Operation, ReferenceArray, TensorType } from "../operation.ts";
import { formatShape, type Shape, sizeOf } from "../shape.ts";
import { apply, operands, type Tensor, type TensorLike } from "../tensor.ts";
import { checkDType } from "./elementwise.ts";

/** Zeros around an image: one number for all sides, `[vertical, horizontal]`, or `[top, left, bottom, right]`. */
export type Padding = number | readonly [number, number] | readonly [number, number, number, number];

/** One number for both directions, or `[vertical, horizontal]`. */
export type Pair = number | readonly [number, number];

export interface Convolution2dOptions {
  readonly stride?: Pair;
  readonly padding?: Padding;
  readonly dilation?: Pair;
  /** Input and output channels are divided into this many groups that do not mix. */
  readonly groups?: number;
}

/** The geometry of a convolution; the three products of its derivatives share it. */
export interface ConvolutionAttributes {
  readonly stride: readonly [number, number];
  /** Top, left, bottom, right. */
  readonly padding: readonly [number, number, number, number];
  readonly dilation: readonly [number, number];
  readonly groups: number;
}

export function pairOf(value: Pair): readonly [number, number] {
  return typeof value === "number" ? [value, value] : value;
}

export function paddingOf(value: Padding): readonly [number, number, number, number] {
  if (typeof value === "number") return [value, value, value, value];
  return value.length === 2 ? [value[0], value[1], value[0], value[1]] : value;
}

/** The size of an image axis after a window of `kernel` has moved over it. */
export function windowedSize(size: number, kernel: number, stride: number, padding: number, dilation: number): number {
  return Math.floor((size + padding - dilation * (kernel - 1) - 1) / stride) + 1;
}

/**
 * Visits every product of a convolution, `y[b, o] += x[b, i] · w[o, i]`, with the flat offsets of the three elements:
 * the convolution and both its adjoints are sums over the same triples.
 */
function forEachTap(
  [xShape, wShape, yShape]: readonly Shape[],
  { stride, padding, dilation, groups }: ConvolutionAttributes,
  visit: (x: number, w: number, y: number) => void,
): void {
  const [batch, channels, height, width] = xShape;
  const [filters, perGroup, kernelHeight, kernelWidth] = wShape;
  const [, , outHeight, outWidth] = yShape;
  for (let b = 0; b < batch; b++)
    for (let o = 0; o < filters; o++)
      for (let i = 0; i < perGroup; i++) {
        const channel = Math.floor(o / (filters / groups)) * perGroup + i;
        for (let ky = 0; ky < kernelHeight; ky++)
          for (let kx = 0; kx < kernelWidth; kx++)
            for (let oy = 0; oy < outHeight; oy++) {
              const row = oy * stride[0] - padding[0] + ky * dilation[0];
              if (row < 0 || row >= height) continue;
              for (let ox = 0; ox < outWidth; ox++) {
                const column = ox * stride[1] - padding[1] + kx * dilation[1];
                if (column < 0 || column >= width) continue;
                visit(
                  ((b * channels + channel) * height + row) * width + column,
                  ((o * perGroup + i) * kernelHeight + ky) * kernelWidth + kx,
                  ((b * filters + o) * outHeight + oy) * outWidth + ox,
                );
              }
            }
      }
}

function accumulate(
  shapes: readonly Shape[],
  attributes: ConvolutionAttributes,
  target: 0 | 1 | 2,
  factors: readonly [ReferenceArray, ReferenceArray],
): ReferenceArray[] {
  const data = new Float64Array(sizeOf(shapes[target]));
  const [first, second] = [0, 1, 2].filter((k) => k !== target);
  forEachTap(shapes, attributes, (...offsets) => {
    data[offsets[target]] += Number(factors[0].data[offsets[first]]) * Number(factors[1].data[offsets[second]]);
  });
  return [{ data, shape: shapes[target] }];
}

/** The ONNX attributes of a convolution's geometry. */
export function onnxGeometry({
  stride,
  padding,
  dilation,
  groups,
}: ConvolutionAttributes): Record<string, NodeAttribute> {
  return { strides: stride, pads: padding, dilations: dilation, group: groups };
}

function inferConvolution([x, w]: readonly TensorType[], attributes: ConvolutionAttributes): TensorType[] {
  const { stride, padding, dilation, groups } = attributes;
  const got = `got ${formatShape(x.shape)} and ${formatShape(w.shape)}`;
  checkDType("conv2d", "float", x.dtype);
  if (x.shape.length !== 4 || w.shape.length !== 4) {
    throw new OrreryError(
      "shape",
      `conv2d: expected images [batch, channels, height, width] and filters [out, in / groups, height, width]; ${got}`,
    );
  }
  const [channels, filters] = [x.shape[1], w.shape[0]];
  if (channels % groups !== 0 || filters % groups !== 0) {
    throw new OrreryError(
      "shape",
      `conv2d: channels must be divisible by groups; got ${channels} input and ${filters} output channels, ${groups} groups`,
    );
  }
  if (w.shape[1] !== channels / groups) {
    throw new OrreryError(
      "shape",
      `conv2d: filters for ${channels} channels in ${groups} ${groups === 1 ? "group" : "groups"} need ${channels / groups} input channels; ${got}`,
      {
        hint: "Filters are [out, in / groups, height, width].",
      },
    );
  }
  const out = [0, 1].map((i) =>
    windowedSize(x.shape[2 + i], w.shape[2 + i], stride[i], padding[i] + padding[i + 2], dilation[i]),
  );
  if (out.some((n) => n < 1)) {
    throw new OrreryError("shape", `conv2d: the filter is larger than the padded image; ${got}`, {
      hint: "Add padding, or use a smaller filter or dilation.",
    });
  }
  return [{ shape: [x.shape[0], filters, ...out], dtype: x.dtype }];
}

/** The operation behind `conv2d`, known to the blocked layout. */
export const convolutionOperation: Operation<ConvolutionAttributes> = {
  name: "conv2d",
  infer: inferConvolution,
  gradient: ({ inputs: [x, w], attributes, cotangents: [g] }) =>
    g === undefined ? [] : [inputAdjoint(g, w, x.shape, attributes), filterAdjoint(x, g, w.shape, attributes)],
  lower: ({ graph, inputs, attributes }) => [graph.node("Conv", inputs, { attributes: onnxGeometry(attributes) })],
  evaluate: ([x, w], attributes, [output]) => accumulate([x.shape, w.shape, output.shape], attributes, 2, [x, w]),
};

/** An adjoint's geometry is that of the convolution it comes from; the shape it returns to is part of it. */
export interface AdjointAttributes extends ConvolutionAttributes {
  readonly shape: Shape;
}

/** The adjoint of a convolution in its images: `(g, w) → x`. It is also the transposed convolution. */
export const inputAdjointOperation: Operation<AdjointAttributes> = {
  name: "conv2dTranspose",
  infer: ([g], { shape }) => [{ shape, dtype: g.dtype }],
  gradient: ({ inputs: [g, w], attributes, cotangents: [c] }) =>
    c === undefined ? [] : [apply(convolutionOperation, [c, w], attributes), filterAdjoint(c, g, w.shape, attributes)],
  lower: ({ graph, inputs, inputTypes: [g, w], attributes }) => {
    const { stride, padding, dilation, shape } = attributes;
    const reached = (i: number) =>
      (g.shape[2 + i] - 1) * stride[i] - padding[i] - padding[i + 2] + dilation[i] * (w.shape[2 + i] - 1) + 1;
    const output_padding = [shape[2] - reached(0), shape[3] - reached(1)];
    return [graph.node("ConvTranspose", inputs, { attributes: { ...onnxGeometry(attributes), output_padding } })];
  },
  evaluate: ([g, w], attributes) => accumulate([attributes.shape, w.shape, g.shape], attributes, 0, [w, g]),
};

/** The adjoint of a convolution in its filters: `(x, g) → w`. */
export const filterAdjointOperation: Operation<AdjointAttributes> = {
  name: "conv2dFilterAdjoint",
  infer: ([x], { shape }) => [{ shape, dtype: x.dtype }],
  gradient: ({ inputs: [x, g], attributes, cotangents: [c] }) =>
    c === undefined ? [] : [inputAdjoint(g, c, x.shape, attributes), apply(convolutionOperation, [x, c], attributes)],
  lower: lowerFilterAdjoint,
  evaluate: ([x, g], attributes) => accumulate([x.shape, attributes.shape, g.shape], attributes, 1, [x, g]),
};

/** A convolution of the images with the derivatives as filters, batch and channels exchanged, stride and dilation exchanged. */
function lowerFilterAdjoint({
  graph,
  inputs: [x, g],
  inputTypes,
  attributes,
}: LoweringContext<AdjointAttributes>): string[] {
  const { stride, padding, dilation, groups, shape } = attributes;
  const [batch, channels, height, width] = inputTypes[0].shape;
  const transposed = (value: string, perm: number[]) => graph.node("Transpose", [value], { attributes: { perm } });
  const reshaped = (value: string, to: readonly number[]) => graph.node("Reshape", [value, graph.int64s(to)]);
  const perGroup = channels / groups;
  const images =
    groups === 1
      ? transposed(x, [1, 0, 2, 3])
      : reshaped(transposed(reshaped(x, [batch, groups, perGroup, height, width]), [2, 1, 0, 3, 4]), [
          perGroup,
          groups * batch,
          height,
          width,
        ]);
  const full = graph.node("Conv", [images, transposed(g, [1, 0, 2, 3])], {
    attributes: { strides: dilation, dilations: stride, pads: padding, group: groups },
  });
  const turned = transposed(full, [1, 0, 2, 3]);
  const size = (i: number) =>
    windowedSize([height, width][i], inputTypes[1].shape[2 + i], dilation[i], padding[i] + padding[i + 2], stride[i]);
  if (size(0) === shape[2] && size(1) === shape[3]) return [turned];
  return [graph.node("Slice", [turned, graph.int64s([0, 0]), graph.int64s(shape.slice(2)), graph.int64s([2, 3])])];
}

function inputAdjoint(
  g: Tensor,
  w: Tensor,
  shape: Shape,
  { stride, padding, dilation, groups }: ConvolutionAttributes,
): Tensor {
  return apply(inputAdjointOperation, [g, w], { stride, padding, dilation, groups, shape });
}

function filterAdjoint(
  x: Tensor,
  g: Tensor,
  shape: Shape,
  { stride, padding, dilation, groups }: ConvolutionAttributes,
): Tensor {
  return apply(filterAdjointOperation, [x, g], { stride, padding, dilation, groups, shape });
}

/** @throws OrreryError `argument` unless every number of the option is whole and at least `least`. */
export function checkWhole(where: string, option: string, value: number | readonly number[], least: 0 | 1): void {
  if ([value].flat().every((n) => Number.isInteger(n) && n >= least)) return;
  throw new OrreryError(
    "argument",
    `${where}: ${option} must be ${least === 0 ? "non-negative" : "positive"} whole numbers; got ${JSON.stringify(value)}`,
  );
}

function attributesOf(where: string, options: Convolution2dOptions): ConvolutionAttributes {
  const { stride = 1, padding = 0, dilation = 1, groups = 1 } = options;
  checkWhole(where, "stride", stride, 1);
  checkWhole(where, "padding", padding, 0);
  checkWhole(where, "dilation", dilation, 1);
  checkWhole(where, "groups", groups, 1);
  return { stride: pairOf(stride), padding: paddingOf(padding), dilation: pairOf(dilation), groups };
}

/**
 * Two-dimensional convolution (cross-correlation, as in every deep-learning library):
 * images `[batch, in, height, width]`, filters `[out, in / groups, kernel height, kernel width]` → `[batch, out, …]`.
 * Depthwise with `groups` equal to the input channels.
 * @throws OrreryError `shape` when channels and groups do not fit or the filter is larger than the padded image.
 */
export function conv2d(images: TensorLike, filters: TensorLike, options: Convolution2dOptions = {}): Tensor {
  return apply(convolutionOperation, operands("conv2d", images, filters), attributesOf("conv2d", options));
}

export interface ConvolutionTranspose2dOptions extends Convolution2dOptions {
  /** Rows and columns added at the bottom and right, to choose among the sizes that a stride maps to one. */
  readonly outputPadding?: Pair;
}

/**
 * The transposed convolution, the adjoint of `conv2d` in its images: `[batch, in, height, width]` and filters
 * `[in, out / groups, kernel height, kernel width]` → `[batch, out, …]` with height `(h − 1) · stride − padding + dilation · (k − 1) + 1 + outputPadding`.
 */
export function conv2dTranspose(
  images: TensorLike,
  filters: TensorLike,
  options: ConvolutionTranspose2dOptions = {},
): Tensor {
  const [g, w] = operands("conv2dTranspose", images, filters);
  checkDType("conv2dTranspose", "float", g.dtype);
  const attributes = attributesOf("conv2dTranspose", options);
  const { stride, padding, dilation, groups } = attributes;
  checkWhole("conv2dTranspose", "outputPadding", options.outputPadding ?? 0, 0);
  const extra = pairOf(options.outputPadding ?? 0);
  if (g.rank !== 4 || w.rank !== 4 || g.shape[1] !== w.shape[0] || w.shape[0] % groups !== 0) {
    throw new OrreryError(
      "shape",
      `conv2dTranspose: expected images [batch, in, height, width] and filters [in, out / groups, height, width]; got ${formatShape(g.shape)} and ${formatShape(w.shape)} with ${groups} ${groups === 1 ? "group" : "groups"}`,
      { hint: "Here the filters' first axis is the images' channels." },
    );
  }
  const size = (i: number) =>
    (g.shape[2 + i] - 1) * stride[i] - padding[i] - padding[i + 2] + dilation[i] * (w.shape[2 + i] - 1) + 1 + extra[i];
  if (extra.some((n, i) => n >= Math.max(stride[i], dilation[i])) || size(0) < 1 || size(1) < 1) {
    throw new OrreryError(
      "argument",
      `conv2dTranspose: outputPadding must be smaller than the stride or the dilation, and some image must be left; got outputPadding ${formatShape(extra)}, image ${formatShape([size(0), size(1)])}`,
    );
  }
  return inputAdjoint(g, w, [g.shape[0], w.shape[1] * groups, size(0), size(1)], attributes);
}
