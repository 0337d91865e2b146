import type { Key } from "../../../engine/random/key.ts";
import { OrreryError } from "../../../errors.ts";
import type { IsingModel } from "../model.ts";
import { refreshEvery } from "../solvers/annealing.ts";
import type { ChainState } from "../solvers/chain.ts";
import { Configuration } from "../solvers/configuration.ts";
import { type KernelProblem, kernelProblem } from "../solvers/kernel-problem.ts";
import { Metropolis } from "../solvers/metropolis.ts";
import { RandomStream } from "../solvers/random-stream.ts";
import { checkSampling } from "./check-sampling.ts";
import { freeSpinsOf, redrawFree } from "./free-spins.ts";

/** How independent chains are run. */
export interface ChainsOptions {
  readonly key: Key;
  /** β > 0 of the samples. */
  readonly beta: number;
  /** Chains from random states; default 4. */
  readonly chains?: number;
  /** Samples of each chain; default 250. */
  readonly samples?: number;
  /** Sweeps from one sample to the next; default 10. */
  readonly sweepsBetween?: number;
  /** Sweeps before the first sample; default 1000. */
  readonly burnIn?: number;
  readonly signal?: AbortSignal;
  /** Told the share that is done. */
  readonly observer?: (share: number) => void;
  /** Given the state of the run every few seconds and on abort, for `resume`. */
  readonly onState?: (state: ChainsState) => void | Promise<void>;
  /** Where to go on: the same model, key and options then give the same samples. */
  readonly resume?: ChainsState;
}

/** Where the chains stand, as plain data. */
export interface ChainsState {
  /** Sweeps made by each chain. */
  readonly sweeps: number;
  readonly chains: readonly ChainState[];
  /** Energies so far, one chain after the other. */
  readonly energies: Float64Array;
  /** States so far, one chain after the other. */
  readonly states: Int8Array;
}

/** What one chain met, in the order in which it was drawn. */
export interface ChainSamples {
  readonly states: readonly Int8Array[];
  readonly energies: Float64Array;
}

const stateEveryMs = 3000;
const yieldEveryMs = 40;

/** A configuration with its own randomness, and what was drawn from it. */
class SampledChain {
  readonly #configuration: Configuration;
  readonly #random: RandomStream;
  readonly #freeKey: Key;
  readonly states: Int8Array[] = [];
  readonly energies: number[] = [];

  constructor(problem: KernelProblem, key: Key) {
    const [streamKey, freeKey] = key.split(2);
    this.#freeKey = freeKey;
    this.#random = new RandomStream(streamKey);
    this.#configuration = new Configuration(problem);
    this.#configuration.randomize(this.#random);
  }

  sweep(dynamics: Metropolis): void {
    dynamics.sweep(this.#configuration, this.#random);
  }

  refresh(): void {
    this.#configuration.refresh();
  }

  take(model: IsingModel, free: Int32Array): void {
    const state = redrawFree(this.#configuration.spins.slice(), free, this.#freeKey.fold(this.states.length));
    this.states.push(state);
    this.energies.push(model.energy(state));
  }

  toState(): ChainState {
    return { configuration: this.#configuration.toState(), random: this.#random.words.slice() };
  }

  restore({ configuration, random }: ChainState, samples: ChainSamples): void {
    this.#configuration.restore(configuration as ChainState);
    this.#random.words.set(random as Int32Array);
    this.states.push(...samples.states);
    this.energies.push(...samples.energies);
  }
}

function stateOf(model: IsingModel, chains: readonly SampledChain[], sweeps: number): ChainsState {
  const count = chains[0].states.length;
  const states = new Int8Array(chains.length * count * model.spins);
  chains.forEach((chain, c) => {
    for (const [k, state] of chain.states.entries()) states.set(state, (c * count + k) * model.spins);
  });
  const energies = Float64Array.from(chains.flatMap((chain) => chain.energies));
  return { sweeps, chains: chains.map((chain) => chain.toState()), energies, states };
}

function restore(model: IsingModel, chains: readonly SampledChain[], state: ChainsState): void {
  const n = model.spins;
  const count = state.energies.length / chains.length;
  chains.forEach((chain, c) => {
    const energies = state.energies.slice(c * count, (c + 1) * count);
    const states = Array.from(energies, (_, k) => state.states.slice((c * count + k) * n, (c * count + k + 1) * n));
    chain.restore(state.chains[c], { states, energies });
  });
}

/**
 * Samples a model by independent Metropolis chains at one temperature, each from a random state: the plain method beside parallel
 * tempering, right where chains meet (see `potentialScaleReduction`), which a glass's do not when it is cold.
 * @throws OrreryError `argument` for impossible options, `cancelled` on abort, after `onState`.
 */
export async function sampleChains(model: IsingModel, options: ChainsOptions): Promise<readonly ChainSamples[]> {
  const { key, beta, chains: count = 4, samples = 250, sweepsBetween = 10, burnIn = 1000, resume } = options;
  checkSampling(beta, {
    chains: [count, 1],
    samples: [samples, 1],
    sweepsBetween: [sweepsBetween, 1],
    burnIn: [burnIn, 1],
  });
  const problem = kernelProblem(model, { configurations: count + 1 });
  const dynamics = new Metropolis(problem);
  dynamics.setBeta(beta);
  const chains = key.split(count).map((chainKey) => new SampledChain(problem, chainKey));
  if (resume !== undefined) restore(model, chains, resume);
  const free = freeSpinsOf(model);
  const total = burnIn + samples * sweepsBetween;
  let sweeps = resume?.sweeps ?? 0;
  let [yieldedAt, savedAt] = [performance.now(), performance.now()];
  while (sweeps < total) {
    for (const chain of chains) chain.sweep(dynamics);
    sweeps++;
    if (!problem.isInteger && sweeps % refreshEvery === 0) for (const chain of chains) chain.refresh();
    if (sweeps > burnIn && (sweeps - burnIn) % sweepsBetween === 0) for (const chain of chains) chain.take(model, free);
    if (performance.now() - yieldedAt < yieldEveryMs) continue;
    options.observer?.(sweeps / total);
    await new Promise((resolve) => setImmediate(resolve));
    yieldedAt = performance.now();
    const isAborted = options.signal?.aborted === true;
    if (isAborted || yieldedAt - savedAt > stateEveryMs) {
      await options.onState?.(stateOf(model, chains, sweeps));
      savedAt = performance.now();
    }
    if (isAborted) throw new OrreryError("cancelled", "ising sample: cancelled");
  }
  return chains.map(({ states, energies }) => ({ states, energies: Float64Array.from(energies) }));
}
