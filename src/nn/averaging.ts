import { NdArray } from "../engine/ndarray.ts";
import { add, multiply, subtract } from "../engine/ops/arithmetic.ts";
import type { Tensor } from "../engine/tensor.ts";
import { leavesOfClass, rebuildTree, type Tree } from "../engine/tree.ts";
import { OrreryError } from "../errors.ts";
import { scalarLike } from "./optimizers/optimizer.ts";
import { treeOf, vectorsOf } from "./partition.ts";

/** How far the average moves towards the parameters after step `step` (0 is the first): a weight in [0, 1]. */
export type AverageWeight = (step: number) => number;

/**
 * The exponential moving average `a ← decay · a + (1 − decay) θ`.
 * @throws OrreryError `argument` unless decay is in [0, 1).
 */
export function exponentialAverage(decay: number): AverageWeight {
  if (!(decay >= 0 && decay < 1)) {
    throw new OrreryError("argument", `exponentialAverage: decay must be in [0, 1); got ${decay}`);
  }
  return () => 1 - decay;
}

/**
 * Stochastic weight averaging (Izmailov et al. 2018): the plain mean of the parameters after steps `from`, `from + every`, …
 * Before `from` the average is the parameters themselves.
 * @throws OrreryError `argument` unless from ≥ 0 and every ≥ 1 are whole numbers.
 */
export function stochasticAverage(options: { readonly from: number; readonly every?: number }): AverageWeight {
  const { from, every = 1 } = options;
  if (!Number.isInteger(from) || from < 0 || !Number.isInteger(every) || every < 1) {
    throw new OrreryError(
      "argument",
      `stochasticAverage: from and every must be whole numbers of at least 0 and 1; got ${from} and ${every}`,
    );
  }
  return (step) => {
    if (step < from) return 1;
    return (step - from) % every === 0 ? 1 / ((step - from) / every + 1) : 0;
  };
}

/** `average + weight · (parameters − average)`: three passes over the parameters. */
export function moveAverage<P extends Tree<Tensor>>(average: P, parameters: P, weight: Tensor | number): P {
  const targets = vectorsOf(parameters);
  const vectors = vectorsOf(average).map((vector, i) =>
    add(vector, multiply(subtract(targets[i], vector), scalarLike(weight, vector))),
  );
  return treeOf(vectors, average);
}

/** A copy of a tree of arrays that shares no storage with it. */
export function copyArrays<T>(tree: T): T {
  const leaves: readonly NdArray[] = leavesOfClass("copyArrays", tree, NdArray);
  const copies = leaves.map(({ data, shape, dtype }) => new NdArray(data.slice(), shape, dtype));
  return rebuildTree<T>(tree, copies);
}
