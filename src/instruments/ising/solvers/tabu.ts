import type { Key } from "../../../engine/random/key.ts";
import { OrreryError } from "../../../errors.ts";
import { BestState, type Chain, type ChainState } from "./chain.ts";
import { Configuration } from "./configuration.ts";
import type { KernelProblem } from "./kernel-problem.ts";
import { RandomStream } from "./random-stream.ts";

/** Settings of tabu search. */
export interface TabuSettings {
  /** Flips of one search, divided by N; default 500. */
  readonly sweeps?: number;
  /** Flips during which a spin may not flip back, to which up to 9 are added at random; default N/100 + min(20, N/4). */
  readonly tenure?: number;
  /** Flips without a better state, divided by N, after which the best one is disturbed; default 20. */
  readonly patience?: number;
}

/** Checks and completes the settings. @throws OrreryError `argument`. */
export function checkTabu(settings: TabuSettings, size: number): Required<TabuSettings> {
  const { sweeps = 500, tenure = Math.floor(size / 100 + Math.min(20, size / 4)), patience = 20 } = settings;
  for (const [what, value, least] of [
    ["sweeps", sweeps, 1] as const,
    ["tenure", tenure, 0] as const,
    ["patience", patience, 1] as const,
  ]) {
    if (Number.isInteger(value) && value >= least) continue;
    throw new OrreryError("argument", `tabu: expected ${what}, a whole number of at least ${least}; got ${value}`);
  }
  return { sweeps, tenure, patience };
}

/** How many spins a disturbance flips, as a share of N. */
const disturbedShare = 1 / 8;

/**
 * Iterated one-flip tabu search: the flip that lowers the energy most, or raises it least, among those not made lately;
 * a forbidden one is made where it leads below everything met (Palubeckis, Informatica 17, 279, 2006). When nothing better
 * comes, part of the best state is flipped at random.
 */
export class TabuChain implements Chain {
  readonly #settings: Required<TabuSettings>;
  readonly #configuration: Configuration;
  readonly #best: BestState;
  readonly #random: RandomStream;
  /** The flip until which each spin is forbidden, counted from the last disturbance. */
  readonly #until: Int32Array;
  #now = 0;
  #unimproved = 0;
  #lowest = Number.POSITIVE_INFINITY;
  flips = 0;

  constructor(problem: KernelProblem, settings: Required<TabuSettings>, key: Key, state?: ChainState) {
    this.#settings = settings;
    this.#random = new RandomStream(key);
    this.#configuration = new Configuration(problem);
    this.#best = new BestState(problem);
    this.#until = problem.kernel.int32(problem.kernel.take(4 * problem.size), problem.size).fill(0);
    if (state === undefined) {
      this.#configuration.randomize(this.#random);
      this.#best.offer(this.#configuration.energy, this.#configuration.spins);
    } else this.#restore(state);
  }

  advance(sweeps: number): void {
    const size = this.#until.length;
    const to = Math.min(this.flips + sweeps * size, this.#settings.sweeps * size);
    while (this.flips < to) this.#step();
  }

  #step(): void {
    this.flips++;
    this.#now++;
    const configuration = this.#configuration;
    const chosen = this.#choose();
    if (chosen < 0) return;
    configuration.flip(chosen);
    this.#until[chosen] = this.#now + this.#settings.tenure + this.#random.below(10);
    this.#best.offer(configuration.energy, configuration.spins);
    if (configuration.energy < this.#lowest) {
      this.#lowest = configuration.energy;
      this.#unimproved = 0;
    } else if (++this.#unimproved >= this.#settings.patience * this.#until.length) this.#disturb();
  }

  /** The best flip, the first of equals from a random place on; −1 when all are forbidden. */
  #choose(): number {
    const { problem, record, energy } = this.#configuration;
    const { run } = problem.kernel;
    const wanted = (this.#best.energy - energy - problem.tolerance) / 2;
    const choose = problem.isInteger ? run.chooseInteger : run.chooseReal;
    return choose(record, this.#until.byteOffset, this.#now, wanted, this.#random.below(problem.size));
  }

  #disturb(): void {
    const { spins } = this.#best;
    const flipped = spins.map((spin) => (this.#random.uniform() < disturbedShare ? -spin : spin));
    this.#configuration.assign(flipped);
    this.#until.fill(0);
    this.#now = 0;
    this.#unimproved = 0;
    this.#lowest = this.#configuration.energy;
  }

  get isDone(): boolean {
    return this.flips >= this.#settings.sweeps * this.#until.length;
  }

  get bestEnergy(): number {
    return this.#best.energy;
  }

  get bestSpins(): Int8Array {
    return this.#best.spins;
  }

  get sweeps(): number {
    return this.flips / this.#until.length;
  }

  toState(): ChainState {
    return {
      ...{
        flips: this.flips,
        now: this.#now,
        unimproved: this.#unimproved,
        lowest: this.#lowest,
        until: this.#until.slice(),
      },
      ...{
        configuration: this.#configuration.toState(),
        best: this.#best.toState(),
        random: this.#random.words.slice(),
      },
    };
  }

  #restore(state: ChainState): void {
    this.flips = state.flips as number;
    this.#unimproved = state.unimproved as number;
    this.#lowest = state.lowest as number;
    this.#now = state.now as number;
    this.#until.set(state.until as Int32Array);
    this.#configuration.restore(state.configuration as ChainState);
    this.#best.restore(state.best as ChainState);
    this.#random.words.set(state.random as Int32Array);
  }
}
