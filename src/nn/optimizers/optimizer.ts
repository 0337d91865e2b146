import type { Computed } from "../../engine/compile/compile.ts";
import type { NdArray } from "../../engine/ndarray.ts";
import { cast } from "../../engine/ops/comparison.ts";
import { Tensor, tensor } from "../../engine/tensor.ts";
import type { Tree } from "../../engine/tree.ts";
import { OrreryError } from "../../errors.ts";
import { treeOf, vectorsOf } from "../partition.ts";

/** What changes from step to step beside the gradients. */
export interface UpdateOptions {
  /** The step size η ≥ 0: a number, or a scalar expression so that a schedule needs no new graph. */
  readonly learningRate: Tensor | number;
}

/** The parameters and the optimiser's state after a step. */
export interface Updated<P, S> {
  readonly params: P;
  readonly state: S;
}

/**
 * A rule that moves parameters against their gradients, as expressions. `S` is its state as `update` sees it;
 * between steps it is a tree of arrays, in the partition of `vectorsOf`. A rule keeps nothing itself.
 */
export interface Optimizer<S> {
  /** The state before the first step. */
  initialize(params: Tree<NdArray>): Computed<S>;
  /** One step: `gradients` has the structure of `parameters`. */
  update<P extends Tree<Tensor>>(gradients: P, state: S, params: P, options: UpdateOptions): Updated<P, S>;
}

/** A scalar in the dtype of `like`. */
export function scalarLike(value: Tensor | number, like: Tensor): Tensor {
  return value instanceof Tensor ? cast(value, like.dtype) : tensor(value, like.dtype);
}

/** A vector of parameters with its gradient, and the place of its moments. */
export interface UpdatePart {
  readonly parameter: Tensor;
  readonly gradient: Tensor;
  readonly index: number;
}

/** A vector's new values, and its new moments by name. */
export interface UpdatedPart<M extends string> {
  readonly parameter: Tensor;
  readonly moments: Readonly<Record<M, Tensor>>;
}

/** Applies a rule to every vector of the partition and puts the results together. */
export function updateParts<P extends Tree<Tensor>, M extends string>(
  gradients: P,
  params: P,
  rule: (part: UpdatePart) => UpdatedPart<M>,
): { readonly params: P; moments(name: M): readonly Tensor[] } {
  const slopes = vectorsOf(gradients);
  const parts = vectorsOf(params).map((parameter, index) => rule({ parameter, gradient: slopes[index], index }));
  return {
    params: treeOf(
      parts.map(({ parameter }) => parameter),
      params,
    ),
    moments: (name) => parts.map(({ moments }) => moments[name]),
  };
}

/** What a setting may be: in [0, 1), or at least 0 and finite. */
type Range = "below one" | "not negative";

/** Checks an optimiser's settings. @throws OrreryError `argument` naming the first that is outside its range. */
export function checkSettings(where: string, settings: Readonly<Record<string, readonly [number, Range]>>): void {
  for (const [name, [value, range]] of Object.entries(settings)) {
    const isInside = range === "below one" ? value >= 0 && value < 1 : value >= 0 && value < Number.POSITIVE_INFINITY;
    if (isInside) continue;
    const expected = range === "below one" ? "in [0, 1)" : "at least 0";
    throw new OrreryError("argument", `${where}: ${name} must be ${expected}; got ${value}`);
  }
}
