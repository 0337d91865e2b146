import { NdArray } from "../engine/ndarray.ts";
import { key } from "../engine/random/key.ts";
import { sampleNormal } from "../engine/random/sample.ts";
import { OrreryError } from "../errors.ts";
import { type Rows, rowsOf } from "./rows.ts";
import { symmetricEigen } from "./symmetric-eigen.ts";

/** The directions in which points vary most. */
export interface PrincipalComponents {
  /** `[d]`. */
  readonly mean: NdArray<"float64">;
  /** `[components, d]`: orthonormal directions, the one of largest variance first. */
  readonly directions: NdArray<"float64">;
  /** `[components]`: variance of the points along each direction (divided by n). */
  readonly variances: NdArray<"float64">;
  /** `[n, components]`: the points' coordinates, `(x − mean) · directionsᵀ`. */
  readonly coordinates: NdArray<"float32">;
}

/** Directions followed beside the wanted ones, which makes those converge. */
const spare = 10;
const maxSteps = 200;

/**
 * Principal components of points `[n, …]`: the leading eigenvectors of their covariance, by orthogonal iteration with a
 * Rayleigh–Ritz step (Golub & Van Loan, *Matrix Computations*, 8.2). The answer is the same every time.
 * @throws OrreryError `shape`, `argument` for points that are not finite or `components` outside [1, d].
 */
export function principalComponents(points: NdArray, components: number): PrincipalComponents {
  const rows = rowsOf("principalComponents", points);
  const { count, width: d, values } = rows;
  if (!Number.isInteger(components) || components < 1 || components > d) {
    throw new OrreryError(
      "argument",
      `principalComponents: components must be an integer in [1, ${d}], the number of coordinates; got ${components}`,
    );
  }
  const mean = new Float64Array(d);
  for (let i = 0; i < values.length; i++) mean[i % d] += values[i] / count;
  const { directions, variances } = leadingEigen(covariance(rows, mean), d, components);
  const coordinates = new Float32Array(count * components);
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < components; c++) {
      let sum = 0;
      for (let j = 0; j < d; j++) sum += (values[i * d + j] - mean[j]) * directions[c * d + j];
      coordinates[i * components + c] = sum;
    }
  }
  return {
    mean: new NdArray(mean),
    directions: new NdArray(directions, [components, d]),
    variances: new NdArray(variances),
    coordinates: new NdArray(coordinates, [count, components]),
  };
}

function covariance({ count, width: d, values }: Rows, mean: Float64Array): Float64Array {
  const sums = new Float64Array(d * d);
  const row = new Float64Array(d);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < d; j++) row[j] = values[i * d + j] - mean[j];
    for (let j = 0; j < d; j++) {
      const x = row[j] / count;
      if (x !== 0) for (let l = 0; l <= j; l++) sums[j * d + l] += x * row[l];
    }
  }
  for (let j = 0; j < d; j++) for (let l = 0; l < j; l++) sums[l * d + j] = sums[j * d + l];
  return sums;
}

/** The leading eigenvectors, as rows, and their eigenvalues. */
function leadingEigen(matrix: Float64Array, d: number, components: number) {
  const block = Math.min(d, components + spare);
  let basis = orthonormalRows(Float64Array.from(sampleNormal(key(0), block * d, "float64")), block, d);
  let image = timesRows(basis, matrix, block, d);
  for (let step = 0, trace = -1; step < maxSteps; step++) {
    basis = orthonormalRows(image, block, d);
    image = timesRows(basis, matrix, block, d);
    let next = 0;
    for (let i = 0; i < block * d; i++) next += basis[i] * image[i];
    if (next - trace <= 1e-12 * next) break;
    trace = next;
  }
  const projected = new Float64Array(block * block);
  for (let i = 0; i < block; i++) {
    for (let j = 0; j < block; j++) projected[i * block + j] = dot(basis, i, image, j, d);
  }
  const { values, vectors } = symmetricEigen(projected, block);
  const directions = new Float64Array(components * d);
  for (let c = 0; c < components; c++) {
    for (let b = 0; b < block; b++) {
      for (let j = 0; j < d; j++) directions[c * d + j] += vectors[b * block + c] * basis[b * d + j];
    }
  }
  return { directions, variances: values.slice(0, components).map((value) => Math.max(0, value)) };
}

function dot(a: Float64Array, i: number, b: Float64Array, j: number, d: number): number {
  let sum = 0;
  for (let k = 0; k < d; k++) sum += a[i * d + k] * b[j * d + k];
  return sum;
}

/** Each row of `rows` `[count, d]` times the symmetric matrix `[d, d]`. */
function timesRows(rows: Float64Array, matrix: Float64Array, count: number, d: number): Float64Array {
  const out = new Float64Array(count * d);
  for (let i = 0; i < count; i++) for (let j = 0; j < d; j++) out[i * d + j] = dot(rows, i, matrix, j, d);
  return out;
}

/** Gram–Schmidt, twice for each row; a row that depends on those before it becomes the first unit vector that does not. */
function orthonormalRows(rows: Float64Array, count: number, d: number): Float64Array {
  for (let i = 0, unit = 0; i < count; i++) {
    const before = Math.sqrt(dot(rows, i, rows, i, d));
    for (;;) {
      for (let pass = 0; pass < 2; pass++) {
        for (let p = 0; p < i; p++) {
          const along = dot(rows, i, rows, p, d);
          for (let k = 0; k < d; k++) rows[i * d + k] -= along * rows[p * d + k];
        }
      }
      const length = Math.sqrt(dot(rows, i, rows, i, d));
      if (length > 1e-10 * before && length > 0) {
        for (let k = 0; k < d; k++) rows[i * d + k] /= length;
        break;
      }
      rows.fill(0, i * d, (i + 1) * d);
      rows[i * d + unit++] = Math.max(before, 1);
    }
  }
  return rows;
}
