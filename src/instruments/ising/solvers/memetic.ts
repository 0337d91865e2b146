import type { Key } from "../../../engine/random/key.ts";
import { OrreryError } from "../../../errors.ts";
import { Annealer, type AnnealingSettings } from "./annealing.ts";
import type { BetaRange } from "./beta-range.ts";
import { BestState, type Chain, type ChainState } from "./chain.ts";
import { mixClusters, mixUniformly, overlap } from "./crossover.ts";
import type { KernelProblem } from "./kernel-problem.ts";
import { RandomStream } from "./random-stream.ts";
import { type Member, Refinement } from "./refinement.ts";

/** Settings of a population of annealed states. */
export interface MemeticSettings {
  /** Sweeps of each annealing; default 2000. */
  readonly sweeps?: number;
  /** States in the population at most, fewer where refining them takes long; default 10, doubled with every second restart, so that what small populations lose too early large ones find. */
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

/** A reheat is so many times shorter than an annealing. */
const reheatsPerAnnealing = 20;
/** Sweeps, in annealings of a member, after which a population is not filled further: refined for long, few members are many. */
const annealingsPerMember = 2;

/**
 * Annealing with inheritance: a population of annealed states, of which two at a time are crossed (spins where they differ
 * drawn anew, or cluster by cluster from the better parent) and the child annealed again from a moderate temperature. Every annealed
 * state is refined by short reheats for as long as they pay. A child takes the place of the worst unless it is there already. The chain
 * ends when no better state has come for long.
 */
export class MemeticChain implements Chain {
  readonly #problem: KernelProblem;
  readonly #settings: Required<MemeticSettings>;
  readonly #annealer: Annealer;
  readonly #best: BestState;
  readonly #hasSymmetry: boolean;
  #members: Member[] = [];
  /** Members of the full population: less than the settings say where refining them takes long. */
  #capacity: number;
  /** The parents of what is being annealed, by their place in the population. */
  #parents = new Int32Array(0);
  /** The annealed state while it is being refined. */
  #refinement: Refinement | undefined;
  /** Sweeps made of the running annealing or reheat. */
  #position = 0;
  #unimproved = 0;
  sweeps = 0;

  constructor(problem: KernelProblem, settings: Required<MemeticSettings>, key: Key, state?: ChainState) {
    this.#problem = problem;
    this.#settings = settings;
    this.#capacity = settings.population;
    this.#annealer = new Annealer(problem, new RandomStream(key));
    this.#best = new BestState(problem);
    this.#hasSymmetry = problem.fields.every((h) => h === 0);
    if (state === undefined) this.#annealer.configuration.randomize(this.#annealer.random);
    else this.#restore(state);
  }

  advance(sweeps: number): void {
    for (let left = sweeps; left > 0 && !this.isDone; ) {
      const schedule = this.#schedule();
      const to = Math.min(this.#position + left, schedule.sweeps);
      this.#annealer.sweep(schedule, this.#position, to);
      left -= to - this.#position;
      this.sweeps += to - this.#position;
      this.#position = to;
      if (this.#refinement === undefined) this.#offer(this.#annealer.best);
      if (to === schedule.sweeps) this.#finish();
    }
  }

  #schedule(): Required<AnnealingSettings> {
    const { sweeps, beta } = this.#settings;
    const isReheat = this.#refinement !== undefined;
    const first = isReheat || this.#members.length === this.#capacity ? beta[1] : beta[0];
    return {
      sweeps: isReheat ? Math.ceil(sweeps / reheatsPerAnnealing) : sweeps,
      ...{ beta: [first, beta[2]], schedule: "geometric" },
    };
  }

  /** Keeps a state that is better than all before. */
  #offer({ spins, energy }: Member): void {
    if (this.#best.offer(energy, spins)) this.#unimproved = -1;
  }

  /** Begins the refinement of what was annealed, or goes on with it. */
  #finish(): void {
    const { best, configuration, random } = this.#annealer;
    if (this.#refinement === undefined) this.#refinement = new Refinement(this.#inherit());
    else this.#refinement.merge(this.#problem, best.spins, random);
    const { state, isDone } = this.#refinement;
    this.#offer(state);
    best.clear();
    this.#position = 0;
    if (isDone) this.#settle(state);
    else configuration.assign(state.spins);
  }

  /** What was annealed, with the clusters in which a parent is better, where that makes it better than that parent too. */
  #inherit(): Member {
    let child: Member = { spins: this.#annealer.best.spins.slice(), energy: this.#annealer.best.energy };
    for (const index of this.#parents) {
      const parent = this.#members[index];
      const parents = { first: child.spins, second: parent.spins, sign: this.#signOf(child.spins, parent.spins) };
      const { spins, change } = mixClusters(this.#problem, parents, this.#annealer.random);
      const energy = child.energy + change;
      if (energy < Math.min(child.energy, parent.energy) - this.#problem.tolerance) child = { spins, energy };
    }
    return child;
  }

  /** How to turn the second state so that it agrees with the first as far as it can. */
  #signOf(first: Int8Array, second: Int8Array): 1 | -1 {
    return this.#hasSymmetry && overlap(first, second) < 0 ? -1 : 1;
  }

  /** Takes a refined state into the population and begins the next. */
  #settle(child: Member): void {
    const { annealer, members } = { annealer: this.#annealer, members: this.#members };
    this.#refinement = undefined;
    if (members.length < this.#capacity) this.#fill(child);
    else {
      this.#unimproved++;
      this.#replaceWorst(child);
    }
    if (members.length < this.#capacity) annealer.configuration.randomize(annealer.random);
    else annealer.configuration.assign(this.#cross());
  }

  #fill(member: Member): void {
    const { sweeps, population } = this.#settings;
    this.#members.push(member);
    const isLate = this.sweeps >= annealingsPerMember * population * sweeps;
    if (isLate && this.#members.length >= 2) this.#capacity = this.#members.length;
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
    this.#parents = Int32Array.of(a, b);
    const [first, second] = [this.#members[a].spins, this.#members[b].spins];
    const parents = { first, second, sign: this.#signOf(first, second) };
    return random.next() < 2 ** 31 ? mixUniformly(parents, random) : mixClusters(this.#problem, parents, random).spins;
  }

  get isDone(): boolean {
    const { patience, population } = this.#settings;
    return this.#unimproved >= Math.ceil((patience * this.#capacity) / population);
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
      ...{ sweeps: this.sweeps, position: this.#position, unimproved: this.#unimproved, capacity: this.#capacity },
      ...{ annealer: this.#annealer.toState(), best: this.#best.toState(), parents: this.#parents.slice() },
      members: this.#members.map(({ spins, energy }) => ({ spins, energy })),
      ...(this.#refinement === undefined ? {} : { refinement: this.#refinement.toState() }),
    };
  }

  #restore(state: ChainState): void {
    this.sweeps = state.sweeps as number;
    this.#position = state.position as number;
    this.#unimproved = state.unimproved as number;
    this.#capacity = state.capacity as number;
    this.#parents = Int32Array.from(state.parents as Int32Array);
    this.#annealer.restore(state.annealer as ChainState);
    this.#best.restore(state.best as ChainState);
    if (state.refinement !== undefined) this.#refinement = Refinement.restore(state.refinement as ChainState);
    this.#members = (state.members as unknown as readonly Member[]).map(({ spins, energy }) => ({ spins, energy }));
  }
}
