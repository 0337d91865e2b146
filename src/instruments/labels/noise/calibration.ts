import type { Key } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import { drawFieldNoise, drawFlips, type FieldStrengths } from "./flip-field.ts";
import type { LabelGeometry } from "./geometry.ts";
import { concentration, flipMargins } from "./indicators.ts";
import { drawQuotas } from "./quotas.ts";
import type { SharedStrengths } from "./realistic-annotators.ts";
import { type Crossing, solveIncreasing } from "./solve-increasing.ts";
import type { Matrix } from "./transition.ts";

/** What strengths are sought for. */
export interface CalibrationGoal {
  readonly concentration: number;
  readonly margin: number;
}

/** One finished search for a strength. */
export interface CalibrationEvent {
  readonly kind: "calibration";
  readonly parameter: keyof FieldStrengths | keyof SharedStrengths;
  readonly strength: number;
  /** What the strength brings about, the mean over the seeds, and what was wanted. */
  readonly measured: number;
  readonly wanted: number;
}

/** Settings of `calibrateField`. */
export interface CalibrationOptions {
  readonly goal: CalibrationGoal;
  readonly matrix: Matrix;
  readonly key: Key;
  readonly signal?: AbortSignal;
  readonly observer?: (event: CalibrationEvent) => void;
}

/** The strengths found and what they bring about, the mean over the seeds. */
export interface Calibration {
  readonly strengths: FieldStrengths;
  readonly reached: CalibrationGoal;
}

const mostRounds = 6;
/** Seeds over which the indicators are averaged: three, or as many as it takes to see this many flips. */
const fewestSeeds = 3;
const mostSeeds = 24;
const flipsSeen = 20_000;
const search = { low: 0, high: 4, steps: 12 };
const tolerance = 0.002;
/** How far from its goal an indicator may be to count as met; single drawings scatter by more. */
export const nearEnough = 0.02;

/**
 * The strengths with which flips drawn from `matrix` have the wanted margin and concentration, the mean over at least three
 * seeds: γ_m for the margin, then γ_c for what is missing in concentration, in turn until both are met. Not all can be:
 * where a rule decides, a class with a part T of flips has a concentration near 1 / T, while neighbourhoods that share half
 * of their terms, the limit of a large γ_c, bring 2.3 at T = 0.17.
 * @throws OrreryError `cancelled`.
 */
export function calibrateField(geometry: LabelGeometry, options: CalibrationOptions): Calibration {
  const { goal, matrix, key, signal, observer } = options;
  const sizes = geometry.members.map(({ length }) => length);
  const flips = matrix.reduce((sum, row, i) => sum + sizes[i] * (1 - row[i]), 0);
  const seeds = Math.max(fewestSeeds, Math.min(mostSeeds, Math.ceil(flipsSeen / Math.max(1, flips))));
  const drawings = Array.from({ length: seeds }, (_, s) => {
    const [quotaKey, noiseKey] = key.fold(s).split(2);
    return { quotas: drawQuotas(matrix, sizes, quotaKey), noise: drawFieldNoise(geometry, noiseKey) };
  });
  const meanOf = (strengths: FieldStrengths, indicator: typeof concentration) => {
    if (signal?.aborted === true) throw new OrreryError("cancelled", "realistic noise: cancelled while calibrating");
    const values = drawings.map(
      ({ quotas, noise }) => indicator(geometry, drawFlips(geometry, quotas, strengths, noise)).pooled,
    );
    return values.reduce<number>((sum, value) => sum + (value ?? 0), 0) / seeds;
  };
  let strengths: FieldStrengths = { margin: 0, neighborhood: 0 };
  const report = (parameter: keyof FieldStrengths, found: Crossing, wanted: number) => {
    strengths = { ...strengths, [parameter]: found.x };
    observer?.({ kind: "calibration", parameter, strength: found.x, measured: found.value, wanted });
  };
  const settings = { ...search, tolerance };
  let reached = { concentration: Number.NaN, margin: Number.NaN };
  for (let round = 0; round < mostRounds; round++) {
    const before = strengths;
    const margin = (x: number) => meanOf({ ...strengths, margin: x }, flipMargins);
    report("margin", solveIncreasing(margin, goal.margin, settings), goal.margin);
    const near = (x: number) => meanOf({ ...strengths, neighborhood: x }, concentration);
    const found = solveIncreasing(near, goal.concentration, settings);
    report("neighborhood", found, goal.concentration);
    reached = { concentration: found.value, margin: meanOf(strengths, flipMargins) };
    const isSettled = strengths.margin === before.margin && strengths.neighborhood === before.neighborhood;
    if (isSettled || Math.abs(reached.margin - goal.margin) <= nearEnough / 2) break;
  }
  return { strengths, reached };
}

/** What of a goal the strengths leave unmet, as notes for the user. */
export function unmetGoals({ reached }: Calibration, goal: CalibrationGoal): string[] {
  return (["concentration", "margin"] as const).flatMap((name) => {
    if (Math.abs(reached[name] - goal[name]) <= nearEnough) return [];
    return [`the guide's ${name} of ${goal[name].toFixed(2)} is out of reach: ${reached[name].toFixed(2)} on average`];
  });
}
