import { key } from "../../../engine/index.ts";
import type { IsingModel } from "../model.ts";
import { annealingSchedule } from "../neural/annealing-schedule.ts";
import type { FreeEnergyFlags } from "./free-energy.ts";
import { annealOptionsOf } from "./network-options.ts";

/** Where free energies are wanted. */
export interface Temperatures {
  /** β of the first level of training, at most that of the first point. */
  readonly first: number;
  /** The levels of training that are points of the curves, and their β, rising. */
  readonly levels: readonly number[];
  readonly betas: readonly number[];
}

/** Temperatures of the curves: some of the levels that a network is trained over; one where all levels are alike. */
export function temperaturesOf(model: IsingModel, given: FreeEnergyFlags): Temperatures {
  const { annealing = {} } = annealOptionsOf(given, { from: given.betaFrom, to: given.betaTo });
  const { betas } = annealingSchedule(model, annealing, key(given.seed));
  const last = betas.length - 1;
  const count = betas[0] === betas[last] ? 1 : Math.min(given.points, betas.length);
  const levels = Array.from({ length: count }, (_, p) => (count === 1 ? last : Math.round((p * last) / (count - 1))));
  return { first: betas[0], levels, betas: levels.map((level) => betas[level]) };
}
