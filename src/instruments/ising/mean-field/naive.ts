import type { IsingModel } from "../model.ts";
import { binaryEntropy } from "./entropy.ts";
import type { MeanFieldEquations } from "./mean-field.ts";

/**
 * Naive mean field: `m_i = tanh β(h_i + Σ_j J_ij m_j)`, `F = E(m) − S(m)/β` of independent spins, an upper bound of the free
 * energy whatever m is. Spin by spin, each update is the best for its spin, so the bound never rises.
 */
export function naiveEquations(model: IsingModel, beta: number): MeanFieldEquations {
  const { spins: n, rowStart, neighbors, couplings, fields } = model;
  const fieldAt = (m: Float64Array, i: number) => {
    let field = fields[i];
    for (let k = rowStart[i]; k < rowStart[i + 1]; k++) field += couplings[k] * m[neighbors[k]];
    return field;
  };
  return {
    isBound: true,
    begin: (m) => m.slice(),
    sweep(m, damping) {
      let change = 0;
      for (let i = 0; i < n; i++) {
        const wanted = Math.tanh(beta * fieldAt(m, i));
        change = Math.max(change, Math.abs(wanted - m[i]));
        m[i] += (1 - damping) * (wanted - m[i]);
      }
      return change;
    },
    magnetizations: (m) => m.slice(),
    freeEnergy(m) {
      let [energy, entropy] = [model.offset, 0];
      for (let i = 0; i < n; i++) {
        energy -= 0.5 * m[i] * (fieldAt(m, i) + fields[i]);
        entropy += binaryEntropy(m[i]);
      }
      return energy - entropy / beta;
    },
    isPhysical: () => true,
  };
}
