import type { Key } from "../../../engine/random/key.ts";
import type { IsingModel } from "../model.ts";
import { Annealer, type AnnealingSettings, annealedBeta, checkAnnealing } from "./annealing.ts";
import { betaRangeOf } from "./beta-range.ts";
import { kernelProblem } from "./kernel-problem.ts";
import { RandomStream } from "./random-stream.ts";

/** One annealing at one of its sweeps. */
export interface AnnealingMoment {
  /** Sweeps made. */
  readonly sweep: number;
  readonly beta: number;
  readonly energy: number;
  /** The lowest energy so far. */
  readonly lowest: number;
}

const points = 200;

/** Anneals once from a random state and looks at it about 200 times: what the restarts of a search are like inside. @throws OrreryError `argument`. */
export function traceAnnealing(model: IsingModel, settings: AnnealingSettings, key: Key): AnnealingMoment[] {
  const [rangeKey, chainKey] = key.split(2);
  const problem = kernelProblem(model);
  const checked = checkAnnealing(settings, betaRangeOf(problem, rangeKey));
  const annealer = new Annealer(problem, new RandomStream(chainKey));
  annealer.configuration.randomize(annealer.random);
  const moments: AnnealingMoment[] = [];
  const every = Math.max(1, Math.ceil(checked.sweeps / points));
  for (let from = 0; from < checked.sweeps; from += every) {
    const to = Math.min(checked.sweeps, from + every);
    annealer.sweep(checked, from, to);
    moments.push({
      ...{ sweep: to, beta: annealedBeta(checked, to - 1) },
      energy: model.energy(annealer.configuration.spins),
      lowest: model.energy(annealer.best.spins),
    });
  }
  return moments;
}
