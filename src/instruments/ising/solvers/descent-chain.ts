import type { Key } from "../../../engine/random/key.ts";
import { OrreryError } from "../../../errors.ts";
import { BestState, type Chain, type ChainState } from "./chain.ts";
import { Configuration } from "./configuration.ts";
import { descend } from "./descent.ts";
import type { KernelProblem } from "./kernel-problem.ts";
import { RandomStream } from "./random-stream.ts";

/** Settings of greedy descent. */
export interface DescentSettings {
  /** Random states from which it begins; default 100. */
  readonly starts?: number;
}

/** Checks and completes the settings. @throws OrreryError `argument`. */
export function checkDescent({ starts = 100 }: DescentSettings): Required<DescentSettings> {
  if (Number.isInteger(starts) && starts >= 1) return { starts };
  throw new OrreryError("argument", `descent: expected starts, a whole number of at least 1; got ${starts}`);
}

/** Greedy descent from random states; a sweep is one start. */
export class DescentChain implements Chain {
  readonly #settings: Required<DescentSettings>;
  readonly #configuration: Configuration;
  readonly #best: BestState;
  readonly #random: RandomStream;
  sweeps = 0;
  flips = 0;

  constructor(problem: KernelProblem, settings: Required<DescentSettings>, key: Key, state?: ChainState) {
    this.#settings = settings;
    this.#random = new RandomStream(key);
    this.#configuration = new Configuration(problem);
    this.#best = new BestState(problem);
    if (state === undefined) return;
    this.sweeps = state.sweeps as number;
    this.flips = state.flips as number;
    this.#random.words.set(state.random as Int32Array);
    this.#best.restore(state.best as ChainState);
  }

  advance(sweeps: number): void {
    const to = Math.min(this.sweeps + sweeps, this.#settings.starts);
    for (; this.sweeps < to; this.sweeps++) {
      this.#configuration.randomize(this.#random);
      this.flips += descend(this.#configuration);
      this.#best.offer(this.#configuration.energy, this.#configuration.spins);
    }
  }

  get isDone(): boolean {
    return this.sweeps >= this.#settings.starts;
  }

  get bestEnergy(): number {
    return this.#best.energy;
  }

  get bestSpins(): Int8Array {
    return this.#best.spins;
  }

  toState(): ChainState {
    const { sweeps, flips } = this;
    return { sweeps, flips, random: this.#random.words.slice(), best: this.#best.toState() };
  }
}
