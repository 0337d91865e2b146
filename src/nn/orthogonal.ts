import { NdArray, sampleNormal, sizeOf } from "../engine/index.ts";
import { fansOf, type Initializer } from "./initializer.ts";

/** Takes from `rows[k]` its part along the rows before it. */
function removeProjections(rows: readonly Float64Array[], k: number): void {
  const row = rows[k];
  for (let j = 0; j < k; j++) {
    const other = rows[j];
    let dot = 0;
    for (let i = 0; i < row.length; i++) dot += row[i] * other[i];
    for (let i = 0; i < row.length; i++) row[i] -= dot * other[i];
  }
}

/**
 * The Q of the QR decomposition with a positive diagonal in R, by Gram and Schmidt's method on the rows; each projection is removed
 * twice, which makes the rows orthogonal to rounding.
 */
function orthonormalize(rows: readonly Float64Array[]): void {
  rows.forEach((row, k) => {
    removeProjections(rows, k);
    removeProjections(rows, k);
    const length = Math.sqrt(row.reduce((total, x) => total + x * x, 0));
    for (let i = 0; i < row.length; i++) row[i] /= length;
  });
}

/**
 * A random orthogonal matrix times `gain` (Saxe et al. 2014, https://arxiv.org/abs/1312.6120), uniform among all of them: the weight
 * `[out, in, …window]` as the matrix `[out, in · window]` has orthonormal rows, or columns where it is taller than wide.
 * @throws OrreryError `shape` for fewer than two axes.
 */
export function orthogonal(gain = 1): Initializer {
  return (key, shape) => {
    fansOf(shape);
    const [height, width] = [shape[0], sizeOf(shape.slice(1))];
    const isTall = height > width;
    const [count, length] = isTall ? [width, height] : [height, width];
    const values = sampleNormal(key, count * length, "float64");
    const rows = Array.from({ length: count }, (_, k) => values.subarray(k * length, (k + 1) * length));
    orthonormalize(rows);
    const at = (row: number, column: number) => (isTall ? rows[column][row] : rows[row][column]);
    const data = Float32Array.from({ length: height * width }, (_, i) => gain * at(Math.floor(i / width), i % width));
    return new NdArray(data, shape);
  };
}
