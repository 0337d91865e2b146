import { type Key, sampleUniform } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import type { Matrix } from "./transition.ts";

/** No class keeps fewer right labels than this fraction. */
const leastRight = 0.02;

/**
 * The matrix `I + s (T − I)` whose rate over classes of these sizes is `rate`; rows that would keep less than 2 % on the
 * diagonal stop there, and s grows for the others.
 * @throws OrreryError `argument` for a rate that the matrix cannot reach.
 */
export function scaleToRate(transition: Matrix, sizes: ArrayLike<number>, rate: number): number[][] {
  const total = Array.from(sizes).reduce((sum, size) => sum + size, 0);
  const wrongAt = (s: number) =>
    transition.reduce((sum, row, i) => sum + sizes[i] * Math.min(s * (1 - row[i]), 1 - leastRight), 0) / total;
  const most = transition.reduce((sum, row, i) => sum + (row[i] < 1 ? sizes[i] * (1 - leastRight) : 0), 0) / total;
  if (!(rate >= 0 && rate <= most)) {
    throw new OrreryError("argument", `realistic noise: the rate must be in [0, ${most.toFixed(2)}]; got ${rate}`, {
      hint: "A class that the guide never mistakes stays clean.",
    });
  }
  const scale = rate === 0 ? 0 : scaleOf(wrongAt, rate);
  return transition.map((row, i) => {
    const wrong = Math.min(scale * (1 - row[i]), 1 - leastRight);
    return row.map((value, j) => (i === j ? 1 - wrong : row[i] < 1 ? (value * wrong) / (1 - row[i]) : 0));
  });
}

/** The factor at which the piecewise linear, growing `wrongAt` is `rate`. */
function scaleOf(wrongAt: (s: number) => number, rate: number): number {
  const linear = rate / wrongAt(1e-6) / 1e6;
  if (Math.abs(wrongAt(linear) - rate) < 1e-12) return linear;
  let [low, high] = [0, Math.max(1, linear)];
  while (wrongAt(high) < rate && high < 1e12) high *= 2;
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2;
    if (wrongAt(middle) < rate) low = middle;
    else high = middle;
  }
  return high;
}

/**
 * How many examples of class i are to carry label j: each cell is `n_i T_ij` rounded up or down at random so that its mean
 * is exact and all cells together are `round(Σ n_i (1 − T_ii))`; the diagonal is what is left (systematic sampling).
 */
export function drawQuotas(matrix: Matrix, sizes: ArrayLike<number>, key: Key): number[][] {
  const cells = matrix.map((row, i) => row.map((value, j) => (i === j ? 0 : snapped(sizes[i] * value))));
  const total = cells.flat().reduce((sum, value) => sum + value, 0);
  const wanted = Math.round(total);
  // Any start in [0, 1) gives each cell its mean; those in this interval also give the wanted total.
  const fraction = total - wanted;
  const uniform = sampleUniform(key, 1, "float64")[0];
  const start = fraction <= 0 ? -fraction + uniform * (1 + fraction) : uniform * (1 - fraction);
  let [sum, before] = [start, Math.floor(start)];
  return cells.map((row, i) => {
    const quotas = row.map((value) => {
      sum = snapped(sum + value);
      const quota = Math.floor(sum) - before;
      before = Math.floor(sum);
      return quota;
    });
    quotas[i] = sizes[i] - quotas.reduce((flips, quota) => flips + quota, 0);
    return quotas;
  });
}

/** The whole number that rounding errors lead away from, else the value itself. */
function snapped(value: number): number {
  const whole = Math.round(value);
  return Math.abs(value - whole) < 1e-7 ? whole : value;
}
