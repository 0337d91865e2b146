import {
  absolute,
  broadcastTo,
  cast,
  equal,
  greater,
  greaterEqual,
  isNotANumber,
  less,
  lessEqual,
  logicalAnd,
  logicalNot,
  logicalOr,
  where,
} from "../../ops/index.ts";
import { type Tensor, tensor } from "../../tensor.ts";
import type { ImportedNode, OperatorTable } from "./operator.ts";

const binary = (f: (a: Tensor, b: Tensor) => Tensor) => (node: ImportedNode) => f(node.input(0), node.input(1));

/** The infinite values, of either sign unless an attribute leaves one out. */
function isInfinite(node: ImportedNode): Tensor {
  const x = node.input(0);
  const [negative, positive] = [node.int("detect_negative", 1), node.int("detect_positive", 1)];
  const infinity = Number.POSITIVE_INFINITY;
  if (negative === 1 && positive === 1) return equal(absolute(x), infinity);
  if (negative === 0 && positive === 0) return logicalAnd(equal(x, infinity), equal(x, -infinity));
  return equal(x, negative === 1 ? -infinity : infinity);
}

/** Comparisons, logic and choice. */
export const comparison: OperatorTable = {
  Equal: binary(equal),
  Less: binary(less),
  LessOrEqual: binary(lessEqual),
  Greater: binary(greater),
  GreaterOrEqual: binary(greaterEqual),
  And: binary(logicalAnd),
  Or: binary(logicalOr),
  Xor: binary((a, b) => logicalNot(equal(a, b))),
  Not: (node) => logicalNot(node.input(0)),
  IsNaN: (node) => isNotANumber(node.input(0)),
  IsInf: isInfinite,
  Where: (node) => where(node.input(0), node.input(1), node.input(2)),
  Cast: (node) => cast(node.input(0), node.dtype("to", node.input(0).dtype)),
  CastLike: (node) => cast(node.input(0), node.input(1).dtype),
  Identity: (node) => node.input(0),
  // In inference nothing is dropped; the mask, where it is read, is all true.
  Dropout: (node) => [node.input(0), broadcastTo(tensor(true), node.input(0).shape)],
};
