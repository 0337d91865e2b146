import type { Key } from "../../../engine/random/key.ts";
import type { IsingModel } from "../model.ts";
import { refreshEvery } from "../solvers/annealing.ts";
import type { ChainState } from "../solvers/chain.ts";
import { Configuration } from "../solvers/configuration.ts";
import { type KernelProblem, kernelProblem } from "../solvers/kernel-problem.ts";
import { Metropolis } from "../solvers/metropolis.ts";
import { RandomStream } from "../solvers/random-stream.ts";
import { checkSampling } from "./check-sampling.ts";
import { freeSpinsOf, redrawFree } from "./free-spins.ts";
import { type SweepLoopOptions, type SweptSamples, sweepUntil } from "./sweep-loop.ts";

/** How independent chains are run. */
export interface ChainsOptions extends SweepLoopOptions<ChainsState> {
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

/** All chains, swept together. */
class Chains implements SweptSamples<ChainsState> {
  readonly #model: IsingModel;
  readonly #problem: KernelProblem;
  readonly #dynamics: Metropolis;
  readonly #free: Int32Array;
  readonly #plan: { readonly burnIn: number; readonly sweepsBetween: number };
  readonly chains: readonly SampledChain[];
  sweeps = 0;

  constructor(
    model: IsingModel,
    options: { readonly keys: readonly Key[]; readonly beta: number; burnIn: number; sweepsBetween: number },
  ) {
    this.#model = model;
    this.#plan = options;
    this.#problem = kernelProblem(model, { configurations: options.keys.length + 1 });
    this.#dynamics = new Metropolis(this.#problem);
    this.#dynamics.setBeta(options.beta);
    this.#free = freeSpinsOf(model);
    this.chains = options.keys.map((key) => new SampledChain(this.#problem, key));
  }

  advance(): void {
    const { burnIn, sweepsBetween } = this.#plan;
    for (const chain of this.chains) chain.sweep(this.#dynamics);
    this.sweeps++;
    if (!this.#problem.isInteger && this.sweeps % refreshEvery === 0) for (const chain of this.chains) chain.refresh();
    if (this.sweeps <= burnIn || (this.sweeps - burnIn) % sweepsBetween !== 0) return;
    for (const chain of this.chains) chain.take(this.#model, this.#free);
  }

  toState(): ChainsState {
    const n = this.#model.spins;
    const count = this.chains[0].states.length;
    const states = new Int8Array(this.chains.length * count * n);
    this.chains.forEach((chain, c) => {
      for (const [k, state] of chain.states.entries()) states.set(state, (c * count + k) * n);
    });
    const energies = Float64Array.from(this.chains.flatMap((chain) => chain.energies));
    return { sweeps: this.sweeps, chains: this.chains.map((chain) => chain.toState()), energies, states };
  }

  restore(state: ChainsState): void {
    const n = this.#model.spins;
    const count = state.energies.length / this.chains.length;
    this.sweeps = state.sweeps;
    this.chains.forEach((chain, c) => {
      const energies = state.energies.slice(c * count, (c + 1) * count);
      const states = Array.from(energies, (_, k) => state.states.slice((c * count + k) * n, (c * count + k + 1) * n));
      chain.restore(state.chains[c], { states, energies });
    });
  }
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
  const chains = new Chains(model, { keys: key.split(count), beta, burnIn, sweepsBetween });
  if (resume !== undefined) chains.restore(resume);
  await sweepUntil(chains, burnIn + samples * sweepsBetween, options);
  return chains.chains.map(({ states, energies }) => ({ states, energies: Float64Array.from(energies) }));
}
