/** The equation's left side less its right side at D, and its derivative. */
function imbalance(here: Float64Array, there: Float64Array, D: number): { value: number; slope: number } {
  let [value, slope] = [0, 0];
  for (const x of here) {
    const p = 1 / (1 + Math.exp(x + D));
    value += p;
    slope -= p * (1 - p);
  }
  for (const x of there) {
    const p = 1 / (1 + Math.exp(-x - D));
    value -= p;
    slope -= p * (1 - p);
  }
  return { value, slope };
}

/**
 * `ln Z(β') − ln Z(β)` from energies sampled at both temperatures, by Bennett's acceptance ratio (J. Comput. Phys. 22, 245, 1976):
 * the D with `Σ_β 1/(1 + exp(x + D)) = Σ_β' 1/(1 + exp(−x − D))`, `x = (β' − β) E`, for series of the same length.
 */
export function lnZDifference(
  { beta, energies }: { beta: number; energies: ArrayLike<number> },
  other: { beta: number; energies: ArrayLike<number> },
): number {
  const step = other.beta - beta;
  const here = Float64Array.from(energies, (energy) => step * energy);
  const there = Float64Array.from(other.energies, (energy) => step * energy);
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const x of [here, there]) {
    for (const value of x) {
      low = Math.min(low, -value);
      high = Math.max(high, -value);
    }
  }
  // The difference is a mean of exp(−x) of either kind, so it lies between its extremes: Newton's steps, or halving beside them.
  let D = (low + high) / 2;
  for (let k = 0; k < 100 && high - low > 1e-12 * (1 + Math.abs(D)); k++) {
    const { value, slope } = imbalance(here, there, D);
    if (value > 0) low = D;
    else high = D;
    const next = D - value / slope;
    const isInside = next > low && next < high;
    if (isInside && Math.abs(next - D) < 1e-12 * (1 + Math.abs(D))) return next;
    D = isInside ? next : (low + high) / 2;
  }
  return D;
}
