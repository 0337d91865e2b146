import type { ConfidentJoint } from "./confident-joint.ts";

/** What a confident joint says of the true classes. Matrices are nested lists, row by row. */
export interface LatentNoise {
  /** `[K]`: P(y = k), the share of each true class. */
  readonly prior: readonly number[];
  /** `[K][K]`: P(ỹ = j | y = i), row i summing to 1; the identity's row for a class that none belongs to. */
  readonly transition: readonly (readonly number[])[];
  /** `[K][K]`: P(y = j | ỹ = i), row i summing to 1. */
  readonly inverse: readonly (readonly number[])[];
}

const leastShare = 1e-6;
const mostNoise = 0.9999;

/** Rates off the diagonal at most 0.9999, then rows divided by their sums; a row of zeros becomes the identity's. */
function clippedRows(rows: number[][]): number[][] {
  return rows.map((row, i) => {
    const clipped = row.map((rate, j) => (i === j ? rate : Math.min(Math.max(rate, 0), mostNoise)));
    const sum = clipped.reduce((a, b) => a + b, 0);
    return clipped.map((rate, j) => (sum > 0 ? rate / sum : Number(i === j)));
  });
}

/**
 * Prior, transition matrix and its inverse from the calibrated confident joint C (row = label): `P(ỹ=j | y=i) = C[j][i] / Σ_j C[j][i]`,
 * `P(y=j | ỹ=i) = C[i][j] / Σ_j C[i][j]`, and `P(y=k) ∝ P(y=k | ỹ=k) / P(ỹ=k | y=k) · P(ỹ=k)`, cleanlab's estimate by the diagonals.
 */
export function latentNoise({ classes, calibrated, labelCounts }: ConfidentJoint): LatentNoise {
  const indices = Array.from({ length: classes }, (_, k) => k);
  const cell = (label: number, truth: number) => calibrated[label * classes + truth];
  const truths = indices.map((i) => indices.reduce((sum, j) => sum + cell(j, i), 0));
  const rows = labelCounts.reduce((a, b) => a + b, 0);
  const share = (part: number, whole: number) => (whole > 0 ? part / whole : 0);
  const transition = indices.map((i) => indices.map((j) => share(cell(j, i), truths[i])));
  const inverse = indices.map((i) => indices.map((j) => share(cell(i, j), labelCounts[i])));
  const raw = indices.map((k) => {
    const kept = transition[k][k];
    const part = kept > 0 ? (inverse[k][k] / kept) * (labelCounts[k] / rows) : 0;
    return Math.min(Math.max(part, leastShare), 1);
  });
  const total = raw.reduce((a, b) => a + b, 0);
  return {
    prior: raw.map((part) => part / total),
    transition: clippedRows(transition),
    inverse: clippedRows(inverse),
  };
}
