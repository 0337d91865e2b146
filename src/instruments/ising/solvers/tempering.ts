import type { Key } from "../../../engine/random/key.ts";
import { OrreryError } from "../../../errors.ts";
import { refreshEvery } from "./annealing.ts";
import type { BetaRange } from "./beta-range.ts";
import { BestState, type Chain, type ChainState } from "./chain.ts";
import { Configuration } from "./configuration.ts";
import type { KernelProblem } from "./kernel-problem.ts";
import { Metropolis } from "./metropolis.ts";
import { RandomStream } from "./random-stream.ts";

export const defaultReplicas = 16;

/** Settings of parallel tempering. */
export interface TemperingSettings {
  /** Sweeps of every replica in one run; default 2000. */
  readonly sweeps?: number;
  /** Replicas, at geometrically spaced β; default 16. */
  readonly replicas?: number;
  /** Smallest and largest β; default `hot` and `cold` of `betaRange`. */
  readonly beta?: readonly [number, number];
}

/** Checks and completes the settings. @throws OrreryError `argument`. */
export function checkTempering(settings: TemperingSettings, range: BetaRange): Required<TemperingSettings> {
  const { sweeps = 2000, replicas = defaultReplicas, beta = [range.hot, range.cold] as const } = settings;
  for (const [what, value, least] of [["sweeps", sweeps, 1] as const, ["replicas", replicas, 2] as const]) {
    if (Number.isInteger(value) && value >= least) continue;
    throw new OrreryError("argument", `tempering: expected ${what}, a whole number of at least ${least}; got ${value}`);
  }
  if (!(beta[0] > 0 && beta[1] >= beta[0] && Number.isFinite(beta[1]))) {
    throw new OrreryError("argument", `tempering: expected 0 < smallest β ≤ largest β; got ${beta[0]} and ${beta[1]}`);
  }
  return { sweeps, replicas, beta };
}

/** The β of the replicas, geometric from the smallest to the largest. */
export function temperatureLadder({ replicas, beta: [hot, cold] }: Required<TemperingSettings>): Float64Array {
  return Float64Array.from({ length: replicas }, (_, r) => hot * (cold / hot) ** (r / (replicas - 1)));
}

/**
 * Replicas at fixed temperatures that exchange their states: after every sweep neighbours swap with probability
 * `min(1, exp((β_r − β_q)(E_r − E_q)))`, even and odd pairs in turn (Hukushima, Nemoto, J. Phys. Soc. Jpn. 65, 1604, 1996).
 */
export class ReplicaExchange {
  readonly betas: Float64Array;
  /** The replica at each temperature. */
  readonly replicas: Configuration[];
  /** Exchanges tried and made between neighbours r and r + 1. */
  readonly tried: Float64Array;
  readonly exchanged: Float64Array;
  readonly #problem: KernelProblem;
  readonly #dynamics: readonly Metropolis[];
  readonly #random: RandomStream;
  #parity = 0;
  flips = 0;

  constructor(problem: KernelProblem, betas: Float64Array, key: Key) {
    this.#problem = problem;
    this.betas = betas;
    this.#random = new RandomStream(key);
    this.tried = new Float64Array(betas.length - 1);
    this.exchanged = new Float64Array(betas.length - 1);
    this.#dynamics = Array.from(betas, (beta) => {
      const dynamics = new Metropolis(problem);
      dynamics.setBeta(beta);
      return dynamics;
    });
    this.replicas = Array.from(betas, () => {
      const configuration = new Configuration(problem);
      configuration.randomize(this.#random);
      return configuration;
    });
  }

  /** One sweep of every replica, then exchanges. At β = 0, where every flip is accepted, the state is drawn anew. */
  step(): void {
    this.replicas.forEach((replica, r) => {
      if (this.betas[r] === 0) replica.randomize(this.#random);
      else this.flips += this.#dynamics[r].sweep(replica, this.#random);
    });
    for (let r = this.#parity; r + 1 < this.replicas.length; r += 2) {
      const [warm, cold] = [this.replicas[r], this.replicas[r + 1]];
      const x = (this.betas[r] - this.betas[r + 1]) * (warm.energy - cold.energy) * this.#problem.unit;
      this.tried[r]++;
      if (x < 0 && this.#random.uniform() >= Math.exp(x)) continue;
      this.exchanged[r]++;
      this.replicas[r] = cold;
      this.replicas[r + 1] = warm;
    }
    this.#parity = 1 - this.#parity;
  }

  /** Counts exchanges anew. */
  forgetRates(): void {
    this.tried.fill(0);
    this.exchanged.fill(0);
  }

  /** Takes the rounding out of every replica. */
  refresh(): void {
    for (const replica of this.replicas) replica.refresh();
  }

  toState(): ChainState {
    return {
      replicas: this.replicas.map((replica) => replica.toState()),
      ...{ random: this.#random.words.slice(), parity: this.#parity, flips: this.flips },
      ...{ tried: this.tried.slice(), exchanged: this.exchanged.slice() },
    };
  }

  restore(state: ChainState): void {
    (state.replicas as readonly ChainState[]).forEach((replica, r) => {
      this.replicas[r].restore(replica);
    });
    this.#random.words.set(state.random as Int32Array);
    this.#parity = state.parity as number;
    this.flips = state.flips as number;
    this.tried.set(state.tried as Float64Array);
    this.exchanged.set(state.exchanged as Float64Array);
  }
}

/** Parallel tempering as a search: the lowest state any replica meets. */
export class TemperingChain implements Chain {
  readonly #exchange: ReplicaExchange;
  readonly #settings: Required<TemperingSettings>;
  readonly #best: BestState;
  readonly #isInteger: boolean;
  #steps = 0;

  constructor(problem: KernelProblem, settings: Required<TemperingSettings>, key: Key, state?: ChainState) {
    this.#settings = settings;
    this.#exchange = new ReplicaExchange(problem, temperatureLadder(settings), key);
    this.#best = new BestState(problem);
    this.#isInteger = problem.isInteger;
    if (state === undefined) return;
    this.#exchange.restore(state.exchange as ChainState);
    this.#best.restore(state.best as ChainState);
    this.#steps = state.steps as number;
  }

  advance(sweeps: number): void {
    const { replicas } = this.#settings;
    const to = Math.min(this.#steps + Math.ceil(sweeps / replicas), this.#settings.sweeps);
    for (; this.#steps < to; this.#steps++) {
      this.#exchange.step();
      if (!this.#isInteger && this.#steps % refreshEvery === refreshEvery - 1) this.#exchange.refresh();
      for (const { energy, spins } of this.#exchange.replicas) this.#best.offer(energy, spins);
    }
  }

  get isDone(): boolean {
    return this.#steps >= this.#settings.sweeps;
  }

  get bestEnergy(): number {
    return this.#best.energy;
  }

  get bestSpins(): Int8Array {
    return this.#best.spins;
  }

  get sweeps(): number {
    return this.#steps * this.#settings.replicas;
  }

  get flips(): number {
    return this.#exchange.flips;
  }

  toState(): ChainState {
    return { exchange: this.#exchange.toState(), best: this.#best.toState(), steps: this.#steps };
  }
}
