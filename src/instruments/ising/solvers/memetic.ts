import type { Key } from "../../../engine/random/key.ts";
import { OrreryError } from "../../../errors.ts";
import { Annealer, type AnnealingSettings } from "./annealing.ts";
import type { BetaRange } from "./beta-range.ts";
import { BestState, type Chain, type ChainState } from "./chain.ts";
import { mixClusters, mixUniformly, overlap } from "./crossover.ts";
import type { KernelProblem } from "./kernel-problem.ts";
import { RandomStream } from "./random-stream.ts";

/** Settings of a population of annealed states. */
export interface MemeticSettings {
  /** Sweeps of each annealing; default 2000. */
  readonly sweeps?: number;
  /** States in the population; default 10, doubled with every second restart, so that what small populations lose too early large ones find. */
  readonly population?: number;
  /** Children without a better state after which the population is given up; default six times the population. */
  readonly patience?: number;
  /** β at which annealing of new states begins, of children begins, and of all ends; default those of `betaRange`. */
  readonly beta?: readonly [number, number, number];
}

const firstPopulation = 10;
const mostDoublings = 5;

/** Checks and completes the settings of a restart. @throws OrreryError `argument`. */
export function checkMemetic(settings: MemeticSettings, range: BetaRange, restart = 0): Required<MemeticSettings> {
  const usual = firstPopulation * 2 ** Math.min(restart >> 1, mostDoublings);
  const { sweeps = 2000, population = usual, beta = [range.hot, range.warm, range.cold] as const } = settings;
  const { patience = 6 * population } = settings;
  const counts = [
    ["sweeps", sweeps, 1] as const,
    ["population", population, 2] as const,
    ["patience", patience, 1] as const,
  ];
  for (const [what, value, least] of counts) {
    if (Number.isInteger(value) && value >= least) continue;
    throw new OrreryError("argument", `memetic: expected ${what}, a whole number of at least ${least}; got ${value}`);
  }
  if (!(beta[0] > 0 && beta[1] >= beta[0] && beta[2] >= beta[1] && Number.isFinite(beta[2]))) {
    throw new OrreryError("argument", `memetic: expected three β > 0 that do not fall; got ${beta.join(", ")}`);
  }
  return { sweeps, population, patience, beta };
}

interface Member {
  readonly spins: Int8Array;
  readonly energy: number;
}

/**
 * Annealing with inheritance: a population of annealed states, of which two at a time are crossed (spins where they differ
 * drawn anew, or cluster by cluster from the better parent) and the child annealed again from a moderate temperature.
 * A child takes the place of the worst unless it is there already. The chain ends when no better state has come for long.
 */
export class MemeticChain implements Chain {
  readonly #problem: KernelProblem;
  readonly #settings: Required<MemeticSettings>;
  readonly #annealer: Annealer;
  readonly #best: BestState;
  readonly #hasSymmetry: boolean;
  #members: Member[] = [];
  #position = 0;
  #unimproved = 0;
  sweeps = 0;

  constructor(problem: KernelProblem, settings: Required<MemeticSettings>, key: Key, state?: ChainState) {
    this.#problem = problem;
    this.#settings = settings;
    this.#annealer = new Annealer(problem, new RandomStream(key));
    this.#best = new BestState(problem);
    this.#hasSymmetry = problem.fields.every((h) => h === 0);
    if (state === undefined) this.#annealer.configuration.randomize(this.#annealer.random);
    else this.#restore(state);
  }

  advance(sweeps: number): void {
    for (let left = sweeps; left > 0 && !this.isDone; ) {
      const to = Math.min(this.#position + left, this.#settings.sweeps);
      this.#annealer.sweep(this.#schedule(), this.#position, to);
      left -= to - this.#position;
      this.sweeps += to - this.#position;
      this.#position = to;
      if (this.#best.offer(this.#annealer.best.energy, this.#annealer.best.spins)) this.#unimproved = -1;
      if (to === this.#settings.sweeps) this.#settle();
    }
  }

  #schedule(): Required<AnnealingSettings> {
    const { sweeps, beta, population } = this.#settings;
    const first = this.#members.length < population ? beta[0] : beta[1];
    return { sweeps, beta: [first, beta[2]], schedule: "geometric" };
  }

  /** Takes the annealed state into the population and begins the next. */
  #settle(): void {
    const { annealer, members } = { annealer: this.#annealer, members: this.#members };
    const child: Member = { spins: annealer.best.spins.slice(), energy: annealer.best.energy };
    if (members.length < this.#settings.population) members.push(child);
    else {
      this.#unimproved++;
      this.#replaceWorst(child);
    }
    annealer.best.clear();
    this.#position = 0;
    if (members.length < this.#settings.population) annealer.configuration.randomize(annealer.random);
    else annealer.configuration.assign(this.#cross());
  }

  #replaceWorst(child: Member): void {
    const isThere = this.#members.some((member) => {
      if (Math.abs(member.energy - child.energy) > this.#problem.tolerance) return false;
      const q = overlap(member.spins, child.spins);
      return (this.#hasSymmetry ? Math.abs(q) : q) >= this.#problem.size - 2;
    });
    if (isThere) return;
    let worst = 0;
    this.#members.forEach((member, m) => {
      if (member.energy > this.#members[worst].energy) worst = m;
    });
    if (child.energy <= this.#members[worst].energy) this.#members[worst] = child;
  }

  #cross(): Int8Array {
    const { random } = this.#annealer;
    const a = random.below(this.#members.length);
    const b = (a + 1 + random.below(this.#members.length - 1)) % this.#members.length;
    const [first, second] = [this.#members[a].spins, this.#members[b].spins];
    const sign = this.#hasSymmetry && overlap(first, second) < 0 ? -1 : 1;
    const parents = { first, second, sign } as const;
    return random.next() < 2 ** 31 ? mixUniformly(parents, random) : mixClusters(this.#problem, parents, random);
  }

  get isDone(): boolean {
    return this.#unimproved >= this.#settings.patience;
  }

  get bestEnergy(): number {
    return this.#best.energy;
  }

  get bestSpins(): Int8Array {
    return this.#best.spins;
  }

  get flips(): number {
    return this.#annealer.flips;
  }

  toState(): ChainState {
    return {
      ...{ sweeps: this.sweeps, position: this.#position, unimproved: this.#unimproved },
      ...{ annealer: this.#annealer.toState(), best: this.#best.toState() },
      members: this.#members.map(({ spins, energy }) => ({ spins, energy })),
    };
  }

  #restore(state: ChainState): void {
    this.sweeps = state.sweeps as number;
    this.#position = state.position as number;
    this.#unimproved = state.unimproved as number;
    this.#annealer.restore(state.annealer as ChainState);
    this.#best.restore(state.best as ChainState);
    this.#members = (state.members as unknown as readonly Member[]).map(({ spins, energy }) => ({ spins, energy }));
  }
}
