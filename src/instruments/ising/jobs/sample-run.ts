import { encodeCsv, encodeNpz } from "../../../data/index.ts";
import { NdArray } from "../../../engine/index.ts";
import type { Headline, JobContext, Outcome } from "../../../lab/index.ts";
import { cheapestExactMethod, exactCurve } from "../exact/exact-curve.ts";
import type { IsingModel } from "../model.ts";
import { configurationSheet } from "../report/configurations.ts";
import { ladderFigure } from "../report/ladder.ts";
import { overlapFigure } from "../report/overlaps.ts";
import {
  autocorrelationFigure,
  energyHistogram,
  magnetizationHistogram,
  magnetizationOf,
  type SampleSeries,
  traceFigure,
} from "../report/samples.ts";
import { countText, shown } from "../report/text.ts";
import { type Instance, objectiveName, openInstance } from "./instance.ts";
import { commandOn } from "./instance-words.ts";
import type { SampleFlags } from "./sample.ts";
import { betaOf, exactSeconds } from "./sample-beta.ts";
import { type Drawn, drawSamples } from "./sample-methods.ts";

/** An error bar's multiples within which the exact mean is expected. */
const expectedErrors = 4;

/** The job behind `ising sample`. @throws OrreryError `not-found`, `format`, `argument` for users' mistakes, `cancelled`. */
export async function sample(given: SampleFlags, context: JobContext): Promise<Outcome> {
  const instance = await openInstance(given);
  const { model } = instance;
  const beta = betaOf(given, model);
  const drawn = await drawSamples({ model, beta, flags: given, context });
  const exactEnergy = await exactEnergyOf(model, beta, context);
  const { states, energies } = drawn;
  const series = { model, objective: objectiveName(model), beta, energies, states, exactEnergy };
  await showSamples(series, drawn, context);
  await keepSamples(series, context);
  const doubts = [...drawn.doubts, ...exactDoubts(drawn, exactEnergy)];
  for (const doubt of doubts) context.warn(doubt);
  return outcomeOf(instance, { drawn, series, doubts: doubts.length, flags: given });
}

async function exactEnergyOf(model: IsingModel, beta: number, context: JobContext): Promise<number | undefined> {
  const exact = cheapestExactMethod(model, { betas: 1, mostSeconds: exactSeconds });
  if (exact === undefined) return undefined;
  const { points } = await exactCurve(model, { betas: [beta], method: exact.method, signal: context.signal });
  return points[0].energy;
}

function exactDoubts({ meanEnergy, error }: Drawn, exact: number | undefined): string[] {
  if (exact === undefined || Math.abs(meanEnergy - exact) <= expectedErrors * error + 1e-9 * Math.abs(exact)) return [];
  return [
    `The mean energy ${shown(meanEnergy)} ± ${shown(error)} is not the exact ${shown(exact)}: the samples are not in equilibrium, or the error is too small.`,
  ];
}

async function showSamples(series: SampleSeries, drawn: Drawn, context: JobContext): Promise<void> {
  context.figure(energyHistogram(series));
  const sheet = await configurationSheet(series.model, series.states, series.objective);
  if (sheet !== undefined) context.figure(sheet);
  context.figure(magnetizationHistogram(series));
  const overlaps = overlapFigure(spreadOut(series.states), "samples");
  if (overlaps !== undefined) context.figure(overlaps);
  if (drawn.autocorrelationTime !== undefined) {
    context.figure(traceFigure(series));
    context.figure(autocorrelationFigure(series, drawn.autocorrelationTime));
  }
  if (drawn.ladder !== undefined) context.figure(ladderFigure(series.model, drawn.ladder));
}

/** Samples whose overlaps are drawn, evenly from all: the first of many are of one chain. */
const mostOverlapping = 500;

function spreadOut(states: readonly Int8Array[]): readonly Int8Array[] {
  const count = Math.min(mostOverlapping, states.length);
  return Array.from({ length: count }, (_, k) => states[Math.floor((k * states.length) / count)]);
}

async function keepSamples(
  { model, states, energies, beta, objective }: SampleSeries,
  context: JobContext,
): Promise<void> {
  const n = model.spins;
  const spins = new Int8Array(states.length * n);
  states.forEach((state, k) => {
    spins.set(state, k * n);
  });
  const all = Float64Array.from(energies.flatMap((series) => [...series]));
  const chain = Int32Array.from(energies.flatMap((series, c) => new Array<number>(series.length).fill(c)));
  const arrays = {
    spins: new NdArray(spins, [states.length, n]),
    energies: new NdArray(all, [all.length]),
    chains: new NdArray(chain, [chain.length]),
    beta: new NdArray(Float64Array.of(beta), []),
  };
  await context.artifact("samples.npz", encodeNpz(arrays), "Spins [samples, N] of −1 and +1, energies, chains, β.");
  const columns = { sample: all.map((_, k) => k), chain: Float64Array.from(chain), energy: all };
  const values = {
    [objective]: all.map((e) => model.objectiveOf(e)),
    magnetization: Float64Array.from(states, magnetizationOf),
  };
  const numbers = Object.entries({ ...columns, ...values }).map(([name, list]) => ({
    name,
    kind: "number" as const,
    values: list,
  }));
  await context.artifact("samples.csv", encodeCsv(numbers), `Energy, ${objective} and magnetisation of every sample.`);
}

function outcomeOf(
  { title, model }: Instance,
  {
    drawn,
    series,
    doubts,
    flags,
  }: {
    readonly drawn: Drawn;
    readonly series: SampleSeries;
    readonly doubts: number;
    readonly flags: SampleFlags;
  },
): Outcome {
  const { objective, beta, exactEnergy } = series;
  const mean = model.objectiveOf(drawn.meanEnergy);
  const exact = exactEnergy === undefined ? "" : `, exactly ${shown(model.objectiveOf(exactEnergy))}`;
  const trust =
    doubts === 0
      ? "Nothing speaks against them."
      : `They are not to be believed as they are: see the ${doubts === 1 ? "warning" : `${doubts} warnings`}.`;
  const headlines: Headline[] = [
    { label: `mean ${objective}`, value: mean, note: `± ${shown(drawn.error)}${exact}` },
    {
      label: "independent samples",
      value: Math.round(drawn.effectiveSamples),
      note: `of ${drawn.states.length.toLocaleString("en-US")}${drawn.autocorrelationTime === undefined ? "" : `, autocorrelation ${shown(drawn.autocorrelationTime)}`}`,
    },
    ...(drawn.scaleReduction === undefined
      ? []
      : [{ label: "R̂", value: finiteOrText(drawn.scaleReduction), note: "1 where chains and their halves agree" }]),
    ...drawn.headlines,
  ];
  return {
    summary: `${countText(drawn.states.length, "sample")} of ${title} at β = ${shown(beta)}, temperature ${shown(1 / beta)}: mean ${objective} ${shown(mean)} ± ${shown(drawn.error)}${exact}. ${trust}`,
    headlines,
    next: [
      {
        command: commandOn("free-energy", flags),
        why: "Free energy, energy and entropy over a range of temperatures.",
      },
    ],
  };
}

/** JSON has no infinite numbers. */
const finiteOrText = (x: number) => (Number.isFinite(x) ? x : "∞");
