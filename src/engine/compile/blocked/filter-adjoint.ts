import type { AdjointAttributes } from "../../ops/convolution.ts";
import type { Node, Tensor } from "../../tensor.ts";
import type { BlockedLayout } from "./layout.ts";

/** The adjoint of a convolution in its filters: by one product for 1×1 filters, else by a convolution over the batch. */
export function lowerFilterAdjoint(node: Node<AdjointAttributes>, layout: BlockedLayout): boolean {
  const [x, g] = node.inputs;
  const { groups, shape, stride, padding } = node.attributes;
  if (groups !== 1 || !layout.isBlockable(g) || x.dtype !== "float32") return false;
  const isPointwise = shape[2] * shape[3] * stride[0] * stride[1] === 1 && padding.every((n) => n === 0);
  if (isPointwise && layout.isBlockable(x)) return lowerPointwise(node, layout);
  return g.shape[0] % layout.blockSize === 0 && lowerOverBatch(node, layout);
}

/** `[batch · height · width, channels]`, which the blocked layout gives in one pass. */
function asRows(layout: BlockedLayout, x: Tensor): string {
  const [batch, channels, height, width] = x.shape;
  const last = layout.node("ReorderOutput", [layout.blockedName(x)], { channels, channels_last: 1 });
  return layout.reshape(last, [batch * height * width, channels]);
}

function lowerPointwise(node: Node<AdjointAttributes>, layout: BlockedLayout): boolean {
  const [x, g] = node.inputs;
  const product = layout.writer.node("Gemm", [asRows(layout, g), asRows(layout, x)], { attributes: { transA: 1 } });
  layout.setPlain(node.outputs[0], layout.reshape(product, node.attributes.shape));
  return true;
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
  // A stride can leave rows that no window reached; they make the result larger than the filter.
  const isLarger = stride[0] > 1 || stride[1] > 1;
  const cut = isLarger
    ? writer.node("Slice", [plain, ...[[0, 0], shape.slice(2), [2, 3]].map((v) => writer.int64s(v))])
    : plain;
  layout.setPlain(node.outputs[0], cut);
  return true;
}
