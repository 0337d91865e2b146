import { type Key, sampleGumbel, sampleNormal, samplePermutation } from "../../../engine/index.ts";
import type { LabelGeometry } from "./geometry.ts";
import type { Matrix } from "./transition.ts";

/** How strongly flips follow the examples: γ_m for the margin to the wrong class, γ_c for the neighbourhood. */
export interface FieldStrengths {
  readonly margin: number;
  readonly neighborhood: number;
}

/** The random numbers of one drawing, apart from the strengths, so that drawings of different strengths can be compared. */
export interface FieldNoise {
  /** `[n · K]`: standard Gumbel. */
  readonly gumbel: Float32Array;
  /** `[n · K]`: standard normal, alike for neighbours of one class. */
  readonly neighborhood: Float32Array;
  /** The order in which the labels of each class are given out. */
  readonly orders: readonly Int32Array[];
}

/** Noise of a drawing; with a `neighborhoodKey` of their own several drawings favour the same neighbourhoods. */
export function drawFieldNoise(geometry: LabelGeometry, key: Key, neighborhoodKey?: Key): FieldNoise {
  const { clean, classes } = geometry;
  const [gumbelKey, ownKey, orderKey] = key.split(3);
  return {
    gumbel: sampleGumbel(gumbelKey, clean.length * classes),
    neighborhood: neighborhoodField(geometry, neighborhoodKey ?? ownKey),
    orders: Array.from({ length: classes }, (_, i) => samplePermutation(orderKey.fold(i), classes)),
  };
}

/**
 * For each example and label the sum of independent normal numbers over the example and its k neighbours, over √(k + 1):
 * neighbours share most of their terms. Fields that are constant on k-means clusters bring the same concentration only
 * with a far larger χ² over clusters than people's labels have.
 */
function neighborhoodField({ clean, classes, neighbors }: LabelGeometry, key: Key): Float32Array {
  const own = sampleNormal(key, clean.length * classes);
  const { k } = neighbors;
  const near = neighbors.indices.data;
  const field = Float32Array.from(own);
  for (let n = 0; n < clean.length; n++) {
    let count = 1;
    for (let r = n * k; r < (n + 1) * k && near[r] >= 0; r++, count++) {
      for (let j = 0; j < classes; j++) field[n * classes + j] += own[near[r] * classes + j];
    }
    const scale = 1 / Math.sqrt(count);
    for (let j = 0; j < classes; j++) field[n * classes + j] *= scale;
  }
  return field;
}

/**
 * Gives out labels: of class i, `quotas[i][j]` examples get label j, in random order of j. Among the examples still free
 * those with the largest `s_ij(x) + Gumbel` are taken, which is sampling without replacement with chances in proportion
 * to `exp s_ij(x)`; `s_ij(x) = γ_m · margin_j(x) + γ_c · u_j(x) + offset_j(x)`.
 */
export function drawFlips(
  geometry: LabelGeometry,
  quotas: Matrix,
  strengths: FieldStrengths,
  noise: FieldNoise,
  offset?: Float32Array,
): Int32Array {
  const { clean, classes, members, margins } = geometry;
  const labels = Int32Array.from(clean);
  for (const [i, group] of members.entries()) {
    let free = group;
    for (const j of noise.orders[i]) {
      const quota = quotas[i][j];
      if (j === i || quota === 0) continue;
      const scores = new Float64Array(free.length);
      for (let f = 0; f < free.length; f++) {
        const at = free[f] * classes + j;
        const field = strengths.margin * margins[at] + strengths.neighborhood * noise.neighborhood[at];
        scores[f] = field + noise.gumbel[at] + (offset === undefined ? 0 : offset[at]);
      }
      free = takeLargest(free, scores, quota, (n) => {
        labels[n] = j;
      });
    }
  }
  return labels;
}

/** Calls `take` with the `count` candidates of the largest scores and returns the others, both in their order. */
function takeLargest(
  candidates: Int32Array,
  scores: Float64Array,
  count: number,
  take: (n: number) => void,
): Int32Array {
  const threshold = kthLargest(Float64Array.from(scores), count);
  let above = 0;
  for (const score of scores) if (score > threshold) above++;
  let ties = count - above;
  const left = new Int32Array(candidates.length - count);
  let kept = 0;
  for (let c = 0; c < candidates.length; c++) {
    const isTaken = scores[c] > threshold || (scores[c] === threshold && ties-- > 0);
    if (isTaken) take(candidates[c]);
    else left[kept++] = candidates[c];
  }
  return left;
}

/** The `k`-th largest value (k from 1); reorders `values`. Hoare's quickselect. */
function kthLargest(values: Float64Array, k: number): number {
  let [low, high] = [0, values.length - 1];
  const at = values.length - k;
  while (low < high) {
    const pivot = values[(low + high) >> 1];
    let [i, j] = [low, high];
    while (i <= j) {
      while (values[i] < pivot) i++;
      while (values[j] > pivot) j--;
      if (i > j) break;
      [values[i], values[j]] = [values[j], values[i]];
      i++;
      j--;
    }
    if (at <= j) high = j;
    else if (at >= i) low = i;
    else break;
  }
  return values[at];
}
