import { OrreryError } from "../errors.ts";

/** Two normal distributions on a line, the one with the lower mean first. */
export interface GaussianMixture {
  readonly weights: readonly [number, number];
  readonly means: readonly [number, number];
  readonly variances: readonly [number, number];
  /** The mean log-likelihood of the points under the mixture before the last step. */
  readonly logLikelihood: number;
  /** For each point the probability that it belongs to the first distribution. */
  readonly lower: Float64Array;
}

export interface GaussianMixtureOptions {
  /** The most EM steps; 100 when left out. */
  readonly iterations?: number;
  /** EM stops once the mean log-likelihood grows by less; 1e-3 when left out. */
  readonly tolerance?: number;
  /** Added to the variances; 1e-6 when left out. */
  readonly regularization?: number;
}

type Pair = [number, number];

/** The parts into which two-means divides points, starting from the extremes: 1 where a point is in the lower one. */
function divide(points: ArrayLike<number>): Float64Array {
  const lower = new Float64Array(points.length);
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < points.length; i++) [low, high] = [Math.min(low, points[i]), Math.max(high, points[i])];
  for (let round = 0; round < 100; round++) {
    const border = (low + high) / 2;
    const [sums, counts]: [Pair, Pair] = [
      [0, 0],
      [0, 0],
    ];
    for (let i = 0; i < points.length; i++) {
      const side = points[i] <= border ? 0 : 1;
      lower[i] = 1 - side;
      sums[side] += points[i];
      counts[side]++;
    }
    const next: Pair = [counts[0] === 0 ? low : sums[0] / counts[0], counts[1] === 0 ? high : sums[1] / counts[1]];
    if (next[0] === low && next[1] === high) break;
    [low, high] = next;
  }
  return lower;
}

/** Weights, means and variances from the memberships; a group without members takes the other one's place with weight 0. */
function maximize(points: ArrayLike<number>, lower: Float64Array, regularization: number) {
  const [counts, means, variances]: [Pair, Pair, Pair] = [
    [0, 0],
    [0, 0],
    [0, 0],
  ];
  for (let i = 0; i < points.length; i++) {
    counts[0] += lower[i];
    counts[1] += 1 - lower[i];
    means[0] += lower[i] * points[i];
    means[1] += (1 - lower[i]) * points[i];
  }
  const isEmpty = counts.map((count) => count < 1e-10);
  for (const side of [0, 1] as const) if (!isEmpty[side]) means[side] /= counts[side];
  for (const side of [0, 1] as const) if (isEmpty[side]) means[side] = means[1 - side];
  for (let i = 0; i < points.length; i++) {
    variances[0] += lower[i] * (points[i] - means[0]) ** 2;
    variances[1] += (1 - lower[i]) * (points[i] - means[1]) ** 2;
  }
  for (const side of [0, 1] as const)
    variances[side] = variances[side] / Math.max(counts[side], 1e-10) + regularization;
  const weights = counts.map((count) => count / points.length) as Pair;
  return { weights, means, variances };
}

/** Sets the memberships and answers the mean log-likelihood. */
function expect(
  points: ArrayLike<number>,
  { weights, means, variances }: ReturnType<typeof maximize>,
  lower: Float64Array,
): number {
  const constants = weights.map((weight, i) => Math.log(weight) - 0.5 * Math.log(2 * Math.PI * variances[i]));
  let total = 0;
  for (let i = 0; i < points.length; i++) {
    const [first, second] = constants.map((c, side) => c - (points[i] - means[side]) ** 2 / (2 * variances[side]));
    const most = Math.max(first, second);
    const both = most + Math.log(Math.exp(first - most) + Math.exp(second - most));
    lower[i] = Math.exp(first - both);
    total += both;
  }
  return total / points.length;
}

/**
 * Fits two normal distributions to points on a line by expectation maximisation (Dempster et al. 1977), from the division of two-means.
 * Points that are all equal belong to the lower one.
 * @throws OrreryError `argument` for no points or a point that is not finite.
 */
export function gaussianMixture(points: ArrayLike<number>, options: GaussianMixtureOptions = {}): GaussianMixture {
  const { iterations = 100, tolerance = 1e-3, regularization = 1e-6 } = options;
  const wrong = Array.from(points).findIndex((point) => !Number.isFinite(point));
  if (points.length === 0 || wrong !== -1) {
    const got = points.length === 0 ? "none" : `${points[wrong]} at ${wrong}`;
    throw new OrreryError("argument", `gaussianMixture: expected finite points; got ${got}`);
  }
  const lower = divide(points);
  let model = maximize(points, lower, regularization);
  let logLikelihood = Number.NEGATIVE_INFINITY;
  for (let iteration = 0; iteration < iterations; iteration++) {
    const next = expect(points, model, lower);
    model = maximize(points, lower, regularization);
    const gain = next - logLikelihood;
    logLikelihood = next;
    if (gain < tolerance) break;
  }
  expect(points, model, lower);
  const isOrdered = model.means[0] <= model.means[1];
  const ordered = ([a, b]: Pair): Pair => (isOrdered ? [a, b] : [b, a]);
  return {
    ...{ weights: ordered(model.weights), means: ordered(model.means), variances: ordered(model.variances) },
    ...{ logLikelihood, lower: isOrdered ? lower : lower.map((p) => 1 - p) },
  };
}
