import { type Key, sampleNormal, sampleUniform } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import { rowsOf } from "../../../math/rows.ts";
import { checkRate } from "./check.ts";
import { type CheckedTarget, type Drawn, requireFeatures } from "./labelling.ts";
import { drawFromRow } from "./transition.ts";

/** Settings of instance-dependent noise. */
export interface InstanceDependentOptions {
  readonly rate: number;
  /** `part-dependent`: a projection for each true class; `shared`: one for all, as CIFAR-N's authors generate it. */
  readonly variant?: "part-dependent" | "shared";
  /** Divides the scores before the softmax; 1 as published, where many features make one wrong class certain. */
  readonly temperature?: number;
}

const rateDeviation = 0.1;

/**
 * Instance-dependent noise: example n is flipped with chance `q_n ∼ N(r, 0.1²)` kept within [0, 1], and goes to class j ≠ y
 * with the softmax of `x_n · W[y]`, where W is standard normal. Source: Xia et al., "Part-dependent label noise", 2020,
 * and its code; `shared` as in the code of Wei et al., "Learning with noisy labels revisited", 2022.
 * @throws OrreryError `argument` without features or for settings out of range.
 */
export function instanceDependentNoise(target: CheckedTarget, options: InstanceDependentOptions, key: Key): Drawn {
  const where = "instance-dependent noise";
  const { rate, variant = "part-dependent", temperature = 1 } = options;
  checkRate(where, rate);
  if (!(temperature > 0)) {
    throw new OrreryError("argument", `${where}: the temperature must be positive; got ${temperature}`);
  }
  const { width: d, values } = rowsOf(`${where}: features`, requireFeatures(where, target));
  const { clean, classes } = target;
  const [rateKey, weightKey, labelKey] = key.split(3);
  const itemRates = rate === 0 ? new Float64Array(clean.length) : truncatedNormal(rateKey, clean.length, rate);
  const uniform = sampleUniform(labelKey, clean.length, "float64");
  const weights = Array.from({ length: variant === "shared" ? 1 : classes }, (_, y) =>
    sampleNormal(weightKey.fold(y), d * classes),
  );
  const scores = new Float64Array(classes);
  const labels = clean.map((y, n) => {
    scores.fill(0);
    const w = weights[variant === "shared" ? 0 : y];
    for (let f = 0; f < d; f++) {
      const x = values[n * d + f] / temperature;
      for (let j = 0; j < classes; j++) scores[j] += x * w[f * classes + j];
    }
    return drawFromRow(flipProbabilities(scores, y, itemRates[n]), uniform[n], y);
  });
  return { labels, nominalRate: rate, itemRates };
}

/** `q · softmax(scores without y)`, and 1 − q for y itself, in place. */
function flipProbabilities(scores: Float64Array, y: number, q: number): Float64Array {
  scores[y] = Number.NEGATIVE_INFINITY;
  const largest = scores.reduce((a, b) => Math.max(a, b));
  let total = 0;
  for (let j = 0; j < scores.length; j++) total += scores[j] = Math.exp(scores[j] - largest);
  for (let j = 0; j < scores.length; j++) scores[j] *= q / total;
  scores[y] = 1 - q;
  return scores;
}

/** Normal numbers around `mean`, those outside [0, 1] drawn anew. */
function truncatedNormal(key: Key, count: number, mean: number): Float64Array {
  const out = new Float64Array(count).fill(-1);
  for (let attempt = 0, left = count; left > 0; attempt++) {
    const normal = sampleNormal(key.fold(attempt), count, "float64");
    for (let n = 0; n < count; n++) {
      const value = mean + rateDeviation * normal[n];
      if (out[n] >= 0 || value < 0 || value > 1) continue;
      out[n] = value;
      left--;
    }
  }
  return out;
}
