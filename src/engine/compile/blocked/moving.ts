import type { PadAttributes, SliceAttributes } from "../../ops/slicing.ts";
import type { Shape } from "../../shape.ts";
import type { Node, Tensor } from "../../tensor.ts";
import type { BlockedLayout } from "./layout.ts";

/** The shape a blocked image really has: `[batch, channels / block, height, width, block]`. */
function blockedShape([batch, channels, height, width]: Shape, block: number): number[] {
  return [batch, channels / block, height, width, block];
}

/** Writes an operation of five axes on blocked images and gives the result its four-axis shape. */
function onBlocks(
  layout: BlockedLayout,
  y: Tensor,
  xs: readonly Tensor[],
  write: (names: readonly string[]) => string,
): void {
  const names = xs.map((x) => layout.reshape(layout.blockedName(x), blockedShape(x.shape, layout.blockSize)));
  layout.setBlocked(y, layout.reshape(write(names), y.shape));
}

/** True where all inputs and the output fill blocks and the data is in the blocked layout. */
function staysBlocked(node: Node, layout: BlockedLayout): boolean {
  const [y] = node.outputs;
  return (
    layout.isBlockable(y) &&
    node.inputs.every((x) => layout.isBlockable(x)) &&
    node.inputs.some((x) => layout.prefersBlocked(x))
  );
}

/** A value an image and channel, repeated over height and width: the derivative of a global pool. */
export function lowerBroadcast(node: Node, layout: BlockedLayout): boolean {
  const [x] = node.inputs;
  const [y] = node.outputs;
  const isSpread = x.shape.length === 4 && x.shape[2] * x.shape[3] === 1 && x.shape[1] === y.shape[1];
  if (!isSpread || !layout.isBlockable(y)) return false;
  const { writer, blockSize } = layout;
  // With one pixel the blocked order is the plain one.
  const parts = layout.reshape(layout.plainName(x), blockedShape(x.shape, blockSize));
  const wide = writer.node("Expand", [parts, writer.int64s(blockedShape(y.shape, blockSize))]);
  layout.setBlocked(y, layout.reshape(wide, y.shape));
  return true;
}

/** A part of the rows, columns or images; all channels, or whole blocks of them. */
export function lowerSlice(node: Node<SliceAttributes>, layout: BlockedLayout): boolean {
  const { starts, sizes, steps } = node.attributes;
  const b = layout.blockSize;
  if (
    !staysBlocked(node as unknown as Node, layout) ||
    starts[1] % b !== 0 ||
    steps.some((step) => step < 1) ||
    steps[1] !== 1
  )
    return false;
  const { writer } = layout;
  const first = [starts[0], starts[1] / b, starts[2], starts[3]];
  const counts = [sizes[0], sizes[1] / b, sizes[2], sizes[3]];
  const ends = first.map((start, i) => start + counts[i] * steps[i]);
  onBlocks(layout, node.outputs[0], node.inputs, ([name]) =>
    writer.node("Slice", [name, ...[first, ends, [0, 1, 2, 3], steps].map((v) => writer.int64s(v))]),
  );
  return true;
}

/** Zeros around rows, columns and images, and whole blocks of zero channels. */
export function lowerPad(node: Node<PadAttributes>, layout: BlockedLayout): boolean {
  const { before, after, value } = node.attributes;
  const b = layout.blockSize;
  if (!staysBlocked(node as unknown as Node, layout) || before[1] % b !== 0 || after[1] % b !== 0 || value !== 0)
    return false;
  const { writer } = layout;
  const inBlocks = ([batch, channels, height, width]: readonly number[]) => [batch, channels / b, height, width, 0];
  onBlocks(layout, node.outputs[0], node.inputs, ([name]) =>
    writer.node("Pad", [name, writer.int64s([...inBlocks(before), ...inBlocks(after)])]),
  );
  return true;
}

/** Images side by side along any axis, if all fill blocks. */
export function lowerConcat(node: Node<{ readonly axis: number }>, layout: BlockedLayout): boolean {
  if (!staysBlocked(node as unknown as Node, layout)) return false;
  const { axis } = node.attributes;
  onBlocks(layout, node.outputs[0], node.inputs, (names) =>
    layout.writer.node("Concat", names, { attributes: { axis } }),
  );
  return true;
}
