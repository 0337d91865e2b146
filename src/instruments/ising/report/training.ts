import type { Figure } from "../../../lab/index.ts";
import type { IsingModel } from "../model.ts";
import type { LevelRecord } from "../neural/anneal-options.ts";
import type { FinalDistribution } from "../neural/final-distribution.ts";
import { histogramOf } from "./bins.ts";
import { energyFigure, temperatureScale } from "./cooling.ts";
import { referenceMarks, type SearchUnits } from "./search.ts";
import { shown } from "./text.ts";

type Named = Pick<IsingModel, "objectiveOf" | "sense">;

/** What the samples of a network were like, level by level, in the user's units. */
export function levelFigure(model: Named, levels: readonly LevelRecord[], units: SearchUnits): Figure {
  let lowest = Number.POSITIVE_INFINITY;
  const best = levels.map(({ step, lowestEnergy }) => {
    lowest = Math.min(lowest, lowestEnergy);
    return { step, value: model.objectiveOf(lowest) };
  });
  const rows = (what: "meanEnergy" | "lowestEnergy") =>
    levels.map((level) => ({ step: level.step, value: model.objectiveOf(level[what]) }));
  const last = levels[levels.length - 1];
  return energyFigure(
    [
      { label: "mean of the samples", rows: rows("meanEnergy") },
      { label: "best of the level", rows: rows("lowestEnergy") },
      { label: "best ever", rows: best },
    ],
    {
      ...{
        stepName: "training step",
        objective: units.objective,
        title: `The network's ${units.objective} step by step`,
      },
      marks: referenceMarks(units, "y"),
      summary: `After ${last.step.toLocaleString("en-US")} steps the samples' mean is ${shown(model.objectiveOf(last.meanEnergy))}, the best ever sampled ${shown(model.objectiveOf(lowest))}.`,
    },
  );
}

/** The variational free energy of the levels against their temperature, and how far the samples are from the Boltzmann distribution. */
export function freeEnergyFigure(levels: readonly LevelRecord[]): Figure {
  const rows = levels.map(({ step, beta, freeEnergy, spread }) => ({
    step,
    temperature: 1 / beta,
    freeEnergy,
    spread,
  }));
  const last = rows[rows.length - 1];
  return {
    name: "free-energy",
    title: "The variational free energy as it cooled",
    summary: `At T = ${shown(last.temperature)} the variational free energy is ${shown(last.freeEnergy)}; β F spreads by ${shown(last.spread)} over the samples, 0 for the exact distribution.`,
    drawing: {
      kind: "chart",
      marks: [
        { mark: "line", channels: { x: "temperature", y: "freeEnergy" }, options: { strokeWidth: 2 } },
        { mark: "dot", channels: { x: "temperature", y: "freeEnergy" }, options: { r: 2.5 } },
      ],
      x: { ...temperatureScale(rows), reverse: true },
      y: { label: "variational free energy", grid: true },
      height: 280,
    },
    table: { rows },
  };
}

/** The objectives of the final samples beside the best state ever met. */
export function finalFigure(
  model: Named,
  { samples, meanEnergy, shareAtBest }: FinalDistribution,
  { best, ...units }: SearchUnits & { readonly best: number },
): Figure {
  const { rows } = histogramOf(samples.energies.map((energy) => model.objectiveOf(energy)));
  const marks = [{ best, label: "best ever" }];
  return {
    name: "final-samples",
    title: "What the network samples at the end",
    summary: `${samples.count.toLocaleString("en-US")} samples of the final distribution: mean ${shown(model.objectiveOf(meanEnergy))}; ${shown(100 * shareAtBest)} % have the best value ever met, ${shown(best)} (solid line).`,
    drawing: {
      kind: "chart",
      marks: [
        { mark: "rectY", channels: { x1: "from", x2: "to", y: "count" } },
        { mark: "ruleX", rows: marks, channels: { x: "best", title: "label" }, options: { strokeWidth: 2 } },
        ...referenceMarks(units, "x"),
        { mark: "ruleY", rows: [{ zero: 0 }], channels: { y: "zero" } },
      ],
      x: { label: `${units.objective} of a sample` },
      y: { label: "samples", grid: true },
      height: 260,
    },
    table: { rows },
  };
}
