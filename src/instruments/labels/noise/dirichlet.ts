import { type Key, sampleNormal, sampleUniform } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";

/**
 * One draw from the Gamma distribution of this shape and scale 1. Source: Marsaglia & Tsang, "A simple method for
 * generating gamma variables", ACM TOMS 26 (2000); a shape below 1 is raised by one and corrected by a power of a uniform.
 */
function sampleGamma(key: Key, shape: number): number {
  if (shape < 1) {
    const [gammaKey, uniformKey] = key.split(2);
    const u = 1 - sampleUniform(uniformKey, 1, "float64")[0];
    return sampleGamma(gammaKey, shape + 1) * u ** (1 / shape);
  }
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (let attempt = 0; ; attempt++) {
    const [normalKey, uniformKey] = key.fold(attempt).split(2);
    const x = sampleNormal(normalKey, 1, "float64")[0];
    const v = (1 + c * x) ** 3;
    const u = 1 - sampleUniform(uniformKey, 1, "float64")[0];
    if (v > 0 && Math.log(u) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/**
 * `size` non-negative shares that sum to 1, from the symmetric Dirichlet distribution.
 * @throws OrreryError `argument` unless the concentration is positive.
 */
export function sampleDirichlet(key: Key, size: number, concentration: number): Float64Array {
  if (!(concentration > 0 && concentration < Number.POSITIVE_INFINITY)) {
    throw new OrreryError("argument", `dirichlet: the concentration must be positive; got ${concentration}`);
  }
  const gammas = Float64Array.from({ length: size }, (_, i) => sampleGamma(key.fold(i), concentration));
  const total = gammas.reduce((sum, value) => sum + value, 0);
  return total > 0 ? gammas.map((value) => value / total) : gammas.map((_, i) => (i === 0 ? 1 : 0));
}
