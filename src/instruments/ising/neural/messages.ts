import type { Message } from "./message-names.ts";

/** Euclidean length of a row, averaged over all rows of a matrix `[n, n]`; 1 for a matrix of zeros. */
export function meanRowNorm(matrix: ArrayLike<number>, n: number): number {
  let total = 0;
  for (let i = 0; i < n; i++) {
    let squares = 0;
    for (let j = 0; j < n; j++) squares += matrix[i * n + j] ** 2;
    total += Math.sqrt(squares);
  }
  return total === 0 ? 1 : total / n;
}

/**
 * What spin i hears of the spins before it, as a strictly lower triangular matrix A `[n, n]`: the message is `m = A x`, for each channel.
 * With J in the order of the spins, and J̄ = J / mean_i ‖J_i‖₂ so that messages are as large as spins whatever the model's unit:
 *
 * - `hamiltonian`, `only`: `A_ij = J̄_ij`. On the spins themselves m_i is the local field by which spin i enters the energy.
 * - `weighted`: `A_ij = J_ij / Σ_{k<i} |J_ik|`, the mean of the neighbours turned as their couplings ask.
 * - `mean`: `A_ij = 1 / |{k < i : J_ik ≠ 0}|` for neighbours, their plain mean.
 */
export function messageMatrix(message: Exclude<Message, "none">, couplings: Float32Array, n: number): Float32Array {
  const matrix = new Float32Array(n * n);
  const scale = 1 / meanRowNorm(couplings, n);
  for (let i = 0; i < n; i++) {
    const row = couplings.subarray(i * n, i * n + i);
    const sizes = row.reduce((sum, w) => sum + Math.abs(w), 0);
    const neighbors = row.reduce((count, w) => count + (w === 0 ? 0 : 1), 0);
    for (let j = 0; j < i; j++) {
      if (row[j] === 0) continue;
      if (message === "mean") matrix[i * n + j] = 1 / neighbors;
      else matrix[i * n + j] = message === "weighted" ? row[j] / sizes : row[j] * scale;
    }
  }
  return matrix;
}
