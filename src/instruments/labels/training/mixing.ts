import { add, gather, type Key, multiply, permutation, subtract, type Tensor } from "../../../engine/index.ts";

/** Mixes the rows of tensors with partners of the same batch. */
export type Mix = (x: Tensor) => Tensor;

/** `λ x + (1 − λ) x[partners]`, with one random order of partners for everything that it is applied to (Zhang et al. 2018). */
export function mixWithPartners(count: number, share: Tensor, key: Key): Mix {
  const partners = permutation(key, count);
  return (x) => add(multiply(x, share), multiply(gather(x, partners), subtract(1, share)));
}
