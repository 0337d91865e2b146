import {
  add,
  argMax,
  cast,
  equal,
  floor,
  less,
  logicalNot,
  maximum,
  multiply,
  sort,
  stopGradient,
  subtract,
  sum,
  type Tensor,
  where,
} from "../../../engine/index.ts";

/** 1 for the `⌊keep · b⌋` (at least one) smallest of losses `[b]` and 0 for the others; a constant for gradients. */
export function smallLossMask(losses: Tensor, keep: Tensor): Tensor {
  const count = maximum(floor(add(multiply(keep, losses.shape[0]), 1e-4)), 1);
  return smallest(losses, count);
}

/** 1 for the `count` smallest losses. */
function smallest(losses: Tensor, count: Tensor): Tensor {
  const order = sort(stopGradient(losses)).indices;
  const rank = cast(sort(order).indices, "float32");
  return stopGradient(cast(less(rank, count), "float32"));
}

/**
 * `smallLossMask` among the rows about which two networks disagree; where they agree on all rows, among all.
 * Losses `[b]`, logits `[b, k]`.
 */
export function disagreementMask(losses: Tensor, keep: Tensor, [first, second]: readonly [Tensor, Tensor]): Tensor {
  const disagree = cast(logicalNot(equal(argMax(first, -1), argMax(second, -1))), "float32");
  const isAny = cast(less(0, sum(disagree)), "float32");
  const eligible = stopGradient(maximum(disagree, subtract(1, isAny)));
  const count = maximum(floor(add(multiply(keep, sum(eligible)), 1e-4)), 1);
  return smallest(where(less(0.5, eligible), losses, 1e30), count);
}

/**
 * The part of a batch that is kept in an epoch: `1 − rate · min(t / gradual, 1)` with t from 0, the schedule of Han et al. 2018 with exponent 1.
 */
export function keptPart(epoch: number, options: { readonly rate: number; readonly gradual: number }): number {
  return 1 - options.rate * Math.min(epoch / options.gradual, 1);
}
