import { sameShape } from "../../shape.ts";
import type { Node } from "../../tensor.ts";
import type { BlockedLayout } from "./layout.ts";

/** The mean over batch, height and width of a blocked image: `[channels]`. With one pixel the blocked order is the plain one. */
function channelMean(layout: BlockedLayout, name: string): string {
  const { writer } = layout;
  const pooled = layout.node("GlobalAveragePool", [name]);
  return writer.node("ReduceMean", [pooled, writer.int64s([0, 2, 3])], { attributes: { keepdims: 0 } });
}

/** Batch normalisation as depthwise 1×1 convolutions: centred, then scaled; the centred images serve the derivative too. */
export function lowerBatchNorm(node: Node<{ readonly epsilon: number }>, layout: BlockedLayout): boolean {
  const [x, scale, bias] = node.inputs;
  const [y, center, spread] = node.outputs;
  if (!layout.isBlockable(x) || !layout.isBlocked(x)) return false;
  const { writer } = layout;
  const channels = x.shape[1];
  const attributes = { group: channels, kernel_shape: [1, 1] };
  const ones = writer.node("Expand", [writer.scalar(1, "float32"), writer.int64s([channels, 1, 1, 1])]);
  const mean = channelMean(layout, layout.blockedName(x));
  const centred = layout.convolve({
    x: layout.blockedName(x),
    filter: ones,
    bias: writer.node("Neg", [mean]),
    attributes,
  });
  const variance = channelMean(layout, writer.node("Mul", [centred, centred]));
  const deviation = writer.node("Sqrt", [
    writer.node("Add", [variance, writer.scalar(node.attributes.epsilon, "float32")]),
  ]);
  const factor = writer.node("Div", [layout.plainName(scale), deviation]);
  layout.setPlain(center, mean);
  layout.setPlain(spread, variance);
  layout.setPending(y, {
    x: centred,
    filter: layout.reshape(factor, [channels, 1, 1, 1]),
    bias: layout.plainName(bias),
    attributes,
  });
  layout.rememberCentred(x, center, centred);
  return true;
}

/** Sums over height and width, and over the batch too, by the blocked average pool. */
export function lowerChannelSum(
  node: Node<{ readonly axes: readonly number[]; readonly keepDims: boolean }>,
  layout: BlockedLayout,
): boolean {
  const [x] = node.inputs;
  const [y] = node.outputs;
  const { axes, keepDims } = node.attributes;
  const isOverBatch = sameShape(axes, [0, 2, 3]);
  if (!layout.isBlockable(x) || !layout.prefersBlocked(x) || !(isOverBatch || sameShape(axes, [2, 3]))) return false;
  const { writer } = layout;
  const pooled = layout.node("GlobalAveragePool", [layout.blockedName(x)]);
  const keepdims = { attributes: { keepdims: 1 } };
  const summed = isOverBatch ? writer.node("ReduceSum", [pooled, writer.int64s([0])], keepdims) : pooled;
  const total = writer.node("Mul", [summed, writer.scalar(x.shape[2] * x.shape[3], "float32")]);
  layout.setPlain(y, keepDims ? total : layout.reshape(total, y.shape));
  return true;
}
