/** `ln cosh x`, for any x. */
export function lnCosh(x: number): number {
  const a = Math.abs(x);
  return a + Math.log1p(Math.exp(-2 * a)) - Math.LN2;
}

/** `−Σ_s (1 + s m)/2 · ln((1 + s m)/2)`, m in [−1, 1]. */
export function binaryEntropy(m: number): number {
  const term = (p: number) => (p > 0 ? -p * Math.log(p) : 0);
  return term((1 + m) / 2) + term((1 - m) / 2);
}
