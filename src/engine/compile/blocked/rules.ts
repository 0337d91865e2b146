import type { Attributes, Operation } from "../../operation.ts";
import { hardtanhOperation, relu } from "../../ops/arithmetic.ts";
import { convolutionOperation, filterAdjointOperation, inputAdjointOperation } from "../../ops/convolution.ts";
import { concatOperation } from "../../ops/joining.ts";
import { batchNormOperation } from "../../ops/normalization.ts";
import { averagePoolOperation, maxPoolOperation } from "../../ops/pooling.ts";
import { sum } from "../../ops/reduction.ts";
import { broadcastOperation } from "../../ops/reshape.ts";
import { padOperation, sliceOperation } from "../../ops/slicing.ts";
import type { Node } from "../../tensor.ts";
import { lowerConvolution, lowerInputAdjoint } from "./convolution.ts";
import { lowerChannelVector, lowerElementwise, lowerHardtanh, lowerRelu } from "./elementwise.ts";
import { lowerFilterAdjoint } from "./filter-adjoint.ts";
import type { BlockedLayout } from "./layout.ts";
import { lowerBroadcast, lowerConcat, lowerPad, lowerSlice } from "./moving.ts";
import { lowerBatchNorm, lowerChannelSum } from "./normalization.ts";
import { lowerAveragePool, lowerMaxPool } from "./pooling.ts";

/** Lowers a node in the blocked layout and returns true, or leaves it to its own lowering. */
export type BlockedRule = (node: Node, layout: BlockedLayout, isUsed: readonly boolean[]) => boolean;

function ruleFor<A extends Attributes>(
  operation: Operation<A>,
  rule: (node: Node<A>, layout: BlockedLayout, isUsed: readonly boolean[]) => boolean,
): [Operation, BlockedRule] {
  return [operation as unknown as Operation, rule as unknown as BlockedRule];
}

const rules = new Map<Operation, BlockedRule>([
  ruleFor(convolutionOperation, lowerConvolution),
  ruleFor(inputAdjointOperation, lowerInputAdjoint),
  ruleFor(filterAdjointOperation, lowerFilterAdjoint),
  ruleFor(batchNormOperation, lowerBatchNorm),
  ruleFor(maxPoolOperation, lowerMaxPool),
  ruleFor(averagePoolOperation, lowerAveragePool),
  ruleFor(sum([1]).node.operation, lowerChannelSum as BlockedRule),
  ruleFor(relu([1]).node.operation, lowerRelu),
  ruleFor(hardtanhOperation, lowerHardtanh),
  ruleFor(broadcastOperation, lowerBroadcast),
  ruleFor(sliceOperation, lowerSlice),
  ruleFor(padOperation, lowerPad),
  ruleFor(concatOperation, lowerConcat),
]);

/** Tries the rule of the node's operation, then those of elementwise operations. */
export const blockedRules: BlockedRule = (node, layout, isUsed) => {
  const rule = rules.get(node.operation);
  if (rule?.(node, layout, isUsed)) return true;
  return lowerChannelVector(node, layout) || lowerElementwise(node, layout);
};
