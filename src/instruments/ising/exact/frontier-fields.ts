import type { FrontierNeighbor } from "./frontier-plan.ts";

/** The fields that the open neighbours of a spin make on it, by the neighbours' bits: entry c is `h + Σ_k J_k s_k(c)`, `[2^d]`. */
export function neighborFields(h: number, neighbors: readonly FrontierNeighbor[]): Float64Array {
  const fields = new Float64Array(2 ** neighbors.length);
  fields[0] = neighbors.reduce((sum, { coupling }) => sum - coupling, h);
  neighbors.forEach(({ coupling }, k) => {
    for (let c = 0; c < 2 ** k; c++) fields[2 ** k + c] = fields[c] + 2 * coupling;
  });
  return fields;
}

/** The neighbours' bits gathered from a frontier state. */
export function gatherBits(state: number, bits: Int32Array): number {
  let code = 0;
  for (let k = 0; k < bits.length; k++) code |= ((state >>> bits[k]) & 1) << k;
  return code;
}
