/** A place in the plane. */
export type Point = readonly [x: number, y: number];

/** Edges of a graph whose direction does not matter here, nodes counted from 0. */
export interface LayoutEdges {
  readonly from: ArrayLike<number>;
  readonly to: ArrayLike<number>;
}

/** Rounds of the majorization; drawings of a hundred nodes have come to rest by then. */
const rounds = 120;

/** The neighbours of each node. */
function neighborsOf(nodes: number, { from, to }: LayoutEdges): number[][] {
  const neighbors: number[][] = Array.from({ length: nodes }, () => []);
  for (let e = 0; e < from.length; e++) {
    if (from[e] === to[e]) continue;
    neighbors[from[e]].push(to[e]);
    neighbors[to[e]].push(from[e]);
  }
  return neighbors;
}

/** The fewest edges between every two nodes, `[n, n]`; nodes that nothing joins are a little farther apart than the most distant joined ones. */
function distancesOf(neighbors: readonly (readonly number[])[]): Float64Array {
  const n = neighbors.length;
  const distances = new Float64Array(n * n).fill(-1);
  let longest = 1;
  for (let root = 0; root < n; root++) {
    const row = distances.subarray(root * n, root * n + n);
    const queue = [root];
    row[root] = 0;
    for (let at = 0; at < queue.length; at++) {
      for (const next of neighbors[queue[at]]) {
        if (row[next] >= 0) continue;
        row[next] = row[queue[at]] + 1;
        longest = Math.max(longest, row[next]);
        queue.push(next);
      }
    }
  }
  const apart = Math.max(2, Math.min(longest + 1, Math.sqrt(n)));
  return distances.map((d) => (d < 0 ? apart : d));
}

/** Where node `i` would be if only the others held it. */
function pulled(i: number, places: readonly Point[], distances: Float64Array): Point {
  const n = places.length;
  let [x, y, total] = [0, 0, 0];
  for (let j = 0; j < n; j++) {
    if (j === i) continue;
    const d = distances[i * n + j];
    const weight = 1 / (d * d);
    const [dx, dy] = [places[i][0] - places[j][0], places[i][1] - places[j][1]];
    const stretch = d / Math.max(1e-9, Math.hypot(dx, dy));
    x += weight * (places[j][0] + dx * stretch);
    y += weight * (places[j][1] + dy * stretch);
    total += weight;
  }
  return [x / total, y / total];
}

/**
 * Places for the nodes of a graph so that distances in the drawing are like numbers of edges between them: localised stress
 * majorization from a spiral, the same for the same graph. Time grows with n², so it is for some hundred nodes.
 * Source: Gansner, Koren & North, "Graph drawing by stress majorization", 2004.
 */
export function layoutGraph(nodes: number, edges: LayoutEdges): Point[] {
  const distances = distancesOf(neighborsOf(nodes, edges));
  // Sunflower's angle: no two nodes begin in one place or in a line.
  const places = Array.from({ length: nodes }, (_, i): Point => {
    const radius = Math.sqrt(i + 0.5);
    return [radius * Math.cos(2.399963 * i), radius * Math.sin(2.399963 * i)];
  });
  if (nodes < 2) return places;
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < nodes; i++) places[i] = pulled(i, places, distances);
  }
  return places;
}
