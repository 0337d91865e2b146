import { NdArray } from "../engine/ndarray.ts";
import type { Key } from "../engine/random/key.ts";
import { sampleUniform } from "../engine/random/sample.ts";
import { OrreryError } from "../errors.ts";
import { type Rows, rowsOf } from "./rows.ts";

/** How `kMeans` runs. */
export interface KMeansOptions {
  /** Number of clusters, from 1 to the number of points. */
  readonly clusters: number;
  readonly key: Key;
  /** Steps of Lloyd's algorithm at most; it stops when no point changes its cluster. */
  readonly maxSteps?: number;
  /** Starts, of which the one with the least inertia is kept. */
  readonly restarts?: number;
}

/** A clustering. */
export interface KMeans {
  /** `[n]`: the cluster of each point. */
  readonly assignments: NdArray<"int32">;
  /** `[clusters, d]`. */
  readonly centers: NdArray<"float64">;
  /** Sum of squared distances of the points to their centres. */
  readonly inertia: number;
}

/**
 * Clusters of points `[n, d]` by Lloyd's algorithm from k-means++ starts; a cluster that loses all points takes the one
 * farthest from its centre. Sources: Lloyd, 1982; Arthur & Vassilvitskii, "k-means++", 2007.
 * @throws OrreryError `shape`, `argument` for points that are not finite or settings out of range.
 */
export function kMeans(points: NdArray, options: KMeansOptions): KMeans {
  const { clusters, key, maxSteps = 100, restarts = 1 } = options;
  const rows = rowsOf("kMeans", points);
  if (!Number.isInteger(clusters) || clusters < 1 || clusters > rows.count) {
    throw new OrreryError(
      "argument",
      `kMeans: clusters must be an integer in [1, ${rows.count}], the number of points; got ${clusters}`,
    );
  }
  for (const [name, value] of Object.entries({ maxSteps, restarts })) {
    if (Number.isInteger(value) && value >= 1) continue;
    throw new OrreryError("argument", `kMeans: ${name} must be an integer from 1; got ${value}`);
  }
  let best: KMeans | undefined;
  for (let start = 0; start < restarts; start++) {
    const found = lloyd(rows, seedCenters(rows, clusters, key.fold(start)), maxSteps);
    if (best === undefined || found.inertia < best.inertia) best = found;
  }
  return best as KMeans;
}

function squaredDistance({ values, width }: Rows, i: number, centers: Float64Array, c: number): number {
  let sum = 0;
  for (let d = 0, p = i * width, q = c * width; d < width; d++, p++, q++) {
    const difference = values[p] - centers[q];
    sum += difference * difference;
  }
  return sum;
}

/** k-means++: each further centre is a point drawn with a chance proportional to its squared distance to the nearest one. */
function seedCenters(rows: Rows, clusters: number, key: Key): Float64Array {
  const { count, width, values } = rows;
  const uniform = sampleUniform(key, clusters, "float64");
  const centers = new Float64Array(clusters * width);
  const nearest = new Float64Array(count).fill(1);
  for (let c = 0; c < clusters; c++) {
    const total = nearest.reduce((sum, value) => sum + value, 0);
    let left = uniform[c] * total;
    let chosen = total > 0 ? 0 : Math.floor(uniform[c] * count);
    if (total > 0) for (; chosen < count - 1 && left >= nearest[chosen]; chosen++) left -= nearest[chosen];
    centers.set(values.subarray(chosen * width, (chosen + 1) * width), c * width);
    for (let i = 0; i < count; i++) {
      const distance = squaredDistance(rows, i, centers, c);
      if (c === 0 || distance < nearest[i]) nearest[i] = distance;
    }
  }
  return centers;
}

function lloyd(rows: Rows, centers: Float64Array, maxSteps: number): KMeans {
  const clusters = centers.length / rows.width;
  const assignments = new Int32Array(rows.count).fill(-1);
  const distances = new Float64Array(rows.count);
  for (let step = 0; ; step++) {
    const changed = assign(rows, centers, assignments, distances);
    if (!changed || step === maxSteps) break;
    moveCenters(rows, centers, assignments, distances);
  }
  return {
    assignments: new NdArray(assignments),
    centers: new NdArray(centers, [clusters, rows.width]),
    inertia: distances.reduce((sum, value) => sum + value, 0),
  };
}

/** Gives each point to its nearest centre; true if any point changed its cluster. */
function assign(rows: Rows, centers: Float64Array, assignments: Int32Array, distances: Float64Array): boolean {
  const clusters = centers.length / rows.width;
  let isChanged = false;
  for (let i = 0; i < rows.count; i++) {
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let c = 0; c < clusters; c++) {
      const distance = squaredDistance(rows, i, centers, c);
      if (distance < least) {
        least = distance;
        best = c;
      }
    }
    isChanged ||= assignments[i] !== best;
    assignments[i] = best;
    distances[i] = least;
  }
  return isChanged;
}

function moveCenters(rows: Rows, centers: Float64Array, assignments: Int32Array, distances: Float64Array): void {
  const { count, width, values } = rows;
  const sizes = new Int32Array(centers.length / width);
  centers.fill(0);
  for (let i = 0; i < count; i++) {
    sizes[assignments[i]]++;
    const q = assignments[i] * width;
    for (let d = 0; d < width; d++) centers[q + d] += values[i * width + d];
  }
  for (let c = 0; c < sizes.length; c++) {
    if (sizes[c] > 0) {
      for (let d = c * width; d < (c + 1) * width; d++) centers[d] /= sizes[c];
      continue;
    }
    let farthest = 0;
    for (let i = 1; i < count; i++) if (distances[i] > distances[farthest]) farthest = i;
    distances[farthest] = 0;
    centers.set(values.subarray(farthest * width, (farthest + 1) * width), c * width);
  }
}
