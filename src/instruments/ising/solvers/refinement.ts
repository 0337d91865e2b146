import type { ChainState } from "./chain.ts";
import { mixClusters } from "./crossover.ts";
import type { KernelProblem } from "./kernel-problem.ts";
import type { RandomStream } from "./random-stream.ts";

/** A state with its energy, in the problem's unit without offset. */
export interface Member {
  readonly spins: Int8Array;
  readonly energy: number;
}

/** One reheat in vain is borne, and beyond it the cube of the reheats that have paid, divided by this. */
const gainsPerFailure = 4;

/**
 * The lowering of a state by reheats: what a reheat changed falls into clusters that do not touch, whose energies add up, so each is
 * kept or taken back by itself. In a large sparse model every reheat is many searches at once, of which all that succeed count;
 * where everything is coupled it is one. The more reheats have paid, the longer the next that does is worth waiting for: steeply so, since
 * a handful pay in any model, and dozens only where there are many clusters.
 */
export class Refinement {
  #state: Member;
  #gains = 0;
  #failures = 0;

  constructor(state: Member) {
    this.#state = state;
  }

  get state(): Member {
    return this.#state;
  }

  /** Whether to wait no longer for a reheat that lowers the energy. */
  get isDone(): boolean {
    return this.#failures >= 1 + (this.#gains / gainsPerFailure) ** 3;
  }

  /** Takes over what a reheated copy of the state is better in; what makes no difference is taken by a coin. */
  merge(problem: KernelProblem, reheated: Int8Array, random: RandomStream): void {
    const { spins, change } = mixClusters(problem, { first: this.#state.spins, second: reheated, sign: 1 }, random);
    const isLower = change < -problem.tolerance;
    if (isLower) this.#gains++;
    this.#failures = isLower ? 0 : this.#failures + 1;
    this.#state = { spins, energy: this.#state.energy + change };
  }

  toState(): ChainState {
    return { ...this.#state, gains: this.#gains, failures: this.#failures };
  }

  static restore(state: ChainState): Refinement {
    const { spins, energy, gains, failures } = state as unknown as Member & {
      readonly gains: number;
      failures: number;
    };
    const refinement = new Refinement({ spins, energy });
    refinement.#gains = gains;
    refinement.#failures = failures;
    return refinement;
  }
}
