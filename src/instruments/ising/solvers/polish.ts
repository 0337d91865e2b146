import type { IsingModel } from "../model.ts";
import { Configuration } from "./configuration.ts";
import { descend } from "./descent.ts";
import { kernelProblem } from "./kernel-problem.ts";

/** A state after greedy descent. */
export interface PolishedState {
  /** No single flip lowers its energy. */
  readonly spins: Int8Array;
  readonly energy: number;
  /** In the user's units. */
  readonly objective: number;
  /** Flips that led to it. */
  readonly flips: number;
}

/**
 * Lowers the energy of states, e.g. of samples, by flipping one spin after the other until no flip helps.
 * @throws OrreryError `shape`, `argument` for a state that is not N numbers of −1 or +1.
 */
export function polish(model: IsingModel, states: Iterable<ArrayLike<number>>): PolishedState[] {
  const problem = kernelProblem(model);
  const configuration = new Configuration(problem);
  return Array.from(states, (state) => {
    model.energy(state);
    configuration.assign(state);
    const flips = descend(configuration);
    const spins = configuration.spins.slice();
    const energy = model.energy(spins);
    return { spins, energy, objective: model.objectiveOf(energy), flips };
  });
}
