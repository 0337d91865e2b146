import type { IsingModel } from "../model.ts";
import { autocorrelationTime } from "../statistics/autocorrelation.ts";
import { lnZDifference } from "../statistics/free-energy-difference.ts";

/** What was measured at one temperature of the ladder. */
export interface TemperatureRecord {
  readonly beta: number;
  readonly meanEnergy: number;
  /** Standard error, from blocks. */
  readonly error: number;
  /** `β² Var E`. */
  readonly heatCapacity: number;
  /** Share of the tried exchanges with the next colder one that were made; undefined at the coldest. */
  readonly exchangeRate: number | undefined;
  /** ln Z, from the sum of the differences up from β = 0, where it is N ln 2. */
  readonly lnZ: number;
  /** Standard error of ln Z by the jackknife over blocks. */
  readonly lnZError: number;
}

/** Samples in thermal equilibrium, coldest temperature of a ladder, with what the ladder tells. */
export interface ThermalSamples {
  readonly beta: number;
  /** States at β in the order in which they were drawn. */
  readonly states: readonly Int8Array[];
  /** Their energies. */
  readonly energies: Float64Array;
  readonly ladder: readonly TemperatureRecord[];
  readonly lnZ: number;
  /** Standard error of ln Z by the jackknife over blocks. */
  readonly lnZError: number;
  readonly freeEnergy: number;
  /** Integrated autocorrelation time of the energy at β, in samples. */
  readonly autocorrelationTime: number;
  /** Samples they are worth: count/(2 τ). */
  readonly effectiveSamples: number;
}

/** Blocks of the jackknife, and correlation times that one is at least long where there are more than the fewest. */
const [fewestBlocks, mostBlocks, timesPerBlock] = [10, 40, 20];

/** The number of blocks: the more, the better is the error known, but each must be longer than the energies remember. */
function blockCount(series: readonly Float64Array[]): number {
  const time = Math.max(...series.map(autocorrelationTime));
  return Math.max(fewestBlocks, Math.min(mostBlocks, Math.floor(series[0].length / (timesPerBlock * time))));
}

/** The series without block k of so many. */
function without(series: Float64Array, k: number, blocks: number): Float64Array {
  const [from, to] = [k, k + 1].map((b) => Math.floor((b * series.length) / blocks));
  return Float64Array.from([...series.subarray(0, from), ...series.subarray(to)]);
}

/** ln Z at each temperature of a ladder that begins at 0, from the energies of each. */
function lnZLadder(betas: Float64Array, series: readonly Float64Array[], spins: number): Float64Array {
  const lnZ = new Float64Array(betas.length);
  lnZ[0] = spins * Math.LN2;
  for (let r = 1; r < betas.length; r++) {
    const [hot, cold] = [r - 1, r].map((q) => ({ beta: betas[q], energies: series[q] }));
    lnZ[r] = lnZ[r - 1] + lnZDifference(hot, cold);
  }
  return lnZ;
}

/** Standard deviation of a mean from its leave-one-block-out values. */
function jackknifeError(values: readonly number[]): number {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const squares = values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return Math.sqrt((squares * (values.length - 1)) / values.length);
}

/** The record of a run: energies `series[r]` at each temperature, and the states at the last. */
export function summarizeSamples(
  model: IsingModel,
  run: {
    readonly betas: Float64Array;
    readonly series: readonly Float64Array[];
    readonly states: readonly Int8Array[];
    readonly exchangeRates: Float64Array;
  },
): ThermalSamples {
  const { betas, series, states, exchangeRates } = run;
  const last = betas.length - 1;
  const lnZ = lnZLadder(betas, series, model.spins);
  const blocks = blockCount(series);
  const hasBlocks = states.length >= 2 * blocks;
  const folds = Array.from({ length: blocks }, (_, k) => k);
  const lnZFolds = hasBlocks
    ? folds.map((k) => {
        const kept = series.map((s) => without(s, k, blocks));
        return lnZLadder(betas, kept, model.spins);
      })
    : [];
  const lnZErrorAt = (r: number) =>
    hasBlocks ? jackknifeError(lnZFolds.map((fold) => fold[r])) : Number.POSITIVE_INFINITY;
  const mean = (values: Float64Array) => values.reduce((sum, x) => sum + x, 0) / values.length;
  const ladder = series.map((energies, r): TemperatureRecord => {
    const meanEnergy = mean(energies);
    const variance = energies.reduce((sum, e) => sum + (e - meanEnergy) ** 2, 0) / energies.length;
    return {
      beta: betas[r],
      meanEnergy,
      error: hasBlocks
        ? jackknifeError(folds.map((k) => mean(without(energies, k, blocks))))
        : Number.POSITIVE_INFINITY,
      heatCapacity: betas[r] ** 2 * variance,
      exchangeRate: r < last ? exchangeRates[r] : undefined,
      lnZ: lnZ[r],
      lnZError: r === 0 ? 0 : lnZErrorAt(r),
    };
  });
  const time = autocorrelationTime(series[last]);
  return {
    beta: betas[last],
    states,
    energies: series[last],
    ladder,
    lnZ: lnZ[last],
    lnZError: lnZErrorAt(last),
    freeEnergy: -lnZ[last] / betas[last],
    autocorrelationTime: time,
    effectiveSamples: states.length / (2 * time),
  };
}
