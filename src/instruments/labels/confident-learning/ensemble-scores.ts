import { NdArray } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import { leastConfidence, type ScoreOptions, scoreLabels } from "./label-scores.ts";
import { likeliestClasses, type Probabilities } from "./labelled-probabilities.ts";

/** How the scores of several models are averaged: equally, by accuracy on the given labels, by their log-loss, or by given weights. */
export type EnsembleWeighting = "uniform" | "accuracy" | "log-loss" | readonly number[];

/** The sharpnesses tried for weights by log-loss. */
const sharpnesses = [1e-4, 1e-3, 1e-2, 1e-1, 1, 10, 100, 200];

/** `−mean log p_ỹ` of probabilities at least `least`, divided by their sum. */
function logLoss(labels: Int32Array, { data, shape }: Probabilities, least: number): number {
  const classes = shape[1];
  let loss = 0;
  for (let row = 0; row < labels.length; row++) {
    let sum = 0;
    for (let j = row * classes; j < (row + 1) * classes; j++) sum += Math.max(data[j], least);
    loss -= Math.log(Math.max(data[row * classes + labels[row]], least) / sum);
  }
  return loss / labels.length;
}

function normalized(weights: readonly number[]): number[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}

/** Weights `∝ exp(−t · loss)` of the sharpness t whose weighted mean has the least log-loss. */
function logLossWeights(members: readonly Probabilities[], labels: Int32Array): number[] {
  const losses = members.map((member) => logLoss(labels, member, leastConfidence));
  let best = { loss: Number.POSITIVE_INFINITY, weights: normalized(losses.map(() => 1)) };
  for (const sharpness of sharpnesses) {
    const weights = normalized(losses.map((loss) => Math.exp(-sharpness * loss)));
    if (weights.some(Number.isNaN)) continue;
    const data = new Float64Array(members[0].size);
    members.forEach((member, m) => {
      for (let i = 0; i < data.length; i++) data[i] += weights[m] * member.data[i];
    });
    const loss = logLoss(labels, new NdArray(data, members[0].shape), Number.EPSILON);
    if (loss < best.loss) best = { loss, weights };
  }
  return best.weights;
}

function weightsOf(
  weighting: EnsembleWeighting,
  members: readonly Probabilities[],
  labels: Int32Array,
): readonly number[] {
  if (typeof weighting !== "string") return weighting;
  if (weighting === "uniform") return normalized(members.map(() => 1));
  if (weighting === "log-loss") return logLossWeights(members, labels);
  const right = members.map((member) =>
    likeliestClasses(member).reduce((sum, likeliest, row) => sum + Number(likeliest === labels[row]), 0),
  );
  return normalized(right.every((count) => count === 0) ? right.map(() => 1) : right);
}

/**
 * `[n]`: `scoreLabels` by several models, averaged.
 * @throws OrreryError `argument` without models or with weights that are not theirs, and as `scoreLabels`.
 */
export function scoreLabelsByEnsemble(
  members: readonly Probabilities[],
  labels: Int32Array,
  { weighting = "accuracy", ...options }: ScoreOptions & { readonly weighting?: EnsembleWeighting } = {},
): Float64Array {
  if (members.length === 0) throw new OrreryError("argument", "ensemble scores: expected at least one model; got none");
  const scores = members.map((probabilities) => scoreLabels({ probabilities, labels }, options));
  const weights = weightsOf(weighting, members, labels);
  if (weights.length !== members.length) {
    throw new OrreryError(
      "argument",
      `ensemble scores: expected ${members.length} weights, one for each model; got ${weights.length}`,
    );
  }
  return scores[0].map((_, row) => scores.reduce((sum, own, m) => sum + weights[m] * own[row], 0));
}
