import { setImmediate as nextTurn } from "node:timers/promises";
import { key } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import type { JobContext } from "../../../lab/index.ts";
import { cheapestExactMethod, type ExactMethod, exactCurve } from "../exact/exact-curve.ts";
import type { FreeEnergyValue } from "../free-energy-estimate.ts";
import { type MeanFieldName, type MeanFieldSolution, meanField } from "../mean-field/mean-field.ts";
import type { IsingModel } from "../model.ts";
import { shown } from "../report/text.ts";
import { ladderCurve } from "../sampling/ladder-curve.ts";
import { sampleThermal } from "../sampling/sample-thermal.ts";
import type { FreeEnergyFlags } from "./free-energy.ts";
import type { Temperatures } from "./temperatures.ts";

/** What every method is given. */
export interface FreeEnergyTask extends Temperatures {
  readonly model: IsingModel;
  readonly flags: FreeEnergyFlags;
  readonly context: JobContext;
}

/** Values of a method, with the lowest energy that it met. */
export interface MethodValues {
  readonly values: readonly FreeEnergyValue[];
  readonly lowestEnergy?: number;
}

function exactMethodOf({ model, betas, flags }: FreeEnergyTask): ExactMethod | undefined {
  if (flags.exactMethod !== "auto") return flags.exactMethod;
  return cheapestExactMethod(model, { betas: betas.length, mostSeconds: flags.exactSeconds })?.method;
}

/** Exact values and how they were had; none where no exact method is fast enough. */
export async function exactValues(task: FreeEnergyTask): Promise<MethodValues & { readonly method?: ExactMethod }> {
  const method = exactMethodOf(task);
  if (method === undefined) return { values: [] };
  const { context, betas, model } = task;
  const observer = (share: number) =>
    context.progress({ done: Math.round(1000 * share), total: 1000, unit: "‰", label: `exact, ${method}` });
  const { points } = await exactCurve(model, { betas, method, signal: context.signal, observer });
  const values = points.map(({ beta, lnZ, energy }): FreeEnergyValue => {
    const exact = { name: "exact", error: 0, isBound: false, doubts: [] } as const;
    return { ...exact, beta, freeEnergy: -lnZ / beta, energy };
  });
  return { values, method };
}

function meanFieldDoubts({ isConverged, isPhysical, residual, converged, starts }: MeanFieldSolution): string[] {
  if (!isConverged) return [`did not converge: the last sweep still changed a magnetisation by ${shown(residual)}`];
  if (!isPhysical) return ["breaks Plefka's criterion"];
  return converged < starts / 2 ? [`converged from ${converged} of ${starts} beginnings only`] : [];
}

/** One mean-field theory over all temperatures. @throws OrreryError `cancelled`. */
export async function meanFieldValues(task: FreeEnergyTask, theory: MeanFieldName): Promise<MethodValues> {
  const { model, betas, flags, context } = task;
  const values: FreeEnergyValue[] = [];
  for (const [b, beta] of betas.entries()) {
    const solution = meanField(model, { theory, beta, key: key(flags.seed).fold(b), starts: flags.starts });
    const { freeEnergy, energy, isBound, isConverged } = solution;
    // Naive mean field is a bound at any magnetisations, converged or not.
    const doubts = isBound && isConverged ? [] : meanFieldDoubts(solution);
    values.push({ name: theory, beta, freeEnergy, error: 0, energy, isBound, doubts });
    context.progress({ done: b + 1, total: betas.length, unit: "temperatures", label: theory });
    await nextTurn();
    if (context.signal.aborted) throw new OrreryError("cancelled", "ising free-energy: cancelled");
  }
  return { values };
}

const enoughSamples = 50;

/** Parallel tempering from β = 0: ln Z from differences between neighbouring temperatures. */
export async function temperingValues({ model, betas, flags, context }: FreeEnergyTask): Promise<MethodValues> {
  const { samples, seed } = flags;
  const { ladder, effectiveSamples, energies } = await sampleThermal(model, {
    ...{ key: key(seed), beta: betas[betas.length - 1], samples, signal: context.signal },
    observer: (share) =>
      context.progress({ done: Math.round(100 * share), total: 100, unit: "%", label: "parallel tempering" }),
  });
  const slowest = ladder.reduce((least, { exchangeRate }) => Math.min(least, exchangeRate ?? 1), 1);
  const doubts = [
    ...(effectiveSamples < enoughSamples ? [`worth only ${shown(effectiveSamples)} independent samples`] : []),
    ...(slowest < 0.05 ? [`at one place only ${shown(100 * slowest)} % of exchanges were made`] : []),
  ];
  const values = ladderCurve(ladder, betas).map(({ beta, lnZ, lnZError, energy }): FreeEnergyValue => {
    const value = { beta, freeEnergy: -lnZ / beta, error: lnZError / beta, energy };
    return { name: "tempering", ...value, isBound: false, doubts };
  });
  return { values, lowestEnergy: energies.reduce((a, b) => Math.min(a, b)) };
}
