import { add, clip, divide, minimum, multiply, square } from "../engine/ops/arithmetic.ts";
import { cast } from "../engine/ops/comparison.ts";
import { sum } from "../engine/ops/reduction.ts";
import { sqrt } from "../engine/ops/transcendental.ts";
import type { Tensor } from "../engine/tensor.ts";
import type { Tree } from "../engine/tree.ts";
import { OrreryError } from "../errors.ts";
import { treeOf, vectorsOf } from "./partition.ts";

function checkLimit(where: string, limit: number): void {
  if (limit > 0) return;
  throw new OrreryError("argument", `${where}: the limit must be above 0; got ${limit}`);
}

/** Every element of every gradient brought into `[−limit, limit]`. @throws OrreryError `argument` unless limit > 0. */
export function clipByValue<P extends Tree<Tensor>>(gradients: P, limit: number): P {
  checkLimit("clipByValue", limit);
  const vectors = vectorsOf(gradients).map((vector) => clip(vector, -limit, limit));
  return treeOf(vectors, gradients);
}

/** The Euclidean length of all gradients together, a float32 scalar: `√Σ g²`. */
export function globalNorm(gradients: Tree<Tensor>): Tensor {
  const squares = vectorsOf(gradients).map((vector) => cast(sum(square(vector)), "float32"));
  return sqrt(squares.reduce((a, b) => add(a, b)));
}

/** Gradients whose length together is limited, and the length they had before. */
export interface ClippedGradients<P> {
  readonly gradients: P;
  readonly norm: Tensor;
}

/**
 * Gradients shortened together so that their `globalNorm` is at most `limit`, and left alone where it is:
 * `g · min(1, limit / (norm + 1e-6))` (Pascanu et al. 2013; PyTorch's clip_grad_norm_).
 * @throws OrreryError `argument` unless limit > 0.
 */
export function clipByNorm<P extends Tree<Tensor>>(gradients: P, limit: number): ClippedGradients<P> {
  checkLimit("clipByNorm", limit);
  const norm = globalNorm(gradients);
  const factor = minimum(divide(limit, add(norm, 1e-6)), 1);
  const vectors = vectorsOf(gradients).map((vector) => multiply(vector, cast(factor, vector.dtype)));
  return { gradients: treeOf(vectors, gradients), norm };
}
