import { type Key, sampleUniform } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import { checkRate } from "./check.ts";
import { sampleDirichlet } from "./dirichlet.ts";

/** A square matrix by classes: row = true class, column = observed label. */
export type Matrix = readonly (readonly number[])[];

/** A K×K matrix of the values `f(i, j)`. */
export function matrixOf(classes: number, f: (i: number, j: number) => number): number[][] {
  return Array.from({ length: classes }, (_, i) => Array.from({ length: classes }, (_, j) => f(i, j)));
}

/** `[K][K]`: how many examples of true class i carry label j. */
export function transitionCounts(clean: ArrayLike<number>, labels: ArrayLike<number>, classes: number): number[][] {
  const counts = matrixOf(classes, () => 0);
  for (let i = 0; i < clean.length; i++) counts[clean[i]][labels[i]]++;
  return counts;
}

/** Rows divided by their sums; a row of zeros becomes the identity's. */
export function normalizeRows(counts: Matrix): number[][] {
  return counts.map((row, i) => {
    const total = row.reduce((sum, value) => sum + value, 0);
    return row.map((value, j) => (total > 0 ? value / total : i === j ? 1 : 0));
  });
}

/**
 * Symmetric noise over K classes. Exclusive: `T_ii = 1 − r`, `T_ij = r / (K − 1)`. Inclusive: with chance r a label is
 * drawn from all K classes, the true one among them, so that only `r (K − 1) / K` of the labels become wrong.
 */
export function symmetricTransition(classes: number, rate: number, isInclusive = false): number[][] {
  checkRate("symmetric noise", rate);
  const wrong = isInclusive ? (rate * (classes - 1)) / classes : rate;
  return matrixOf(classes, (i, j) => (i === j ? 1 - wrong : wrong / (classes - 1)));
}

/** Pair noise: `T_ii = 1 − r`, `T_{i, (i + 1) mod K} = r`. */
export function pairTransition(classes: number, rate: number): number[][] {
  checkRate("pair noise", rate);
  return matrixOf(classes, (i, j) => (i === j ? 1 - rate : j === (i + 1) % classes ? rate : 0));
}

/** Flips of single classes: `T_ij = r` for each `[i, j]` of `flips`, at most one for each i; other classes stay clean. */
export function flipTransition(
  classes: number,
  rate: number,
  flips: readonly (readonly [number, number])[],
): number[][] {
  checkRate("asymmetric noise", rate);
  const to = new Map(flips);
  return matrixOf(classes, (i, j) => {
    const flip = to.get(i);
    if (flip === undefined || flip === i) return i === j ? 1 : 0;
    return i === j ? 1 - rate : j === flip ? rate : 0;
  });
}

/**
 * A random matrix whose diagonal sums to `K (1 − rate)`: the classes' rates are K·r·w with w ∼ Dirichlet(`10·concentration`),
 * none above 0.95, and each row's flips are shared out by a Dirichlet(`concentration`), for a concentration above 0.
 */
export function randomTransition(classes: number, rate: number, concentration: number, key: Key): number[][] {
  checkRate("random matrix", rate, mostRandomRate);
  const [rateKey, flipKey] = key.split(2);
  const weights = sampleDirichlet(rateKey, classes, 10 * concentration);
  const rates = capRates(Array.from(weights, (weight) => weight * classes * rate));
  return rates.map((wrong, i) => {
    const shares = sampleDirichlet(flipKey.fold(i), classes - 1, concentration);
    return Array.from({ length: classes }, (_, j) => (i === j ? 1 - wrong : wrong * shares[j < i ? j : j - 1]));
  });
}

const mostRandomRate = 0.95;

/** Moves what exceeds the largest rate to the other classes, in proportion to their room; the sum stays. */
function capRates(rates: readonly number[]): number[] {
  const excess = rates.reduce((sum, rate) => sum + Math.max(0, rate - mostRandomRate), 0);
  const room = rates.reduce((sum, rate) => sum + Math.max(0, mostRandomRate - rate), 0);
  if (excess === 0) return [...rates];
  return rates.map((rate) =>
    rate >= mostRandomRate ? mostRandomRate : rate + ((mostRandomRate - rate) * excess) / room,
  );
}

/** @throws OrreryError `shape`, `argument` naming the row unless the matrix is K×K with non-negative rows that sum to 1. */
export function checkTransition(where: string, matrix: Matrix, classes: number): void {
  if (matrix.length !== classes) {
    throw new OrreryError("shape", `${where}: expected ${classes} rows, one for each class; got ${matrix.length}`);
  }
  matrix.forEach((row, i) => {
    if (row.length !== classes) {
      throw new OrreryError("shape", `${where}: row ${i}: expected ${classes} columns; got ${row.length}`);
    }
    const bad = row.findIndex((value) => !(value >= 0));
    const sum = row.reduce((total, value) => total + value, 0);
    if (bad < 0 && Math.abs(sum - 1) < 1e-6) return;
    const got = bad >= 0 ? `${row[bad]} in column ${bad}` : `a sum of ${Number(sum.toPrecision(6))}`;
    throw new OrreryError("argument", `${where}: row ${i}: expected probabilities that sum to 1; got ${got}`, {
      hint: "Row i holds P(label j | true class i).",
    });
  });
}

/** A label for each example, drawn from its true class's row. */
export function drawFromTransition(clean: Int32Array, matrix: Matrix, key: Key): Int32Array {
  const uniform = sampleUniform(key, clean.length, "float64");
  return clean.map((y, n) => drawFromRow(matrix[y], uniform[n], y));
}

/** The index at which the cumulative sum of `row` passes `uniform`; `fallback` when rounding keeps it below. */
export function drawFromRow(row: ArrayLike<number>, uniform: number, fallback: number): number {
  let left = uniform;
  for (let j = 0; j < row.length; j++) {
    left -= row[j];
    if (left < 0) return j;
  }
  return fallback;
}
