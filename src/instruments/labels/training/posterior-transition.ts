import { NdArray } from "../../../engine/index.ts";
import { argMaxRows } from "./selection.ts";

/** For every class the row that most surely has it, by the probabilities `[n, k]`. */
function anchorRows({ data, shape: [count, classes] }: NdArray<"float32">, quantile: number): Int32Array {
  return Int32Array.from({ length: classes }, (_, c) => {
    const order = Int32Array.from({ length: count }, (_row, i) => i).sort(
      (a, b) => data[a * classes + c] - data[b * classes + c],
    );
    return order[Math.min(count - 1, Math.floor(quantile * count))];
  });
}

/** The rows of a matrix divided by their sums; an empty row becomes that of the identity. */
function normalizedRows(matrix: Float64Array, classes: number): NdArray<"float32"> {
  const result = new Float32Array(classes * classes);
  for (let i = 0; i < classes; i++) {
    const row = matrix.subarray(i * classes, (i + 1) * classes);
    const sum = row.reduce((a, b) => a + b, 0);
    for (let j = 0; j < classes; j++) result[i * classes + j] = sum > 0 ? row[j] / sum : Number(i === j);
  }
  return new NdArray(result, [classes, classes]);
}

/**
 * The transition matrix by anchor points (Patrini et al. 2017, https://arxiv.org/abs/1609.03683): row i is the noisy posterior of the row
 * that most surely is of class i (the `quantile`-th of them, 1 for the surest). `probabilities` are noisy posteriors `[n, k]`.
 */
export function anchorTransition(probabilities: NdArray<"float32">, quantile = 1): NdArray<"float32"> {
  const [, classes] = probabilities.shape;
  const matrix = new Float64Array(classes * classes);
  anchorRows(probabilities, quantile).forEach((row, i) => {
    matrix.set(probabilities.data.subarray(row * classes, (row + 1) * classes), i * classes);
  });
  return normalizedRows(matrix, classes);
}

/**
 * The transition matrix in two factors (Yao et al. 2020, https://arxiv.org/abs/2006.07805): anchor points for the way to the intermediate
 * class `argmax p`, counts for the way from there to the observed label.
 */
export function dualTransition(probabilities: NdArray<"float32">, observed: Int32Array): NdArray<"float32"> {
  const [, classes] = probabilities.shape;
  const toIntermediate = anchorTransition(probabilities).data;
  const counts = new Float64Array(classes * classes);
  argMaxRows(probabilities).forEach((intermediate, row) => {
    counts[intermediate * classes + observed[row]]++;
  });
  const toObserved = normalizedRows(counts, classes).data;
  const product = new Float64Array(classes * classes);
  for (let i = 0; i < classes; i++) {
    for (let l = 0; l < classes; l++) {
      for (let j = 0; j < classes; j++) {
        product[i * classes + l] += toIntermediate[i * classes + j] * toObserved[j * classes + l];
      }
    }
  }
  return normalizedRows(product, classes);
}
