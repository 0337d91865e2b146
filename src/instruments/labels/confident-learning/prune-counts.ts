import type { ConfidentJoint } from "./confident-joint.ts";
import { roundPreservingRowSums } from "./rounding.ts";

/**
 * `[K, K]`: how many rows of each label (row) to take for each class (column), from the calibrated joint: every class keeps
 * `leastPerClass`, at the cost of its other cells alike, and of these the wanted fraction is left. The arithmetic is cleanlab's
 * (`_keep_at_least_n_per_class`), whose matrix is the transposed one.
 */
export function pruneCounts(
  { classes, calibrated }: ConfidentJoint,
  { fraction, leastPerClass }: { readonly fraction: number; readonly leastPerClass: number },
): Int32Array {
  const byClass = new Float64Array(classes * classes);
  for (let label = 0; label < classes; label++) {
    const row = calibrated.subarray(label * classes, (label + 1) * classes);
    const kept = Math.max(row[label], leastPerClass);
    const filled = row.reduce((sum, count) => sum + Number(count !== 0), 0);
    const cost = (kept - row[label]) / Math.max(filled - 1, 1);
    const wanted = Float64Array.from(row, (count, j) => (j === label ? kept : Math.max(count - cost, 0)));
    const reduced = wanted.map((count, j) => (j === label ? count : count * fraction));
    reduced[label] += wanted.reduce((sum, count, j) => sum + count - reduced[j], 0);
    for (let j = 0; j < classes; j++) byClass[j * classes + label] = Math.trunc(reduced[j]);
  }
  const rounded = roundPreservingRowSums(byClass, classes);
  return Int32Array.from(rounded, (_, i) => rounded[(i % classes) * classes + Math.floor(i / classes)]);
}
