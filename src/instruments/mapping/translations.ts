import type { Nest } from "./nest.ts";

/**
 * Distinct translations of tensor `s` among the instances below level `l`, by listing them: the general case, for three
 * or more spatial dimensions on one rank or a dimension on several ranks.
 */
export function countDistinctTranslations(nest: Nest, s: number, l: number): number {
  const { D, displacement } = nest.layout;
  let values = new Set([0]);
  for (let d = 0; d < D; d++) {
    const i = l * D + d;
    const factor = nest.spatialX[i] * nest.spatialY[i];
    const step = (displacement[s * D + d] * nest.inner[i]) / factor;
    if (factor === 1 || step === 0) continue;
    const next = new Set<number>();
    for (const value of values) for (let k = 0; k < factor; k++) next.add(value + k * step);
    values = next;
  }
  return values.size;
}
