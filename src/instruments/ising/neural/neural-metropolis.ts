import type { Key } from "../../../engine/index.ts";
import { sampleUniform } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import { sampleNetwork, type TrainedNetwork } from "./trained-network.ts";

/** How chains run. */
export interface NeuralMetropolisOptions {
  readonly key: Key;
  /** Independent chains ≥ 2; default 100. */
  readonly chains?: number;
  /** Proposals of each chain that are counted ≥ 1; default 100. */
  readonly steps?: number;
  /** Proposals of each chain before these ≥ 0; default a tenth of `steps`. */
  readonly burnIn?: number;
  /** The inverse temperature of the target; that of the network when left out. */
  readonly beta?: number;
  readonly signal?: AbortSignal;
}

/** What the chains met. */
export interface NeuralMetropolisResult {
  readonly beta: number;
  /** Share of all counted proposals that were accepted: 1 for the exact distribution. */
  readonly acceptance: number;
  /** Mean energy over all counted steps, and its standard error from the means of the chains. */
  readonly energy: number;
  readonly energyError: number;
  /** The longest stay in one state, in steps: a network that misses likely states makes chains stick. */
  readonly longestStay: number;
  /** The last states of the chains in the model's order, `[chains, N]`, and their energies. */
  readonly spins: Int8Array;
  readonly energies: Float64Array;
  /** The lowest state that a chain was in. */
  readonly lowest: { readonly spins: Int8Array; readonly energy: number; readonly objective: number };
}

function checkCounts(counts: Readonly<Record<string, readonly [value: number, least: number]>>): void {
  for (const [name, [value, least]] of Object.entries(counts)) {
    if (Number.isInteger(value) && value >= least) continue;
    throw new OrreryError(
      "argument",
      `ising neural metropolis: expected ${name}, a whole number of at least ${least}; got ${value}`,
    );
  }
}

/** Where every chain stands and what was met on the way. */
class Chains {
  /** The sample each chain is in. */
  readonly current: Int32Array;
  readonly #stays: Int32Array;
  readonly #sums: Float64Array;
  longestStay = 1;
  accepted = 0;
  counted = 0;
  lowest = 0;

  constructor(chains: number) {
    this.current = Int32Array.from({ length: chains }, (_, c) => c);
    this.#stays = new Int32Array(chains).fill(1);
    this.#sums = new Float64Array(chains);
  }

  /** Moves chain c to a sample, or stays for another step. */
  move(c: number, next: number | undefined, isCounted: boolean): void {
    if (next !== undefined) this.current[c] = next;
    this.#stays[c] = next === undefined ? this.#stays[c] + 1 : 1;
    if (isCounted && next !== undefined) this.accepted++;
    this.longestStay = Math.max(this.longestStay, this.#stays[c]);
  }

  /** Counts where the chains are. */
  count(energies: Float64Array): void {
    this.counted++;
    this.current.forEach((sample, c) => {
      this.#sums[c] += energies[sample];
      if (energies[sample] < energies[this.lowest]) this.lowest = sample;
    });
  }

  /** The mean over all chains, and its error. */
  get energy(): readonly [mean: number, error: number] {
    const means = this.#sums.map((sum) => sum / this.counted);
    const mean = means.reduce((a, b) => a + b, 0) / means.length;
    const variance = means.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (means.length - 1);
    return [mean, Math.sqrt(variance / means.length)];
  }
}

/**
 * Metropolis chains whose proposals are independent samples of a network: from s to s' with probability `min(1, e^{R(s) − R(s')})`,
 * `R = ln q + β E`. Whatever the network, the chains have the Boltzmann distribution as their limit (neural Markov chain Monte Carlo,
 * Nicoli et al. 2020, https://arxiv.org/abs/1910.13496), as long as it gives every state some probability.
 * @throws OrreryError `argument` for impossible numbers, `cancelled` when the signal is aborted.
 */
export async function neuralMetropolis(
  network: TrainedNetwork,
  options: NeuralMetropolisOptions,
): Promise<NeuralMetropolisResult> {
  const { key, chains = 100, steps = 100, burnIn = Math.floor(steps / 10), beta = network.beta, signal } = options;
  checkCounts({ chains: [chains, 2], steps: [steps, 1], burnIn: [burnIn, 0] });
  const [sampleKey, acceptKey] = key.split(2);
  const count = chains * (1 + burnIn + steps);
  const samples = await sampleNetwork(network, { count, key: sampleKey, signal });
  const { energies, spins } = samples;
  const rewards = samples.logProbabilities.map((logQ, k) => logQ + beta * energies[k]);
  const draws = sampleUniform(acceptKey, count, "float64");
  const walk = new Chains(chains);
  for (let proposal = chains; proposal < count; proposal++) {
    const step = Math.floor(proposal / chains) - 1;
    const c = proposal % chains;
    const isAccepted = draws[proposal] < Math.exp(rewards[walk.current[c]] - rewards[proposal]);
    walk.move(c, isAccepted ? proposal : undefined, step >= burnIn);
    if (c === chains - 1 && step >= burnIn) walk.count(energies);
  }
  const n = network.model.spins;
  const state = (k: number) => spins.slice(k * n, (k + 1) * n);
  const last = new Int8Array(chains * n);
  walk.current.forEach((sample, c) => {
    last.set(state(sample), c * n);
  });
  const [energy, energyError] = walk.energy;
  const lowestEnergy = energies[walk.lowest];
  return {
    ...{ beta, acceptance: walk.accepted / (chains * steps), energy, energyError, longestStay: walk.longestStay },
    ...{ spins: last, energies: Float64Array.from(walk.current, (sample) => energies[sample]) },
    lowest: { spins: state(walk.lowest), energy: lowestEnergy, objective: network.model.objectiveOf(lowestEnergy) },
  };
}
