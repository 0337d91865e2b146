import type { Key } from "../../../engine/random/key.ts";
import type { IsingModel } from "../model.ts";
import { Configuration } from "./configuration.ts";
import { descend } from "./descent.ts";
import { type KernelProblem, kernelProblem } from "./kernel-problem.ts";
import { RandomStream } from "./random-stream.ts";

/** Inverse temperatures in inverse units of the model's energy. */
export interface BetaRange {
  /** Two of five flips that raise the energy of a random state are accepted. */
  readonly hot: number;
  /** A local minimum is disturbed, but not forgotten: one in 24 flips out of it is accepted. */
  readonly warm: number;
  /** A local minimum is at rest: one in 1,000 flips out of it is accepted. */
  readonly cold: number;
}

const states = 16;
const acceptance = { hot: 0.4, warm: 1 / 24, cool: 1 / 150, cold: 1 / 1000 } as const;
/** Without a gap, the coldest flips would cost most of the time: β is at most so many times that of acceptance `cool`. */
const mostCooling = 2;

/** β at which the falling function `f` has the value `target`, by bisection of ln β. */
function betaWhere(f: (beta: number) => number, target: number, scale: number): number {
  let [low, high] = [Math.log(1e-6 / scale), Math.log(1e6 / scale)];
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (f(Math.exp(middle)) > target) low = middle;
    else high = middle;
  }
  return Math.exp((low + high) / 2);
}

/** As `betaRange`, for a prepared problem. */
export function betaRangeOf(problem: KernelProblem, key: Key): BetaRange {
  const random = new RandomStream(key);
  const configuration = new Configuration(problem);
  const [fromRandom, fromSettled]: [number[], number[]] = [[], []];
  const largest = 2 * problem.unit * problem.largestField;
  const collect = (list: number[]) => {
    for (let i = 0; i < problem.size; i++) {
      const rise = 2 * problem.unit * configuration.spins[i] * configuration.fields[i];
      if (rise > 1e-9 * largest) list.push(rise);
    }
  };
  const count = Math.max(1, Math.min(states, Math.ceil(50_000 / problem.size)));
  for (let k = 0; k < count; k++) {
    configuration.randomize(random);
    collect(fromRandom);
    descend(configuration);
    collect(fromSettled);
  }
  if (fromSettled.length === 0) return { hot: 1, warm: 1, cold: 1 };
  const accepted = (rises: readonly number[]) => (beta: number) =>
    rises.reduce((sum, rise) => sum + Math.exp(-beta * rise), 0) / rises.length;
  const settled = (share: number) => betaWhere(accepted(fromSettled), share, largest);
  const hot = betaWhere(accepted(fromRandom.length > 0 ? fromRandom : fromSettled), acceptance.hot, largest);
  const warm = Math.max(hot, settled(acceptance.warm));
  const cold = Math.min(settled(acceptance.cold), mostCooling * settled(acceptance.cool));
  return { hot, warm, cold: Math.max(warm, cold) };
}

/**
 * The temperatures between which annealing is worth its time, from the energy changes of flips in random states and in
 * local minima below them; all 1 where nothing is coupled. Unlike a rule made of the largest and the smallest coupling it
 * is not led astray by a few tiny or huge couplings.
 */
export function betaRange(model: IsingModel, key: Key): BetaRange {
  return betaRangeOf(kernelProblem(model), key);
}
