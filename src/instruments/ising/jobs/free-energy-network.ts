import { key } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import type { JobContext } from "../../../lab/index.ts";
import type { FreeEnergyValue } from "../free-energy-estimate.ts";
import type { IsingModel } from "../model.ts";
import { annealNetwork } from "../neural/anneal-network.ts";
import type { AnnealState } from "../neural/anneal-options.ts";
import { estimateFreeEnergy, type FreeEnergyEstimate } from "../neural/free-energy.ts";
import { sampleNetwork } from "../neural/trained-network.ts";
import { shown } from "../report/text.ts";
import type { FreeEnergyTask, MethodValues } from "./free-energy-methods.ts";
import { annealOptionsOf } from "./network-options.ts";
import { requireNetworkSize } from "./network-size.ts";
import { StateSaver } from "./state-saver.ts";

type Kept = AnnealState & { readonly estimates: readonly FreeEnergyEstimate[] };

/** What the network gave at each temperature of the curves. */
export interface NetworkValues extends MethodValues {
  readonly estimates: readonly FreeEnergyEstimate[];
}

/**
 * A network trained from the first β to the last; at the end of each wanted level samples are drawn from it, for the bound and for
 * weighted values. What was measured is kept with each checkpoint.
 * @throws OrreryError `argument` for a model too large, `cancelled`.
 */
export async function networkValues(task: FreeEnergyTask): Promise<NetworkValues> {
  const { model, first, betas, flags, context } = task;
  requireNetworkSize(model, flags, { where: "ising free-energy", instead: "Leave network out of --methods" });
  const saver = new StateSaver<Kept>(context, "network");
  const { estimates: known, ...resume } = (await saver.load()) ?? { estimates: [] };
  const estimates = [...known];
  const [trainingKey, sampleKey] = key(flags.seed).split(2);
  const wanted = new Set(task.levels);
  const { warmUp, levels, stepsPerLevel, batch, samples = 10 * batch } = flags.training;
  const total = warmUp + levels * stepsPerLevel;
  const { status, best, state } = await annealNetwork(model, {
    ...annealOptionsOf(flags, { from: first, to: betas[betas.length - 1] }),
    ...{ key: trainingKey, threads: flags.threads, signal: context.signal },
    ...("fingerprint" in resume ? { resume: resume as AnnealState } : {}),
    onLevel: async (network, { level, step, spread }) => {
      if (!wanted.has(level)) return;
      const drawn = await sampleNetwork(network, { count: samples, key: sampleKey.fold(level) });
      const estimate = estimateFreeEnergy(drawn.logProbabilities, drawn.energies, network.beta);
      estimates.push(estimate);
      measure(model, estimate, { step, spread }, context);
    },
    observer: (event) => {
      if (event.kind === "step") {
        context.progress({ done: event.step, total, unit: "steps", label: "training the network" });
      }
      if (event.kind === "warning") context.warn(event.message);
      if (event.kind !== "checkpoint") return;
      const so = [...estimates];
      saver.offer(() => ({ ...event.state, estimates: so }));
    },
  });
  saver.offer(() => ({ ...state, estimates }));
  await saver.flush();
  if (status === "cancelled") throw new OrreryError("cancelled", "ising free-energy: cancelled");
  return { values: estimates.flatMap(valuesOf), estimates, lowestEnergy: best.energy };
}

function measure(
  { spins }: IsingModel,
  { variationalFreeEnergy, freeEnergy, effectiveSamples, samples }: FreeEnergyEstimate,
  { step, spread }: { readonly step: number; readonly spread: number },
  context: JobContext,
): void {
  context.metrics(step, {
    ...{ bound: variationalFreeEnergy / spins, weighted: freeEnergy / spins },
    ...{ effective: effectiveSamples / samples, spread },
  });
}

function valuesOf(estimate: FreeEnergyEstimate): FreeEnergyValue[] {
  const { beta, effectiveSamples, samples, isReliable } = estimate;
  const weight = `${shown(effectiveSamples)} of ${samples} samples carry the weight`;
  return [
    {
      ...{ name: "bound", beta, freeEnergy: estimate.variationalFreeEnergy, isBound: true },
      ...{ error: estimate.variationalFreeEnergyError, energy: undefined, doubts: [] },
    },
    {
      ...{ name: "network", beta, freeEnergy: estimate.freeEnergy, error: estimate.freeEnergyError },
      ...{ energy: estimate.energy, isBound: false, doubts: isReliable ? [] : [`only ${weight}`] },
    },
  ];
}
