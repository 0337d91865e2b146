import type { Figure, Mark } from "../../../lab/index.ts";
import type { IsingModel } from "../model.ts";
import { autocorrelation } from "../statistics/autocorrelation.ts";
import { histogramOf } from "./bins.ts";
import { countText, shown } from "./text.ts";

/** Samples of one temperature, by the chains that drew them. */
export interface SampleSeries {
  readonly model: IsingModel;
  /** What the user counts: energy, value, cut. */
  readonly objective: string;
  readonly beta: number;
  /** Energies of each chain in the order in which they were drawn. */
  readonly energies: readonly Float64Array[];
  readonly states: readonly Int8Array[];
  /** The exact mean energy, where it is known. */
  readonly exactEnergy?: number | undefined;
}

const zeroLine: Mark = { mark: "ruleY", rows: [{ zero: 0 }], channels: { y: "zero" } };
/** Points of a trace. */
const mostPoints = 1200;
const lags = 60;

/** How often each objective was met, with the mean, and the exact one where it is known. */
export function energyHistogram({ model, objective, energies, beta, exactEnergy }: SampleSeries): Figure {
  const all = energies.flatMap((series) => Array.from(series, (e) => model.objectiveOf(e)));
  const mean = all.reduce((sum, e) => sum + e, 0) / all.length;
  const spread = Math.sqrt(all.reduce((sum, e) => sum + (e - mean) ** 2, 0) / all.length);
  const { rows } = histogramOf(all);
  const exact = exactEnergy === undefined ? undefined : model.objectiveOf(exactEnergy);
  const marks: Mark[] = [
    { mark: "ruleX", rows: [{ mean }], channels: { x: "mean" }, options: { strokeWidth: 2 } },
    ...(exact === undefined
      ? []
      : [
          {
            mark: "ruleX",
            rows: [{ exact }],
            channels: { x: "exact" },
            options: { strokeDasharray: "4 3", strokeWidth: 2 },
          } as const,
        ]),
  ];
  const against = exact === undefined ? "" : `; the exact mean, dashed, is ${shown(exact)}`;
  return {
    name: "energies",
    title: `The ${objective} at β = ${shown(beta)}`,
    summary: `${countText(all.length, "sample")}: mean ${shown(mean)}, drawn as a line, standard deviation ${shown(spread)}${against}.`,
    drawing: {
      kind: "chart",
      marks: [{ mark: "rectY", channels: { x1: "from", x2: "to", y: "count" } }, zeroLine, ...marks],
      x: { label: objective },
      y: { label: "samples", grid: true },
      height: 280,
    },
    table: { rows },
  };
}

/** `Σ_i s_i / N` of a state. */
export const magnetizationOf = (state: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < state.length; i++) sum += state[i];
  return sum / state.length;
};

/** How often each magnetisation was met. */
export function magnetizationHistogram({ states, beta }: SampleSeries): Figure {
  const all = states.map(magnetizationOf);
  const { rows } = histogramOf(all);
  const mean = all.reduce((sum, m) => sum + m, 0) / all.length;
  const absolute = all.reduce((sum, m) => sum + Math.abs(m), 0) / all.length;
  return {
    name: "magnetization",
    title: `The magnetisation at β = ${shown(beta)}`,
    summary: `m = Σ s / N of ${countText(all.length, "sample")}: mean ${shown(mean)}, mean |m| ${shown(absolute)}.`,
    drawing: {
      kind: "chart",
      marks: [{ mark: "rectY", channels: { x1: "from", x2: "to", y: "count" } }, zeroLine],
      x: { label: "magnetisation m", domain: [-1, 1] },
      y: { label: "samples", grid: true },
      height: 260,
    },
    table: { rows },
  };
}

/** The objective from sample to sample: a chain that still drifts had too little time to settle. */
export function traceFigure({ model, objective, energies }: SampleSeries): Figure {
  const step = Math.max(1, Math.ceil((energies.length * energies[0].length) / mostPoints));
  const rows = energies.flatMap((series, c) =>
    Array.from(series, (e, sample) => ({ chain: `chain ${c + 1}`, sample, objective: model.objectiveOf(e) })).filter(
      ({ sample }) => sample % step === 0,
    ),
  );
  const [first, second] = [0, 1].map((half) => {
    const parts = energies.flatMap((s) => [...s.subarray((half * s.length) >> 1, ((half + 1) * s.length) >> 1)]);
    return model.objectiveOf(parts.reduce((sum, e) => sum + e, 0) / Math.max(1, parts.length));
  });
  const channels = { x: "sample", y: "objective", ...(energies.length > 1 ? { stroke: "chain" } : {}) };
  return {
    name: "trace",
    title: `The ${objective} from sample to sample`,
    summary: `${countText(energies.length, "chain")} of ${countText(energies[0].length, "sample")}${step === 1 ? "" : `, every ${step}th drawn`}: mean ${shown(first)} in the first half, ${shown(second)} in the second.`,
    drawing: {
      kind: "chart",
      marks: [{ mark: "line", channels, options: { strokeWidth: 1 } }],
      x: { label: "sample" },
      y: { label: objective, grid: true },
      height: 240,
    },
    table: { columns: [{ name: "chain" }, { name: "sample" }, { name: "objective", label: objective }], rows },
  };
}

/** How much a sample knows of the ones after it: the mean over the chains of ρ(t). */
export function autocorrelationFigure({ energies }: SampleSeries, time: number): Figure {
  const each = energies.map((series) => autocorrelation(series, lags));
  const rows = Array.from({ length: each[0].length }, (_, lag) => ({
    lag,
    correlation: each.reduce((sum, list) => sum + list[lag], 0) / each.length,
  }));
  return {
    name: "autocorrelation",
    title: "How soon samples forget",
    summary: `The energy's correlation with itself ${rows.length > 1 ? `falls to ${shown(rows[1].correlation)} from one sample to the next` : "is that of one sample"}; integrated autocorrelation time ${shown(time)} samples: ${shown(2 * time)} samples are worth one independent one.`,
    drawing: {
      kind: "chart",
      marks: [{ mark: "line", channels: { x: "lag", y: "correlation" } }, zeroLine],
      x: { label: "samples later" },
      y: { label: "correlation ρ of the energy", grid: true },
      height: 240,
    },
    table: { rows },
  };
}
