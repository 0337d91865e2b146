import { OrreryError } from "../../errors.ts";

/** Weighted pairs as three lists of the same length. */
export interface EdgeList {
  readonly from: ArrayLike<number>;
  readonly to: ArrayLike<number>;
  readonly weight: ArrayLike<number>;
}

/** Pairs by rows, both ways, each row ascending. */
export interface Adjacency {
  readonly rowStart: Int32Array;
  readonly neighbors: Int32Array;
  readonly weights: Float64Array;
}

function checkEdge({ from, to, weight }: EdgeList, k: number, size: number): void {
  const [i, j, w] = [from[k], to[k], weight[k]];
  for (const index of [i, j]) {
    if (Number.isInteger(index) && index >= 0 && index < size) continue;
    throw new OrreryError(
      "argument",
      `ising model: coupling ${k}: expected indices in [0, ${size}); got ${i} and ${j}`,
    );
  }
  if (i === j) {
    throw new OrreryError("argument", `ising model: coupling ${k}: expected two different spins; got ${i} twice`, {
      hint: "s² = 1: add the weight to the offset instead.",
    });
  }
  if (!Number.isFinite(w)) {
    throw new OrreryError(
      "argument",
      `ising model: coupling ${k} of ${i} and ${j}: expected a finite number; got ${w}`,
    );
  }
}

/**
 * The rows of a symmetric matrix given by pairs, in time linear in their number: two stable counting sorts, by column
 * and then by row, leave every row ascending. Pairs of weight 0 are dropped.
 * @throws OrreryError `argument` for an index out of range, a loop, a pair given twice (either way round) or a weight that is not finite.
 */
export function buildAdjacency(size: number, edges: EdgeList): Adjacency {
  const count = edges.from.length;
  for (let k = 0; k < count; k++) checkEdge(edges, k, size);
  const rows = new Int32Array(2 * count);
  const columns = new Int32Array(2 * count);
  for (let k = 0; k < count; k++) {
    rows[k] = columns[count + k] = edges.from[k];
    columns[k] = rows[count + k] = edges.to[k];
  }
  const order = sortBy(
    rows,
    sortBy(
      columns,
      Int32Array.from({ length: 2 * count }, (_, e) => e),
      size,
    ),
    size,
  );
  for (let p = 1; p < order.length; p++) {
    const [a, b] = [order[p - 1], order[p]];
    if (rows[a] !== rows[b] || columns[a] !== columns[b]) continue;
    throw new OrreryError(
      "argument",
      `ising model: couplings ${Math.min(a % count, b % count)} and ${Math.max(a % count, b % count)} join the same spins ${rows[a]} and ${columns[a]}`,
      { hint: "Give each pair once, e.g. with the sum of both weights." },
    );
  }
  const kept = order.filter((e) => edges.weight[e % count] !== 0);
  const rowStart = new Int32Array(size + 1);
  for (const e of kept) rowStart[rows[e] + 1]++;
  for (let i = 0; i < size; i++) rowStart[i + 1] += rowStart[i];
  return {
    rowStart,
    neighbors: kept.map((e) => columns[e]),
    weights: Float64Array.from(kept, (e) => edges.weight[e % count]),
  };
}

/** `order` sorted by `values[entry]` in [0, size), entries of the same value staying in order. */
function sortBy(values: Int32Array, order: Int32Array, size: number): Int32Array {
  const start = new Int32Array(size + 1);
  for (const e of order) start[values[e] + 1]++;
  for (let i = 0; i < size; i++) start[i + 1] += start[i];
  const sorted = new Int32Array(order.length);
  for (const e of order) sorted[start[values[e]]++] = e;
  return sorted;
}
