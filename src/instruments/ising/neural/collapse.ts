import type { BestSample } from "./best-sample.ts";
import type { FreeEnergyEstimate } from "./free-energy.ts";

/** How probable the best state is, under the network and under the Boltzmann distribution it should follow. */
export interface BestStateWeight {
  /** ln q of the best state. */
  readonly logProbability: number;
  /** `−βE − ln Z` of the best state, at most 0, with ln Z from importance sampling. */
  readonly boltzmannLogProbability: number;
}

/** The network's distribution has left the best state. */
export interface Collapse extends BestStateWeight {
  readonly message: string;
}

/** The network may give the best state this much less than it deserves. */
const leastShare = 0.1;

/**
 * Whether the final distribution has collapsed away from the best state ever seen: it would be met among as many Boltzmann samples as were
 * drawn, and the network gives it less than a tenth of its probability. A ground state that is rare at the final temperature is no collapse.
 * @param lowest the best of the final samples, in the user's units as the message tells it
 */
export function findCollapse(
  best: BestSample,
  weight: BestStateWeight,
  { lowest, estimate }: { readonly lowest: number; readonly estimate: FreeEnergyEstimate },
): Collapse | null {
  const { logProbability, boltzmannLogProbability } = weight;
  const isExpected = boltzmannLogProbability >= -Math.log(estimate.samples);
  if (!isExpected || logProbability >= boltzmannLogProbability + Math.log(leastShare)) return null;
  const percent = (log: number) => `${Number((100 * Math.exp(log)).toPrecision(2))} %`;
  const value = (x: number) => String(Number(x.toPrecision(10)));
  return {
    ...weight,
    message:
      `the final distribution has collapsed away from the best state: ${value(best.objective)} was found at step ${best.step}, ` +
      `β = ${best.beta.toPrecision(3)}, but the best of ${estimate.samples} final samples has ${value(lowest)}; the state should have ` +
      `probability ${percent(boltzmannLogProbability)} and has ${percent(logProbability)}`,
  };
}
