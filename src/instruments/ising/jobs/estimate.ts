import { stat } from "node:fs/promises";
import { key } from "../../../engine/index.ts";
import type { JobEstimate } from "../../../lab/index.ts";
import { cheapestExactMethod } from "../exact/exact-curve.ts";
import type { IsingModel } from "../model.ts";
import { planNetwork } from "../neural/network-plan.ts";
import { estimateThermal } from "../sampling/estimate-thermal.ts";
import type { FreeEnergyFlags } from "./free-energy.ts";
import { openInstance } from "./instance.ts";
import type { InstanceOptions } from "./instance-options.ts";
import { annealOptionsOf, type NetworkFlags } from "./network-options.ts";
import type { SampleFlags } from "./sample.ts";
import { betaOf, exactSeconds } from "./sample-beta.ts";
import { temperaturesOf } from "./temperatures.ts";

/** Of a run beside its work, seconds: reading, figures, report. */
const runSeconds = 0.6;

/**
 * Seconds of an AMD EPYC, measured with networks of 36 to 400 spins: of a training step, of a spin that is drawn in it, of a weight in it and of a
 * weight for each sample; of a weight for each sample that is only drawn.
 */
const costs = { step: 5e-4, spin: 5e-8, weight: 3.1e-8, sampledWeight: 8e-11, drawnWeight: 1.5e-10 } as const;

/** Bytes of files and spins of generated models that are read for an estimate, and spins for which an exact method is looked for: it is made
 * anew while a form is filled in. */
const most = { bytes: 2e6, sparse: 16_000, dense: 1000, exact: 2000 } as const;

const denseEnsembles = ["sherrington-kirkpatrick", "hopfield", "wishart"];

/** The model, unless it takes long to read or draw. */
async function smallModel(options: InstanceOptions): Promise<IsingModel | undefined> {
  const { instance, generate } = options;
  const spins = generate.size.reduce((product, side) => product * side, 1);
  const isLarge =
    instance === undefined
      ? spins > (denseEnsembles.includes(generate.ensemble) ? most.dense : most.sparse)
      : (await stat(instance)).size > most.bytes;
  return isLarge ? undefined : (await openInstance(options)).model;
}

/** Of exact values, where they are computed. Of large models to say that they are not takes long, too. */
function exactSecondsOf(model: IsingModel, betas: number, mostSeconds: number): number {
  if (model.spins > most.exact) return 0;
  return cheapestExactMethod(model, { betas, mostSeconds })?.seconds ?? 0;
}

/** Training of a network and drawing of so many samples from it. */
function networkSeconds(model: IsingModel, flags: NetworkFlags, drawn: number): number {
  const { network } = annealOptionsOf(flags);
  const { layers } = planNetwork(model, network ?? {}, key(0));
  const whole = layers.filter(({ reach }) => reach !== "site");
  const weights = whole.reduce((sum, { inputs, outputs }) => sum + inputs * outputs, 0) * model.spins ** 2;
  const { batch, warmUp, levels, stepsPerLevel, samples = 10 * batch } = flags.training;
  const step = costs.step + batch * model.spins * costs.spin + weights * (costs.weight + batch * costs.sampledWeight);
  const drawing = (samples + drawn) * (model.spins * costs.spin + weights * costs.drawnWeight);
  return (warmUp + levels * stepsPerLevel) * step + drawing;
}

/** What `ising sample` is likely to take; nothing for models too large to be tried. */
export async function estimateSample(flags: SampleFlags): Promise<JobEstimate> {
  const model = await smallModel(flags);
  if (model === undefined) return {};
  const { method, samples, proposals, chains, sweepsBetween, burnIn } = flags;
  const exact = exactSecondsOf(model, 1, exactSeconds);
  const base = runSeconds + exact;
  if (method === "network") return { seconds: base + networkSeconds(model, flags, samples * proposals) };
  const thermal = estimateThermal(model, { ...flags, beta: betaOf(flags, model) });
  if (thermal === undefined) return {};
  if (method === "tempering") return { seconds: base + thermal.seconds };
  const sweeps = burnIn * chains + Math.max(4, Math.ceil(samples / chains)) * sweepsBetween * chains;
  return { seconds: base + sweeps * thermal.sweepSeconds };
}

/** What `ising free-energy` is likely to take; nothing for models too large to be tried. Mean-field theories take next to nothing. */
export async function estimateFreeEnergy(flags: FreeEnergyFlags): Promise<JobEstimate> {
  const model = await smallModel(flags);
  if (model === undefined) return {};
  const { betas } = temperaturesOf(model, flags);
  const { methods, samples, exactSeconds: mostSeconds } = flags;
  const exact = exactSecondsOf(model, betas.length, mostSeconds);
  const thermal = methods.includes("tempering")
    ? estimateThermal(model, { beta: betas[betas.length - 1], samples })
    : { seconds: 0 };
  if (thermal === undefined) return {};
  return {
    seconds:
      runSeconds +
      (methods.includes("exact") ? exact : 0) +
      thermal.seconds +
      (methods.includes("network") ? networkSeconds(model, flags, flags.training.batch * betas.length) : 0),
  };
}
