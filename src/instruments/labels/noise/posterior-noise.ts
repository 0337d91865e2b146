import { type Key, type NdArray, sampleUniform } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import { rowsOf } from "../../../math/rows.ts";
import { checkRate } from "./check.ts";
import type { CheckedTarget, Drawn } from "./labelling.ts";

/** The chance to be flipped, up to a factor, at margin Δ in [0, 1] between the two likeliest classes. */
const marginCurves = {
  I: (margin: number) => 0.5 - 0.5 * margin ** 2,
  II: (margin: number) => 1 - margin ** 3,
  III: (margin: number) => 1 - (margin ** 3 + margin ** 2 + margin) / 3,
} as const;

/** The three types of polynomial-margin noise. */
export type MarginType = keyof typeof marginCurves;

/** For each example the likeliest class beside its own, and how much less likely that one is (0 if it is not). */
function rivals(where: string, target: CheckedTarget, posterior: NdArray) {
  const { clean, classes } = target;
  const { count, width, values } = rowsOf(`${where}: probabilities`, posterior);
  if (count !== clean.length || width !== classes) {
    throw new OrreryError(
      "shape",
      `${where}: expected probabilities [${clean.length}, ${classes}]; got [${posterior.shape.join(", ")}]`,
    );
  }
  const rival = new Int32Array(count);
  const margin = new Float64Array(count);
  for (let n = 0; n < count; n++) {
    const p = values.subarray(n * width, (n + 1) * width);
    let best = clean[n] === 0 ? 1 : 0;
    for (let j = 0; j < width; j++) if (j !== clean[n] && p[j] > p[best]) best = j;
    rival[n] = best;
    margin[n] = p[clean[n]] - p[best];
  }
  return { rival, margin };
}

/** The chances `min(1, c·f)` with the factor c that gives them the mean `rate`. */
function scaledToRate(curve: Float64Array, rate: number): Float64Array {
  const at = (factor: number) => curve.map((value) => Math.min(1, factor * value));
  const meanAt = (factor: number) => at(factor).reduce((sum, value) => sum + value, 0) / curve.length;
  if (rate === 0) return at(0);
  let [low, high] = [0, 1];
  while (meanAt(high) < rate && high < 1e12) high *= 2;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (meanAt(middle) < rate) low = middle;
    else high = middle;
  }
  return at(high);
}

/**
 * Polynomial-margin noise: with η the posterior, an example of class u goes to the likeliest other class s with a chance
 * that falls with Δ = η_u − η_s (0 where s is likelier): type I `½ − ½Δ²`, II `1 − Δ³`, III `1 − ⅓(Δ³ + Δ² + Δ)`, times
 * the factor that makes the mean `rate`. Source: Zhang et al., "Learning with feature-dependent label noise", 2021.
 * @throws OrreryError `shape`, `argument` for a posterior that is not `[n, K]` or a rate that no factor reaches.
 */
export function polynomialMarginNoise(
  target: CheckedTarget,
  { rate, type, posterior }: { readonly rate: number; readonly type: MarginType; readonly posterior: NdArray },
  key: Key,
): Drawn {
  const where = "polynomial-margin noise";
  checkRate(where, rate);
  const { rival, margin } = rivals(where, target, posterior);
  const curve = margin.map((value) => marginCurves[type](Math.max(0, Math.min(1, value))));
  const itemRates = scaledToRate(curve, rate);
  const reached = itemRates.reduce((sum, value) => sum + value, 0) / itemRates.length;
  if (reached < rate - 1e-6) {
    throw new OrreryError("argument", `${where}: rate ${rate} cannot be reached; at most ${reached.toFixed(4)}`, {
      hint: "The posterior is certain of too many examples: soften it or ask for a lower rate.",
    });
  }
  const uniform = sampleUniform(key, rival.length, "float64");
  const labels = target.clean.map((y, n) => (uniform[n] < itemRates[n] ? rival[n] : y));
  return { labels, nominalRate: rate, itemRates };
}

/**
 * Noise of a weak teacher: the `round(r·n)` examples whose class the teacher prefers least over the best other one get that
 * other class, so the rate is exact. Source: Algan & Ulusoy, "Label noise types and their effects", 2020.
 * @throws OrreryError `shape` for probabilities that are not `[n, K]`.
 */
export function teacherNoise(
  target: CheckedTarget,
  { rate, probabilities }: { readonly rate: number; readonly probabilities: NdArray },
): Drawn {
  checkRate("teacher noise", rate);
  const { rival, margin } = rivals("teacher noise", target, probabilities);
  const order = Array.from(margin, (_, n) => n).sort((a, b) => margin[a] - margin[b] || a - b);
  const labels = Int32Array.from(target.clean);
  for (const n of order.slice(0, Math.round(rate * order.length))) labels[n] = rival[n];
  return { labels, nominalRate: rate };
}
