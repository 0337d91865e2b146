import { type Key, samplePermutation } from "../../../engine/index.ts";
import type { Neighbors } from "../../../math/nearest-neighbors.ts";

/** Whether the order of the rows tells something about them: drift, sorting, repeated recordings. */
export interface OrderTest {
  /** The largest difference between the distribution of the places between neighbours and that of any two rows. */
  readonly statistic: number;
  /** The part of random orders that are as far from even, the given one counted among them. */
  readonly pValue: number;
  readonly permutations: number;
}

/** The Kolmogorov–Smirnov distance of |place − neighbour's place| from the distribution of two random places. */
function statisticOf({ indices, k }: Neighbors, place: Int32Array): number {
  const count = place.length;
  const histogram = new Float64Array(count);
  let total = 0;
  for (let row = 0; row < count; row++) {
    for (let i = row * k; i < (row + 1) * k && indices.data[i] >= 0; i++, total++) {
      histogram[Math.abs(place[row] - place[indices.data[i]])]++;
    }
  }
  let [found, even, largest] = [0, 0, 0];
  for (let gap = 1; gap < count; gap++) {
    found += histogram[gap] / total;
    even += (2 * (count - gap)) / (count * (count - 1));
    largest = Math.max(largest, Math.abs(found - even));
  }
  return largest;
}

/**
 * A permutation test whether near rows stand near each other in the file, by cleanlab's statistic: the Kolmogorov–Smirnov distance between
 * how far apart neighbours stand and how far apart any two rows do.
 */
export function testOrder(
  neighbors: Neighbors,
  { key, permutations = 49 }: { readonly key: Key; readonly permutations?: number },
): OrderTest {
  const count = neighbors.indices.shape[0];
  const statistic = statisticOf(
    neighbors,
    Int32Array.from({ length: count }, (_, row) => row),
  );
  let asFar = 1;
  for (let p = 0; p < permutations; p++) {
    if (statisticOf(neighbors, samplePermutation(key.fold(p), count)) >= statistic) asFar++;
  }
  return { statistic, pValue: asFar / (permutations + 1), permutations };
}
