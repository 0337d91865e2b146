import {
  divide,
  maximum,
  minimum,
  multiply,
  negate,
  round,
  straightThrough,
  type Tensor,
} from "../../src/engine/index.ts";

/** Steps between zero and the end of a range: `2^q − 1` for activations, which are ≥ 0, and `2^(q−1) − 1` for signed weights. */
export const activationSteps = (bits: number): number => 2 ** bits - 1;
export const weightSteps = (bits: number): number => 2 ** (bits - 1) - 1;

/**
 * Activations ≥ 0 cut off at `range` and rounded to a multiple of `range / steps`, one range for the whole tensor; rounding has the derivative
 * of the identity, and the range that of the cut. Choi et al., PACT, arXiv 1805.06085.
 */
export function quantizeActivations(x: Tensor, range: Tensor, steps: Tensor): Tensor {
  return onGrid(minimum(x, range), range, steps);
}

/** `quantizeActivations` for weights of both signs. */
export function quantizeWeights(w: Tensor, range: Tensor, steps: Tensor): Tensor {
  return onGrid(maximum(minimum(w, range), negate(range)), range, steps);
}

function onGrid(x: Tensor, range: Tensor, steps: Tensor): Tensor {
  const step = divide(range, steps);
  return straightThrough(multiply(round(divide(x, step)), step), x);
}

/** The range that keeps the squared error of rounding least, among a hundred parts of the largest value. */
export function leastSquaresRange(values: ArrayLike<number>, steps: number): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]));
  let [best, least] = [largest, Number.POSITIVE_INFINITY];
  for (let part = 100; part >= 5; part--) {
    const range = (largest * part) / 100;
    const step = range / steps;
    let error = 0;
    for (let i = 0; i < values.length; i++) {
      const size = Math.abs(values[i]);
      error += (Math.round(Math.min(size, range) / step) * step - size) ** 2;
    }
    if (error < least) [best, least] = [range, error];
  }
  return best;
}
