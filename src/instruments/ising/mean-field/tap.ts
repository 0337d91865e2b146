import type { IsingModel } from "../model.ts";
import type { MeanFieldEquations } from "./mean-field.ts";
import { naiveEquations } from "./naive.ts";

/**
 * Thouless, Anderson and Palmer's equations (Phil. Mag. 35, 593, 1977): naive mean field with the reaction of every spin on itself,
 * `m_i = tanh β(h_i + Σ_j J_ij m_j − β m_i Σ_j J_ij² (1 − m_j²))`, `F = F_naive − (β/2) Σ_{i<j} J_ij² (1 − m_i²)(1 − m_j²)`.
 * Exact for the Sherrington–Kirkpatrick model as N grows; never a bound. A solution is physical where Plefka's criterion
 * `(β²/N) Σ_{i≠j} J_ij² (1 − m_i²)(1 − m_j²) ≤ 1` (J. Phys. A 15, 1971, 1982) holds.
 */
export function tapEquations(model: IsingModel, beta: number): MeanFieldEquations {
  const { spins: n, rowStart, neighbors, couplings, fields } = model;
  const naive = naiveEquations(model, beta);
  /** `Σ_{i≠j} J_ij² (1 − m_i²)(1 − m_j²)`. */
  const spread = (m: Float64Array) => {
    let sum = 0;
    for (let i = 0; i < n; i++) {
      for (let k = rowStart[i]; k < rowStart[i + 1]; k++) {
        sum += couplings[k] ** 2 * (1 - m[i] ** 2) * (1 - m[neighbors[k]] ** 2);
      }
    }
    return sum;
  };
  return {
    ...naive,
    isBound: false,
    sweep(m, damping) {
      let change = 0;
      for (let i = 0; i < n; i++) {
        let [field, reaction] = [fields[i], 0];
        for (let k = rowStart[i]; k < rowStart[i + 1]; k++) {
          const [J, other] = [couplings[k], m[neighbors[k]]];
          field += J * other;
          reaction += J * J * (1 - other * other);
        }
        const wanted = Math.tanh(beta * (field - beta * m[i] * reaction));
        change = Math.max(change, Math.abs(wanted - m[i]));
        m[i] += (1 - damping) * (wanted - m[i]);
      }
      return change;
    },
    freeEnergy: (m) => naive.freeEnergy(m) - (beta / 4) * spread(m),
    isPhysical: (m) => (beta * beta * spread(m)) / n <= 1,
  };
}
