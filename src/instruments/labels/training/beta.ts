import { type Key, sampleNormal, sampleUniform } from "../../../engine/index.ts";

/** A draw of Γ(shape, 1), shape ≥ 1, by the rejection of Marsaglia and Tsang 2000, https://doi.org/10.1145/358407.358414. */
function gammaFrom(shape: number, key: Key): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (let attempt = 0; ; attempt++) {
    const [forNormal, forUniform] = key.fold(attempt).split(2);
    const [x] = sampleNormal(forNormal, 1, "float64");
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    const [u] = sampleUniform(forUniform, 1, "float64");
    if (Math.log(u) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** A draw of Beta(α, α), α > 0: what mixup mixes with. */
export function symmetricBeta(alpha: number, key: Key): number {
  const [forFirst, forSecond, forPowers] = key.split(3);
  if (alpha === 1) return sampleUniform(forFirst, 1, "float64")[0];
  // For a shape below 1: Γ(α) = Γ(α + 1) U^(1/α), in logarithms because the power underflows.
  const isBoosted = alpha < 1;
  const powers = sampleUniform(forPowers, 2, "float64");
  const [first, second] = [forFirst, forSecond].map((own, i) => {
    const whole = Math.log(gammaFrom(isBoosted ? alpha + 1 : alpha, own));
    return isBoosted ? whole + Math.log(powers[i]) / alpha : whole;
  });
  return 1 / (1 + Math.exp(second - first));
}
