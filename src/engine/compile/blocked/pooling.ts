import { onnxWindow, type PoolAttributes } from "../../ops/pooling.ts";
import type { Node } from "../../tensor.ts";
import type { BlockedLayout } from "./layout.ts";

/** Largest values of windows; where their positions are asked for, only the plain layout has them. */
export function lowerMaxPool(node: Node<PoolAttributes>, layout: BlockedLayout, isUsed: readonly boolean[]): boolean {
  const [x] = node.inputs;
  if (isUsed[1] || !layout.isBlockable(x) || !layout.prefersBlocked(x)) return false;
  layout.setBlocked(node.outputs[0], layout.node("MaxPool", [layout.blockedName(x)], onnxWindow(node.attributes)));
  return true;
}

/** Means of windows, zeros of the padding included. */
export function lowerAveragePool(node: Node<PoolAttributes>, layout: BlockedLayout): boolean {
  const [x] = node.inputs;
  if (!layout.isBlockable(x) || !layout.prefersBlocked(x)) return false;
  const attributes = { ...onnxWindow(node.attributes), count_include_pad: 1 };
  layout.setBlocked(node.outputs[0], layout.node("AveragePool", [layout.blockedName(x)], attributes));
  return true;
}
