import type { IsingModel } from "../model.ts";
import { polish } from "../solvers/polish.ts";
import type { Drawn } from "./kernel/incremental-sampler.ts";
import { type NetworkPlan, toModelOrder } from "./network-plan.ts";

/** The lowest state seen so far and where it came from. */
export interface BestSample {
  /** In the model's order. */
  readonly spins: Int8Array;
  readonly energy: number;
  /** In the user's units. */
  readonly objective: number;
  /** The training step whose samples held it. */
  readonly step: number;
  readonly beta: number;
  /** `polished`: greedy descent from a sample led to it. */
  readonly source: "sampled" | "polished";
}

/** When a batch was drawn. */
interface Moment {
  readonly step: number;
  readonly beta: number;
}

/** Energies of drawn samples are float32: one within this share of the best is counted exactly. */
const roundingShare = 1e-5;

/** The `count` lowest of a batch, lowest first, in the model's order. */
export function lowestStates(plan: NetworkPlan, { spins, energies }: Drawn, count: number): Int8Array[] {
  const ranked = Array.from(energies.keys()).sort((a, b) => energies[a] - energies[b] || a - b);
  return ranked.slice(0, count).map((k) => columnOf(plan, spins, k));
}

function columnOf(plan: NetworkPlan, spins: Float32Array, k: number): Int8Array {
  const batch = spins.length / plan.spins;
  return toModelOrder(
    plan,
    Float32Array.from({ length: plan.spins }, (_, i) => spins[i * batch + k]),
  );
}

/** Keeps the best of all states; energies are compared exactly. */
export class BestKeeper {
  readonly #model: IsingModel;
  readonly #plan: NetworkPlan;
  #best: BestSample | null;

  constructor(model: IsingModel, plan: NetworkPlan, best: BestSample | null = null) {
    this.#model = model;
    this.#plan = plan;
    this.#best = best;
  }

  /** Null before the first state. */
  get best(): BestSample | null {
    return this.#best;
  }

  /** Looks at the lowest sample of a batch; answers whether it is better than all before. */
  offerLowest({ spins, energies }: Drawn, moment: Moment): boolean {
    const lowest = energies.reduce((at, energy, k) => (energy < energies[at] ? k : at), 0);
    const bound = this.#best === null ? Number.POSITIVE_INFINITY : this.#best.energy - this.#model.offset;
    if (energies[lowest] > bound + roundingShare * Math.abs(bound)) return false;
    return this.offer(columnOf(this.#plan, spins, lowest), "sampled", moment);
  }

  /** Descends from states; answers whether one led to a better state than all before. */
  polish(states: readonly Int8Array[], moment: Moment): boolean {
    if (states.length === 0) return false;
    let isBetter = false;
    for (const { spins } of polish(this.#model, states)) {
      if (this.offer(spins, "polished", moment)) isBetter = true;
    }
    return isBetter;
  }

  /** Looks at a state of the model; answers whether it is better than all before. */
  offer(spins: Int8Array, source: BestSample["source"], moment: Moment): boolean {
    const energy = this.#model.energy(spins);
    if (this.#best !== null && energy >= this.#best.energy) return false;
    this.#best = { spins: spins.slice(), energy, objective: this.#model.objectiveOf(energy), ...moment, source };
    return true;
  }
}
