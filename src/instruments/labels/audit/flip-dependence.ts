import { type Key, sampleUniform } from "../../../engine/index.ts";
import type { Neighbors } from "../../../math/nearest-neighbors.ts";
import { type LabelledProbabilities, labelIssues } from "../confident-learning/index.ts";
import { likeliestClasses } from "../confident-learning/labelled-probabilities.ts";

/** Whether wrong labels come in neighbourhoods, that is, depend on more than the class. */
export interface FlipDependence {
  /** How often a suspect's neighbours of the same suggested class are suspects with the same label, over what even noise would give. */
  readonly lift: number;
  /** The lift less 1, in standard deviations of even noise. */
  readonly zScore: number;
}

const draws = 10;

/** The mean part of a found row's neighbours, of its likeliest class, that are found with the same label. */
function sharing({ indices, k }: Neighbors, labels: Int32Array, found: Uint8Array, likeliest: Int32Array): number {
  let [sum, count] = [0, 0];
  for (let row = 0; row < labels.length; row++) {
    if (found[row] === 0) continue;
    let [same, near] = [0, 0];
    for (let i = row * k; i < (row + 1) * k && indices.data[i] >= 0; i++) {
      const other = indices.data[i];
      if (likeliest[other] !== likeliest[row]) continue;
      near++;
      if (found[other] === 1 && labels[other] === labels[row]) same++;
    }
    if (near === 0) continue;
    sum += same / near;
    count++;
  }
  return count > 0 ? sum / count : 0;
}

function drawLabels(denoised: Int32Array, transition: readonly (readonly number[])[], key: Key): Int32Array {
  const uniform = sampleUniform(key, denoised.length, "float64");
  return denoised.map((y, row) => {
    let left = uniform[row];
    for (let j = 0; j < transition.length; j++) {
      left -= transition[y][j];
      if (left < 0) return j;
    }
    return y;
  });
}

/**
 * Compares how suspects cluster with noise that only depends on the class: ten labellings are drawn from the estimated transition matrix on the
 * denoised labels and searched with the same probabilities, which are out of fold and so do not depend on a row's own label. The model's own
 * errors cluster, too, so that the lift says something only where classes are well separated.
 */
export function flipDependence(
  labelled: LabelledProbabilities,
  neighbors: Neighbors,
  {
    denoised,
    transition,
    key,
  }: { readonly denoised: Int32Array; readonly transition: readonly (readonly number[])[]; readonly key: Key },
): FlipDependence {
  const { probabilities } = labelled;
  const likeliest = likeliestClasses(probabilities);
  const statistic = (labels: Int32Array) =>
    sharing(neighbors, labels, labelIssues({ probabilities, labels }, { filter: "confident-learning" }), likeliest);
  const even = Array.from({ length: draws }, (_, draw) => statistic(drawLabels(denoised, transition, key.fold(draw))));
  const mean = even.reduce((a, b) => a + b, 0) / draws;
  const deviation = Math.sqrt(even.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (draws - 1));
  const found = statistic(labelled.labels);
  return {
    lift: mean > 0 ? found / mean : 1,
    zScore: deviation > 0 ? (found - mean) / deviation : 0,
  };
}
