import { OrreryError } from "../errors.ts";

/** What `logDeterminant` finds. */
export interface LogDeterminant {
  /** `log |det A|`; −∞ for a singular matrix. */
  readonly value: number;
  /** `A⁻¹`, row by row: its transpose is the gradient of the value. NaN for a singular matrix. */
  readonly inverse: Float64Array;
}

function swapRows(matrix: Float64Array, n: number, a: number, b: number): void {
  if (a === b) return;
  for (let j = 0; j < n; j++) {
    const kept = matrix[a * n + j];
    matrix[a * n + j] = matrix[b * n + j];
    matrix[b * n + j] = kept;
  }
}

/** Row `to` minus `factor` times row `from`. */
function eliminate(
  matrix: Float64Array,
  n: number,
  { to, from, factor }: { to: number; from: number; factor: number },
) {
  for (let j = 0; j < n; j++) matrix[to * n + j] -= factor * matrix[from * n + j];
}

/**
 * The logarithm of the absolute determinant of a square matrix `[n, n]`, given row by row, and its inverse, by Gauss–Jordan elimination
 * with partial pivoting: about 2n³ operations.
 * @throws OrreryError `shape` unless the length is n².
 */
export function logDeterminant(matrix: ArrayLike<number>): LogDeterminant {
  const n = Math.round(Math.sqrt(matrix.length));
  if (n * n !== matrix.length) {
    throw new OrreryError("shape", `logDeterminant: expected a square matrix; got ${matrix.length} numbers`);
  }
  const a = Float64Array.from(matrix);
  const inverse = Float64Array.from(a, (_, i) => (Math.floor(i / n) === i % n ? 1 : 0));
  let value = 0;
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let i = column + 1; i < n; i++) if (Math.abs(a[i * n + column]) > Math.abs(a[pivot * n + column])) pivot = i;
    const size = a[pivot * n + column];
    if (size === 0) return { value: Number.NEGATIVE_INFINITY, inverse: inverse.fill(Number.NaN) };
    for (const part of [a, inverse]) {
      swapRows(part, n, column, pivot);
      for (let j = 0; j < n; j++) part[column * n + j] /= size;
    }
    value += Math.log(Math.abs(size));
    for (let i = 0; i < n; i++) {
      const factor = a[i * n + column];
      if (i === column || factor === 0) continue;
      for (const part of [a, inverse]) eliminate(part, n, { to: i, from: column, factor });
    }
  }
  return { value, inverse };
}
