import type { Key } from "../../../engine/index.ts";
import type { BestKeeper, BestSample } from "./best-sample.ts";
import { type Collapse, findCollapse } from "./collapse.ts";
import { estimateFreeEnergy, type FreeEnergyEstimate } from "./free-energy.ts";
import { logProbabilitiesOf, type NetworkSamples, sampleNetwork, type TrainedNetwork } from "./trained-network.ts";

/** What the network's distribution is like at the end of training. */
export interface FinalDistribution {
  readonly samples: NetworkSamples;
  /** The lowest of the samples. */
  readonly lowest: { readonly spins: Int8Array; readonly energy: number; readonly objective: number };
  /** Mean energy of the samples, unweighted. */
  readonly meanEnergy: number;
  /** Share of the samples whose energy is that of the best state, within rounding. */
  readonly shareAtBest: number;
  readonly estimate: FreeEnergyEstimate;
}

/** The final distribution beside the best state. */
export interface Finished {
  readonly final: FinalDistribution;
  readonly best: BestSample;
  readonly collapse: Collapse | null;
}

const sameEnergy = 1e-9;

/** Draws the final samples, lets them compete for the best state, and looks whether the network still knows it. */
export async function finish(
  network: TrainedNetwork,
  keeper: BestKeeper,
  options: { readonly samples: number; readonly polish: number; readonly key: Key; readonly step: number },
): Promise<Finished> {
  const { model, beta } = network;
  const samples = await sampleNetwork(network, { count: options.samples, key: options.key });
  const { energies, spins, logProbabilities } = samples;
  const ranked = Array.from(energies.keys()).sort((a, b) => energies[a] - energies[b] || a - b);
  const state = (k: number) => spins.slice(k * model.spins, (k + 1) * model.spins);
  const moment = { step: options.step, beta };
  const lowest = { spins: state(ranked[0]), energy: energies[ranked[0]] };
  keeper.offer(lowest.spins, "sampled", moment);
  keeper.polish(ranked.slice(0, options.polish).map(state), moment);
  const best = keeper.best as BestSample;

  const estimate = estimateFreeEnergy(logProbabilities, energies, beta);
  const [logProbability] = await logProbabilitiesOf(network, best.spins);
  const boltzmannLogProbability = Math.min(0, -beta * best.energy - estimate.lnZ);
  const tolerance = sameEnergy * Math.max(1, Math.abs(best.energy));
  const atBest = energies.reduce((count, energy) => count + (energy <= best.energy + tolerance ? 1 : 0), 0);
  return {
    final: {
      ...{ samples, estimate, lowest: { ...lowest, objective: model.objectiveOf(lowest.energy) } },
      meanEnergy: energies.reduce((sum, energy) => sum + energy, 0) / energies.length,
      shareAtBest: atBest / energies.length,
    },
    best,
    collapse: findCollapse(
      best,
      { logProbability, boltzmannLogProbability },
      { lowest: model.objectiveOf(lowest.energy), estimate },
    ),
  };
}
