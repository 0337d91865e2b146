import type { Key } from "../../../engine/random/key.ts";
import { OrreryError } from "../../../errors.ts";
import { BestState, type Chain, type ChainState } from "./chain.ts";
import { Configuration } from "./configuration.ts";
import { descend } from "./descent.ts";
import type { KernelProblem } from "./kernel-problem.ts";
import { Metropolis } from "./metropolis.ts";
import { RandomStream } from "./random-stream.ts";

/** How β grows from its first to its last value. */
export type AnnealingSchedule = "linear" | "geometric";

/** Settings of one annealing. */
export interface AnnealingSettings {
  /** Sweeps of one annealing; default 2000. */
  readonly sweeps?: number;
  /** First and last β; default `hot` and `cold` of `betaRange`. */
  readonly beta?: readonly [number, number];
  /** Default `geometric`: equal time for equal factors of β. */
  readonly schedule?: AnnealingSchedule;
}

/** β is changed at most this often where each change costs a new table. */
const mostSteps = 250;
/** Sweeps after which the rounding is taken out of energies and fields. */
export const refreshEvery = 4096;

/** Checks and completes what every schedule needs. @throws OrreryError `argument`. */
export function checkAnnealing(settings: AnnealingSettings, range: { hot: number; cold: number }) {
  const { sweeps = 2000, beta = [range.hot, range.cold] as const, schedule = "geometric" } = settings;
  if (!Number.isInteger(sweeps) || sweeps < 1) {
    throw new OrreryError("argument", `annealing: expected sweeps, a whole number of at least 1; got ${sweeps}`);
  }
  if (!(beta[0] > 0 && beta[1] >= beta[0] && Number.isFinite(beta[1]))) {
    throw new OrreryError("argument", `annealing: expected 0 < first β ≤ last β; got ${beta[0]} and ${beta[1]}`);
  }
  return { sweeps, beta, schedule };
}

/** β of sweep `t` of `sweeps`. */
export function annealedBeta({ sweeps, beta: [hot, cold], schedule }: Required<AnnealingSettings>, t: number): number {
  const share = sweeps === 1 ? 1 : t / (sweeps - 1);
  return schedule === "linear" ? hot + (cold - hot) * share : hot * (cold / hot) ** share;
}

/** Sweeps with rising β from the state its configuration holds; the reheating of other methods too. */
export class Annealer {
  readonly configuration: Configuration;
  readonly best: BestState;
  readonly random: RandomStream;
  readonly #dynamics: Metropolis;
  flips = 0;

  constructor(problem: KernelProblem, random: RandomStream) {
    this.configuration = new Configuration(problem);
    this.best = new BestState(problem);
    this.random = random;
    this.#dynamics = new Metropolis(problem);
  }

  /** Sweeps `from … to − 1` of an annealing, and greedy descent after the last. */
  sweep(settings: Required<AnnealingSettings>, from: number, to: number): void {
    const { configuration } = this;
    const { isInteger } = configuration.problem;
    const every = isInteger ? Math.ceil(settings.sweeps / mostSteps) : 1;
    for (let t = from; t < to; t++) {
      if (!isInteger && t % refreshEvery === refreshEvery - 1) configuration.refresh();
      if (t % every === 0 || t === from) {
        const last = t - (t % every) + every - 1;
        this.#dynamics.setBeta(annealedBeta(settings, Math.min(last, settings.sweeps - 1)));
      }
      this.flips += this.#dynamics.sweep(configuration, this.random);
      this.best.offer(configuration.energy, configuration.spins);
    }
    if (to < settings.sweeps) return;
    this.flips += descend(configuration);
    this.best.offer(configuration.energy, configuration.spins);
  }

  toState(): ChainState {
    const { configuration, best, random, flips } = this;
    return { configuration: configuration.toState(), best: best.toState(), random: random.words.slice(), flips };
  }

  restore(state: ChainState): void {
    this.configuration.restore(state.configuration as ChainState);
    this.best.restore(state.best as ChainState);
    this.random.words.set(state.random as Int32Array);
    this.flips = state.flips as number;
  }
}

/** Simulated annealing (Kirkpatrick, Gelatt, Vecchi, Science 220, 671, 1983) from a random state. */
export class AnnealingChain implements Chain {
  readonly #annealer: Annealer;
  readonly #settings: Required<AnnealingSettings>;
  sweeps = 0;

  constructor(problem: KernelProblem, settings: Required<AnnealingSettings>, key: Key, state?: ChainState) {
    this.#settings = settings;
    this.#annealer = new Annealer(problem, new RandomStream(key));
    if (state === undefined) this.#annealer.configuration.randomize(this.#annealer.random);
    else {
      this.sweeps = state.sweeps as number;
      this.#annealer.restore(state.annealer as ChainState);
    }
  }

  advance(sweeps: number): void {
    const to = Math.min(this.sweeps + sweeps, this.#settings.sweeps);
    this.#annealer.sweep(this.#settings, this.sweeps, to);
    this.sweeps = to;
  }

  get isDone(): boolean {
    return this.sweeps >= this.#settings.sweeps;
  }

  get bestEnergy(): number {
    return this.#annealer.best.energy;
  }

  get bestSpins(): Int8Array {
    return this.#annealer.best.spins;
  }

  get flips(): number {
    return this.#annealer.flips;
  }

  toState(): ChainState {
    return { sweeps: this.sweeps, annealer: this.#annealer.toState() };
  }
}
