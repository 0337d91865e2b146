import type { Key } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import { hintForName } from "../../../nearest-name.ts";
import type { IsingModel } from "../model.ts";
import { betaRange } from "../solvers/beta-range.ts";

const shapes = ["geometric", "linear"] as const;

/** How the inverse temperature rises while a network is trained. */
export interface AnnealingOptions {
  /** Levels of β a constant factor apart (default) or a constant step. */
  readonly shape?: (typeof shapes)[number];
  /** First β > 0; found from the couplings when left out. */
  readonly from?: number;
  /** Last β ≥ from: that of the free energy that is wanted; where ground states freeze when left out. */
  readonly to?: number;
  /** Levels ≥ 1; default 40. One level trains at `to` alone. */
  readonly levels?: number;
  /** Training steps of each level ≥ 1; default 25. */
  readonly stepsPerLevel?: number;
  /** Steps at the first level before the others begin ≥ 0; default 100. */
  readonly warmUp?: number;
}

/** A schedule with nothing left open. */
export interface AnnealingSchedule {
  /** β of each level, rising. */
  readonly betas: readonly number[];
  readonly stepsPerLevel: number;
  readonly warmUp: number;
  /** Steps in all. */
  readonly steps: number;
}

/** Training begins at so much of the hot end's β: nearly every spin is still free. */
const startShare = 0.25;

const fail = (message: string, hint?: string): never => {
  throw new OrreryError("argument", `ising annealing: ${message}`, { hint });
};

/**
 * Completes a schedule. Without `from` and `to` it spans a quarter of the β at which two of five flips that raise a random state's energy
 * are accepted, to the one at which a local minimum is at rest: see `betaRange`.
 * @param key for the random states that tell the range
 * @throws OrreryError `argument` for an unknown shape or impossible numbers.
 */
export function annealingSchedule(model: IsingModel, options: AnnealingOptions, key: Key): AnnealingSchedule {
  const { shape = "geometric", levels = 40, stepsPerLevel = 25, warmUp = 100 } = options;
  if (!shapes.includes(shape)) {
    fail(`unknown shape ${JSON.stringify(shape)}`, hintForName(shape, shapes, "The shapes are"));
  }
  for (const [name, value, least] of [
    ["levels", levels, 1],
    ["stepsPerLevel", stepsPerLevel, 1],
    ["warmUp", warmUp, 0],
  ] as const) {
    if (Number.isInteger(value) && value >= least) continue;
    fail(`expected ${name}, a whole number of at least ${least}; got ${value}`);
  }
  const range = options.from === undefined || options.to === undefined ? betaRange(model, key) : undefined;
  const to = options.to ?? Math.max(range?.cold ?? 1, options.from ?? 0);
  const from = options.from ?? Math.min(startShare * (range?.hot ?? 1), to);
  if (!(from > 0 && from <= to && to < Number.POSITIVE_INFINITY)) {
    fail(
      `expected 0 < from ≤ to; got from ${from} to ${to}`,
      "β is an inverse temperature: it rises as the model cools.",
    );
  }
  const at = (share: number) => (shape === "linear" ? from + (to - from) * share : from * (to / from) ** share);
  const betas = Array.from({ length: levels }, (_, l) => (l === levels - 1 ? to : at(l / (levels - 1))));
  return { betas, stepsPerLevel, warmUp, steps: warmUp + levels * stepsPerLevel };
}

/** The level of a step; 0 is the first. */
export function levelOf({ betas, stepsPerLevel, warmUp }: AnnealingSchedule, step: number): number {
  return Math.max(0, Math.min(betas.length - 1, Math.floor((step - warmUp) / stepsPerLevel)));
}
