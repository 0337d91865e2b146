import type { Operation } from "../../operation.ts";
import { add, type ClipAttributes, multiply, subtract } from "../../ops/arithmetic.ts";
import { reshapeOperation } from "../../ops/reshape.ts";
import { sameShape, sizeOf } from "../../shape.ts";
import type { Node, Tensor } from "../../tensor.ts";
import type { BlockedLayout } from "./layout.ts";

const [addition, subtraction, multiplication] = [add(1, 1), subtract(1, 1), multiply(1, 1)].map(
  (x) => x.node.operation,
);

/** Elementwise operations do not mind the order of the elements, if all operands have the same. */
export function lowerElementwise(node: Node, layout: BlockedLayout): boolean {
  const [y] = node.outputs;
  const isImage = y.shape.length === 4 && y.shape[1] % layout.blockSize === 0;
  if (!node.operation.isElementwise || !isImage || !node.inputs.some((x) => layout.prefersBlocked(x))) return false;
  const canJoin = (x: Tensor) =>
    sizeOf(x.shape) === 1 || (sameShape(x.shape, y.shape) && (layout.isBlocked(x) || x.dtype === "float32"));
  if (!node.inputs.every(canJoin)) return false;
  if (lowerSum(node, layout)) return true;
  const inputs = node.inputs.map((x) => (sizeOf(x.shape) === 1 ? layout.plainName(x) : layout.blockedName(x)));
  const { attributes, outputTypes } = node;
  const inputTypes = node.inputs.map(({ shape, dtype }) => ({ shape, dtype }));
  const [name] = node.operation.lower({
    graph: layout.writer,
    inputs,
    inputTypes,
    outputTypes,
    attributes,
    isUsed: [true],
  });
  layout.setBlocked(y, name);
  return true;
}

/** A sum of images joins the convolution that makes one of them. */
function lowerSum(node: Node, layout: BlockedLayout): boolean {
  if (node.operation !== addition) return false;
  const [a, b] = node.inputs;
  if (!sameShape(a.shape, b.shape)) return false;
  for (const [x, other] of [
    [a, b],
    [b, a],
  ]) {
    const pending = layout.takePending(x);
    if (pending === undefined || pending.sum !== undefined) continue;
    layout.setPending(node.outputs[0], { ...pending, sum: layout.blockedName(other) });
    return true;
  }
  return false;
}

/** The rectifier joins the convolution before it. */
export function lowerRelu(node: Node, layout: BlockedLayout): boolean {
  const pending = layout.takePending(node.inputs[0]);
  if (pending === undefined) return false;
  layout.setBlocked(node.outputs[0], layout.convolve(pending, "Relu"));
  return true;
}

/** Limits join the convolution before them as its activation. */
export function lowerHardtanh(node: Node<ClipAttributes>, layout: BlockedLayout): boolean {
  const pending = layout.takePending(node.inputs[0]);
  if (pending === undefined) return false;
  const { low, high } = node.attributes;
  layout.setBlocked(node.outputs[0], layout.convolve(pending, "Clip", [low, high]));
  return true;
}

function isChannelVector({ shape }: Tensor, channels: number): boolean {
  return sizeOf(shape) === channels && (sameShape(shape, [1, channels, 1, 1]) || sameShape(shape, [channels, 1, 1]));
}

/** The channel values before they were lined up with the images. */
function unreshaped(x: Tensor): Tensor {
  return x.node.operation === (reshapeOperation as unknown as Operation) ? x.node.inputs[0] : x;
}

/** `x · v`, `x + v` and `x − v` with one number a channel are depthwise 1×1 convolutions, or part of the convolution before them. */
export function lowerChannelVector(node: Node, layout: BlockedLayout): boolean {
  const { operation } = node;
  if (![addition, subtraction, multiplication].includes(operation)) return false;
  const [y] = node.outputs;
  if (!layout.isBlockable(y)) return false;
  const channels = y.shape[1];
  const vector = node.inputs.findIndex((x) => isChannelVector(x, channels));
  if (vector === -1 || (operation === subtraction && vector === 0)) return false;
  const x = node.inputs[1 - vector];
  if (!sameShape(x.shape, y.shape) || !layout.isBlocked(x)) return false;
  const { writer } = layout;
  const source = node.inputs[vector];
  const centred = operation === subtraction ? layout.centredName(x, unreshaped(source)) : undefined;
  if (centred !== undefined) {
    layout.setBlocked(y, centred);
    return true;
  }
  const name = layout.plainName(source);
  const attributes = { group: channels, kernel_shape: [1, 1] };
  if (operation === multiplication) {
    layout.setPending(y, { x: layout.blockedName(x), filter: layout.reshape(name, [channels, 1, 1, 1]), attributes });
    return true;
  }
  const flat = layout.reshape(name, [channels]);
  const bias = operation === subtraction ? writer.node("Neg", [flat]) : flat;
  const pending = layout.takePending(x);
  if (pending !== undefined && pending.bias === undefined) layout.setPending(y, { ...pending, bias });
  else {
    const ones = writer.node("Expand", [writer.scalar(1, "float32"), writer.int64s([channels, 1, 1, 1])]);
    layout.setPending(y, { x: layout.blockedName(x), filter: ones, attributes, bias });
  }
  return true;
}
