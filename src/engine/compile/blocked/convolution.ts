import type { AdjointAttributes, ConvolutionAttributes } from "../../ops/convolution.ts";
import { onnxGeometry } from "../../ops/convolution.ts";
import type { Shape } from "../../shape.ts";
import type { Node } from "../../tensor.ts";
import type { BlockedLayout } from "./layout.ts";

/** A filter for every channel of its own: `[channels, 1, …]` with as many groups. */
export function isDepthwise(filter: Shape, groups: number): boolean {
  return groups > 1 && filter[0] === groups && filter[1] === 1;
}

/** Filters `[out, in, height, width]` in the order the blocked kernels read them. */
function reorderFilter(layout: BlockedLayout, name: string, [out, inner, height, width]: Shape): string {
  const b = layout.blockSize;
  if (inner < b) {
    const parts = layout.reshape(name, [out / b, b, inner, height, width]);
    return layout.reshape(layout.transpose(parts, [0, 2, 3, 4, 1]), [out, inner, height, width]);
  }
  const parts = layout.reshape(name, [out / b, b, inner / b, b, height, width]);
  return layout.reshape(layout.transpose(parts, [0, 2, 4, 5, 3, 1]), [out, inner, height, width]);
}

function reorderDepthwise(layout: BlockedLayout, name: string, [channels, , height, width]: Shape): string {
  const b = layout.blockSize;
  if (height * width === 1) return name;
  const parts = layout.reshape(name, [channels / b, b, height, width]);
  return layout.reshape(layout.transpose(parts, [0, 2, 3, 1]), [channels, 1, height, width]);
}

/** A convolution whose output channels fill blocks, and whose input channels fill blocks or less than one. */
export function lowerConvolution(node: Node<ConvolutionAttributes>, layout: BlockedLayout): boolean {
  const [x, w] = node.inputs;
  const [y] = node.outputs;
  const { attributes } = node;
  const isWide = isDepthwise(w.shape, attributes.groups);
  const isNarrow = attributes.groups === 1 && x.dtype === "float32" && x.shape[1] < layout.blockSize;
  if (!layout.isBlockable(y) || (attributes.groups > 1 && !isWide) || !(layout.isBlockable(x) || isNarrow))
    return false;
  const filter = isWide
    ? reorderDepthwise(layout, layout.plainName(w), w.shape)
    : reorderFilter(layout, layout.plainName(w), w.shape);
  layout.setPending(y, {
    x: isNarrow ? layout.plainName(x) : layout.blockedName(x),
    filter,
    attributes: { ...onnxGeometry(attributes), kernel_shape: w.shape.slice(2) },
  });
  return true;
}

/** Filters turned by half a circle, with input and output channels exchanged: those of the adjoint. */
function reverseFilter(
  layout: BlockedLayout,
  name: string,
  [out, inner, height, width]: Shape,
  isWide: boolean,
): string {
  const b = layout.blockSize;
  const { writer } = layout;
  const turned =
    height * width === 1
      ? name
      : writer.node("Slice", [
          name,
          ...[
            [-1, -1],
            [-(2 ** 31), -(2 ** 31)],
            [2, 3],
            [-1, -1],
          ].map((v) => writer.int64s(v)),
        ]);
  if (isWide) return reorderDepthwise(layout, turned, [out, inner, height, width]);
  const parts = layout.reshape(turned, [out / b, b, inner / b, b, height, width]);
  return layout.reshape(layout.transpose(parts, [2, 0, 4, 5, 1, 3]), [inner, out, height, width]);
}

/** `stride − 1` zeros after every row and column: how a strided convolution's derivative lines up with its images. */
function spread(layout: BlockedLayout, name: string, shape: Shape, [sy, sx]: readonly [number, number]): string {
  if (sy === 1 && sx === 1) return name;
  const [batch, channels, height, width] = shape;
  const parts = layout.reshape(name, [(batch * channels * height) / layout.blockSize, 1, width, layout.blockSize]);
  const rows = [0, sy - 1, 0, (sx - 1) * layout.blockSize];
  const padded = layout.writer.node("Pad", [parts, layout.writer.int64s([0, 0, 0, 0, ...rows])]);
  return layout.reshape(padded, [batch, channels, height * sy, width * sx]);
}

/** The adjoint of a convolution in its images is a convolution with reversed filters. */
export function lowerInputAdjoint(node: Node<AdjointAttributes>, layout: BlockedLayout): boolean {
  const [g, w] = node.inputs;
  const [x] = node.outputs;
  const { stride, padding, dilation, groups, shape } = node.attributes;
  const isWide = isDepthwise(w.shape, groups);
  if (!layout.isBlockable(g) || !layout.isBlockable(x) || (groups > 1 && !isWide)) return false;
  const reach = [0, 1].map((i) => dilation[i] * (w.shape[2 + i] - 1));
  const before = [0, 1].map((i) => reach[i] - padding[i]);
  const after = [0, 1].map((i) => shape[2 + i] - g.shape[2 + i] * stride[i] - before[i] + reach[i]);
  if ([...before, ...after].some((n) => n < 0)) return false;
  layout.setPending(x, {
    x: spread(layout, layout.blockedName(g), g.shape, stride),
    filter: reverseFilter(layout, layout.plainName(w), w.shape, isWide),
    attributes: {
      pads: [...before, ...after],
      dilations: dilation,
      strides: [1, 1],
      group: isWide ? groups : 1,
      kernel_shape: w.shape.slice(2),
    },
  });
  return true;
}
