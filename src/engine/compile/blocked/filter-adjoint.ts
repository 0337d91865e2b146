import type { AdjointAttributes } from "../../ops/convolution.ts";
import { windowedSize } from "../../ops/convolution.ts";
import type { Shape } from "../../shape.ts";
import type { Node } from "../../tensor.ts";
import { isDepthwise } from "./convolution.ts";
import type { BlockedLayout } from "./layout.ts";

/** The adjoint of a convolution in its filters: by one product for 1×1 filters, else by a convolution over the batch. */
export function lowerFilterAdjoint(node: Node<AdjointAttributes>, layout: BlockedLayout): boolean {
  const [x, g] = node.inputs;
  const { groups, shape, stride, padding } = node.attributes;
  const areImages = layout.isBlockable(x) && layout.isBlockable(g);
  if (areImages && isDepthwise(shape, groups)) return lowerDepthwise(node, layout);
  if (groups !== 1 || !layout.isBlockable(g) || x.dtype !== "float32") return false;
  const isPointwise = shape[2] * shape[3] * stride[0] * stride[1] === 1 && padding.every((n) => n === 0);
  if (isPointwise && layout.isBlockable(x)) return lowerPointwise(node, layout);
  return g.shape[0] % layout.blockSize === 0 && lowerOverBatch(node, layout);
}

/** `Σ gᵦ xᵦᵀ` over the images b: a product for each, which is several times faster than one tall product of all pixels. */
function lowerPointwise(node: Node<AdjointAttributes>, layout: BlockedLayout): boolean {
  const { writer } = layout;
  const [x, g] = node.inputs.map((images) => {
    const [batch, channels, height, width] = images.shape;
    return layout.reshape(layout.plainName(images), [batch, channels, height * width]);
  });
  const products = writer.node("FusedMatMul", [g, x], { domain: "com.microsoft", attributes: { transB: 1 } });
  const total = writer.node("ReduceSum", [products, writer.int64s([0])], { attributes: { keepdims: 0 } });
  layout.setPlain(node.outputs[0], layout.reshape(total, node.attributes.shape));
  return true;
}

/**
 * Every image and channel is a channel of one large depthwise convolution with its own derivatives as the filter;
 * both lie in memory as they are needed. The sum over the batch follows.
 */
function lowerDepthwise(node: Node<AdjointAttributes>, layout: BlockedLayout): boolean {
  const [x, g] = node.inputs;
  const { stride, dilation, padding, shape } = node.attributes;
  const [batch, channels, height, width] = x.shape;
  const [outHeight, outWidth] = g.shape.slice(2);
  const { writer, blockSize: b } = layout;
  const parts = layout.reshape(layout.blockedName(x), [(batch * channels) / b, height, width, b]);
  const [top, left, bottom, right] = padding;
  const padded = writer.node("Pad", [parts, writer.int64s([0, top, left, 0, 0, bottom, right, 0])]);
  const paddedSize = [height + top + bottom, width + left + right];
  const product = layout.node(
    "Conv",
    [
      layout.reshape(padded, [1, batch * channels, ...paddedSize]),
      layout.reshape(layout.blockedName(g), [batch * channels, 1, outHeight, outWidth]),
    ],
    { strides: dilation, dilations: stride, group: batch * channels, kernel_shape: [outHeight, outWidth] },
  );
  const size = [0, 1].map((i) => windowedSize(paddedSize[i], g.shape[2 + i], dilation[i], 0, stride[i]));
  const perImage = layout.reshape(product, [batch, channels, ...size]);
  const total = writer.node("ReduceSum", [perImage, writer.int64s([0])], { attributes: { keepdims: 1 } });
  const plain = layout.reshape(layout.node("ReorderOutput", [total], { channels }), [channels, 1, ...size]);
  layout.setPlain(node.outputs[0], cutToFilter(layout, plain, stride, shape));
  return true;
}

/** A stride can leave rows that no window reached; they make the result larger than the filter. */
function cutToFilter(layout: BlockedLayout, name: string, [sy, sx]: readonly [number, number], shape: Shape): string {
  if (sy === 1 && sx === 1) return name;
  const { writer } = layout;
  return writer.node("Slice", [name, ...[[0, 0], shape.slice(2), [2, 3]].map((v) => writer.int64s(v))]);
}

/**
 * A convolution that sums over the batch: the images' channels are its batch, the images' batch its channels, and the derivatives its filters.
 * The images are padded beforehand, because the kernels compute padded border columns one at a time and here there is little else.
 */
function lowerOverBatch(node: Node<AdjointAttributes>, layout: BlockedLayout): boolean {
  const [x, g] = node.inputs;
  const { stride, dilation, padding, shape } = node.attributes;
  const [batch, filters, outHeight, outWidth] = g.shape;
  const { writer, blockSize: b } = layout;
  const exchanged = layout.transpose(layout.plainName(x), [1, 0, 2, 3]);
  const padded = padding.every((n) => n === 0)
    ? exchanged
    : writer.node("Pad", [exchanged, writer.int64s([0, 0, padding[0], padding[1], 0, 0, padding[2], padding[3]])]);
  const parts = layout.reshape(layout.blockedName(g), [batch / b, b, filters / b, outHeight * outWidth, b]);
  const kernels = layout.reshape(layout.transpose(parts, [2, 0, 3, 1, 4]), [filters, batch, outHeight, outWidth]);
  const product = layout.node("Conv", [layout.node("ReorderInput", [padded]), kernels], {
    strides: dilation,
    dilations: stride,
    kernel_shape: [outHeight, outWidth],
  });
  const plain = layout.transpose(layout.node("ReorderOutput", [product], { channels: filters }), [1, 0, 2, 3]);
  layout.setPlain(node.outputs[0], cutToFilter(layout, plain, stride, shape));
  return true;
}
