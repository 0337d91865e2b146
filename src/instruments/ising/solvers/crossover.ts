import type { KernelProblem } from "./kernel-problem.ts";
import type { RandomStream } from "./random-stream.ts";

/** `Σ a_i b_i`. */
export function overlap(a: Int8Array, b: Int8Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** Two parents; `sign` turns the second so that it agrees with the first as far as it can (−1 only without fields). */
export interface Parents {
  readonly first: Int8Array;
  readonly second: Int8Array;
  readonly sign: 1 | -1;
}

/** Spins the parents agree on are kept, the others drawn. */
export function mixUniformly({ first, second, sign }: Parents, random: RandomStream): Int8Array {
  return first.map((spin, i) => (spin === sign * second[i] || random.next() < 2 ** 31 ? spin : -spin));
}

/** A child and its energy less that of the first parent, in the problem's unit. */
export interface Child {
  readonly spins: Int8Array;
  readonly change: number;
}

/**
 * Where the parents differ, each connected cluster of spins is taken from the parent that is better there: energies of clusters
 * that do not touch add up, so no choice among the clusters is better, and the child is at least as good as both parents. Where they
 * are equally good, a coin decides.
 */
export function mixClusters(problem: KernelProblem, { first, second, sign }: Parents, random: RandomStream): Child {
  const { size, rowStart, neighbors, weights, fields } = problem;
  const child = first.slice();
  const differs = (i: number) => first[i] !== sign * second[i];
  const isSeen = new Uint8Array(size);
  const cluster = new Int32Array(size);
  let change = 0;
  for (let start = 0; start < size; start++) {
    if (isSeen[start] === 1 || !differs(start)) continue;
    let count = 0;
    let rise = 0;
    cluster[count++] = start;
    isSeen[start] = 1;
    for (let head = 0; head < count; head++) {
      const i = cluster[head];
      let field = fields[i];
      for (let k = rowStart[i]; k < rowStart[i + 1]; k++) {
        const j = neighbors[k];
        if (!differs(j)) field += weights[k] * first[j];
        else if (isSeen[j] === 0) {
          isSeen[j] = 1;
          cluster[count++] = j;
        }
      }
      rise += first[i] * field;
    }
    if (rise > 0 || (rise === 0 && random.next() < 2 ** 31)) continue;
    for (let q = 0; q < count; q++) child[cluster[q]] = -first[cluster[q]];
    change += 2 * rise;
  }
  return { spins: child, change };
}
