import { NdArray } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import { hintForName, listNames } from "../../../nearest-name.ts";
import { type ConfidentJoint, confidentJoint } from "./confident-joint.ts";
import { checkShapes, type LabelledProbabilities } from "./labelled-probabilities.ts";

const scoring = {
  "self-confidence": selfConfidence,
  "normalized-margin": normalizedMargin,
  "confidence-weighted-entropy": confidenceWeightedEntropy,
} as const;

/** How labels are scored; a low score is a label that is likely wrong. */
export type LabelScore = keyof typeof scoring;

/** All ways to score labels. */
export const labelScores = Object.keys(scoring) as LabelScore[];

/** What a probability is taken for at least where it divides or stands in a logarithm. */
export const leastConfidence = 1e-6;

function selfConfidence({ probabilities, labels }: LabelledProbabilities): Float64Array {
  const { data, shape } = probabilities;
  return Float64Array.from(labels, (label, row) => data[row * shape[1] + label]);
}

function normalizedMargin({ probabilities, labels }: LabelledProbabilities): Float64Array {
  const { data, shape } = probabilities;
  const classes = shape[1];
  const scores = new Float64Array(labels.length);
  for (let row = 0; row < labels.length; row++) {
    const first = row * classes;
    let other = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < classes; k++) if (k !== labels[row] && data[first + k] > other) other = data[first + k];
    scores[row] = (data[first + labels[row]] - other + 1) / 2;
  }
  return scores;
}

function confidenceWeightedEntropy({ probabilities, labels }: LabelledProbabilities): Float64Array {
  const { data, shape } = probabilities;
  const classes = shape[1];
  const scores = new Float64Array(labels.length);
  for (let row = 0; row < labels.length; row++) {
    let entropy = 0;
    for (let j = row * classes; j < (row + 1) * classes; j++) if (data[j] > 0) entropy -= data[j] * Math.log(data[j]);
    const own = Math.max(data[row * classes + labels[row]], leastConfidence);
    const weighted = entropy / Math.log(classes) / own;
    scores[row] = Math.log(weighted + 1) / Math.max(weighted, leastConfidence);
  }
  return scores;
}

/** How labels are scored. */
export interface ScoreOptions {
  /** The score; `self-confidence` when left out. */
  readonly score?: LabelScore;
  /** Whether each class's threshold is subtracted from its probabilities first, against imbalance. Not for the entropy. */
  readonly isAdjusted?: boolean;
}

/** Probabilities less the thresholds, shifted above 0 and divided by their sum. */
function adjusted(labelled: LabelledProbabilities, { thresholds }: ConfidentJoint): LabelledProbabilities {
  const { data, shape } = labelled.probabilities;
  const classes = shape[1];
  const most = Math.max(...thresholds);
  const moved = Float64Array.from(data, (p, i) => p - thresholds[i % classes] + most);
  for (let first = 0; first < moved.length; first += classes) {
    const row = moved.subarray(first, first + classes);
    const sum = row.reduce((a, b) => a + b, 0);
    for (let k = 0; k < classes; k++) row[k] /= sum;
  }
  return { probabilities: new NdArray(moved, shape), labels: labelled.labels };
}

/**
 * `[n]`: how likely each label is right, by out-of-sample probabilities; as in cleanlab:
 * `self-confidence` `p_ỹ`; `normalized-margin` `(p_ỹ − max_{k≠ỹ} p_k + 1) / 2`; `confidence-weighted-entropy` `log(1 + w) / w` of
 * `w = H(p) / (log K · p_ỹ)`. All lie in [0, 1].
 * @throws OrreryError `shape`, `not-found` for an unknown score, `argument` for an adjusted entropy.
 */
export function scoreLabels(
  labelled: LabelledProbabilities,
  { score = "self-confidence", isAdjusted = false }: ScoreOptions = {},
): Float64Array {
  checkShapes("label scores", labelled);
  if (!Object.hasOwn(scoring, score)) {
    throw new OrreryError("not-found", `label scores: no score "${score}"`, {
      hint: hintForName(score, labelScores, "Scores"),
    });
  }
  if (!isAdjusted) return scoring[score](labelled);
  if (score === "confidence-weighted-entropy") {
    throw new OrreryError("argument", `label scores: ${score} cannot be adjusted by thresholds`, {
      hint: `Adjust one of ${listNames(labelScores.filter((name) => name !== score))}.`,
    });
  }
  return scoring[score](adjusted(labelled, confidentJoint(labelled)));
}
