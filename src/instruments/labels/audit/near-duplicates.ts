import type { Neighbors } from "../../../math/nearest-neighbors.ts";
import { quantile } from "./interval.ts";

/** Rows that are nearly the same. */
export interface DuplicateGroup {
  /** Ascending. */
  readonly rows: Int32Array;
  /** The largest distance between neighbours in the group; 0 for exact copies. */
  readonly distance: number;
  /** Whether the rows carry different labels: at least one of them is then wrong. */
  readonly hasConflict: boolean;
}

/** The part of the median distance to the nearest row below which two rows are near-duplicates; cleanlab's. */
const nearness = 0.13;

/**
 * Groups of near-duplicates: rows connected by distances below 0.13 of the median distance to the nearest row. Groups with conflicting
 * labels come first, then larger ones.
 */
export function findNearDuplicates({ indices, distances, k }: Neighbors, labels: Int32Array): DuplicateGroup[] {
  const count = labels.length;
  const nearest = Float64Array.from({ length: count }, (_, row) => distances.data[row * k]).filter(Number.isFinite);
  if (nearest.length === 0) return [];
  const radius = nearness * Math.max(quantile(nearest.slice().sort(), 0.5), 1e-6);
  const parent = Int32Array.from({ length: count }, (_, row) => row);
  const rootOf = (row: number): number => {
    let root = row;
    while (parent[root] !== root) {
      parent[root] = parent[parent[root]];
      root = parent[root];
    }
    return root;
  };
  const widest = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    for (let i = row * k; i < (row + 1) * k && distances.data[i] < radius; i++) {
      const [a, b] = [rootOf(row), rootOf(indices.data[i])];
      const distance = Math.max(widest[a], widest[b], distances.data[i]);
      parent[Math.max(a, b)] = Math.min(a, b);
      widest[Math.min(a, b)] = distance;
    }
  }
  const members = new Map<number, number[]>();
  for (let row = 0; row < count; row++) {
    const root = rootOf(row);
    const group = members.get(root);
    if (group === undefined) members.set(root, [row]);
    else group.push(row);
  }
  const groups = [...members.entries()].filter(([, rows]) => rows.length > 1);
  return groups
    .map(
      ([root, rows]): DuplicateGroup => ({
        ...{ rows: Int32Array.from(rows), distance: widest[root] },
        hasConflict: rows.some((row) => labels[row] !== labels[rows[0]]),
      }),
    )
    .sort(
      (a, b) => Number(b.hasConflict) - Number(a.hasConflict) || b.rows.length - a.rows.length || a.rows[0] - b.rows[0],
    );
}
