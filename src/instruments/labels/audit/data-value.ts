import type { Neighbors } from "../../../math/nearest-neighbors.ts";

/**
 * `[n]`: the value of every row to a k-nearest-neighbours classifier of the others, its Shapley value (Jia et al. 2019,
 * https://arxiv.org/abs/1908.08619) moved to [0, 1]: above ½ it helps, below it harms. Over each row's k neighbours from the farthest to the
 * nearest, `s_j = s_{j+1} + ([y_j = y] − [y_{j+1} = y]) / k`, with s_k = 0, averaged over all rows, as in cleanlab.
 */
export function dataValues({ indices, k }: Neighbors, labels: Int32Array): Float64Array {
  const values = new Float64Array(labels.length);
  for (let row = 0; row < labels.length; row++) {
    let score = 0;
    for (let j = k - 2; j >= 0; j--) {
      const [near, far] = [indices.data[row * k + j], indices.data[row * k + j + 1]];
      if (far < 0) continue;
      score += Number(labels[near] === labels[row]) - Number(labels[far] === labels[row]);
      values[near] += score;
    }
  }
  return values.map((sum) => (sum / k / labels.length + 1) / 2);
}
