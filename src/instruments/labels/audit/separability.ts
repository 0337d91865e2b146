import type { Neighbors } from "../../../math/nearest-neighbors.ts";

/**
 * How well near rows share a class: the part of the rows whose denoised label is the commonest one among their neighbours (of equals the lower
 * class). Near 1 the classes lie apart, and a model that disagrees with a label is a strong witness; where it is low, the model itself errs
 * often, and what it calls wrong labels are partly its own errors.
 * @param denoised the labels with suspects replaced by their suggestions
 */
export function separability({ indices, k }: Neighbors, denoised: Int32Array, classes: number): number {
  const votes = new Int32Array(classes);
  let right = 0;
  for (let row = 0; row < denoised.length; row++) {
    votes.fill(0);
    for (let i = row * k; i < (row + 1) * k && indices.data[i] >= 0; i++) votes[denoised[indices.data[i]]]++;
    let best = 0;
    for (let c = 1; c < classes; c++) if (votes[c] > votes[best]) best = c;
    if (best === denoised[row]) right++;
  }
  return right / denoised.length;
}
