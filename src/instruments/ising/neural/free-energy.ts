/** What weighted samples say of Z and of the means at one temperature. */
export interface FreeEnergyEstimate {
  readonly beta: number;
  readonly samples: number;
  /** `−mean R`, a lower bound on ln Z but for its error: what the network reached by itself. */
  readonly variationalLnZ: number;
  readonly variationalLnZError: number;
  /** `ln mean e^{−R}`: importance sampling, right whatever the network, if its samples reach all that matters. */
  readonly lnZ: number;
  /** Standard error of `lnZ`, `√(1 / effectiveSamples − 1 / samples)` to first order. */
  readonly lnZError: number;
  /** `(Σ w)² / Σ w²` with the weights `w = e^{−R}`, in [1, samples]. */
  readonly effectiveSamples: number;
  /** `−ln Z / β` from importance sampling, with its error. */
  readonly freeEnergy: number;
  readonly freeEnergyError: number;
  /** `−variationalLnZ / β`, an upper bound on the free energy but for its error. */
  readonly variationalFreeEnergy: number;
  readonly variationalFreeEnergyError: number;
  /** Mean energy under the Boltzmann distribution, from the weights. */
  readonly energy: number;
  /** Entropy `ln Z + β ⟨E⟩`. */
  readonly entropy: number;
  /** Whether enough samples carry the weight for the error to be believed: 50, or a tenth of all if fewer were drawn. */
  readonly isReliable: boolean;
}

const enoughSamples = 50;

/**
 * ln Z from samples of a distribution q whose values are known: `Z = Σ_s e^{−βE(s)} = E_q[e^{−R}]` with `R = ln q + β E`
 * (Nicoli et al. 2020, https://arxiv.org/abs/1910.13496). All sums are taken relative to the largest weight.
 * @param logQ ln q of each sample
 * @param energies E of each sample
 */
export function estimateFreeEnergy(
  logQ: ArrayLike<number>,
  energies: ArrayLike<number>,
  beta: number,
): FreeEnergyEstimate {
  const samples = logQ.length;
  const rewards = Float64Array.from(logQ, (value, k) => value + beta * energies[k]);
  const least = rewards.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  let [total, squares, weighted, mean] = [0, 0, 0, 0];
  rewards.forEach((reward, k) => {
    const weight = Math.exp(least - reward);
    total += weight;
    squares += weight * weight;
    weighted += weight * energies[k];
    mean += reward / samples;
  });
  const variance = rewards.reduce((sum, reward) => sum + (reward - mean) ** 2, 0) / Math.max(1, samples - 1);
  const effectiveSamples = total ** 2 / squares;
  const lnZ = Math.log(total / samples) - least;
  const lnZError = Math.sqrt(Math.max(0, 1 / effectiveSamples - 1 / samples));
  const variationalLnZError = Math.sqrt(variance / samples);
  const energy = weighted / total;
  return {
    ...{ beta, samples, variationalLnZ: -mean, variationalLnZError, lnZ, lnZError, effectiveSamples },
    ...{ freeEnergy: -lnZ / beta, freeEnergyError: lnZError / beta },
    ...{ variationalFreeEnergy: mean / beta, variationalFreeEnergyError: variationalLnZError / beta },
    ...{ energy, entropy: lnZ + beta * energy },
    isReliable: effectiveSamples >= Math.min(enoughSamples, samples / 10),
  };
}
