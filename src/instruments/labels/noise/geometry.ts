import { type Key, NdArray } from "../../../engine/index.ts";
import { kMeans } from "../../../math/k-means.ts";
import { membersOfGroups, type Neighbors, nearestNeighbors } from "../../../math/nearest-neighbors.ts";
import { rowsOf } from "../../../math/rows.ts";

/** How examples lie to each other and to the classes, whatever their labels: computed once, used for many labellings. */
export interface LabelGeometry {
  readonly clean: Int32Array;
  readonly classes: number;
  /** The examples of each class, ascending. */
  readonly members: readonly Int32Array[];
  /** The `k` nearest examples of the same class by cosine. */
  readonly neighbors: Neighbors;
  /**
   * `[n · K]`: how much nearer example n lies to class j than others of its class do: `cos(φ, μ_j) − cos(φ, μ_y)` less its
   * mean over the class, in standard deviations; 0 for its own class.
   */
  readonly margins: Float32Array;
  /** `[n]`: the k-means cluster of each example within its class. */
  readonly clusters: Int32Array;
  /** How many clusters each class has. */
  readonly clusterCounts: Int32Array;
}

/** Settings of `labelGeometry`. */
export interface GeometryOptions {
  /** Neighbours per example. */
  readonly k?: number;
  /** Clusters in each class, but no fewer than 5 examples each. */
  readonly clusters?: number;
  readonly key: Key;
  readonly signal?: AbortSignal;
}

const clusterSteps = 10;
const fewestPerCluster = 5;

/**
 * Neighbours, margins and clusters of examples with features `[n, …]`, each row scaled to length 1.
 * @throws OrreryError `shape`, `argument` for features that are not finite, `cancelled`.
 */
export async function labelGeometry(
  clean: Int32Array,
  features: NdArray,
  classes: number,
  options: GeometryOptions,
): Promise<LabelGeometry> {
  const { k = 10, clusters: wanted = 10, key, signal } = options;
  const unit = unitRows(features);
  const members: Int32Array[] = Array.from({ length: classes }, () => new Int32Array(0));
  for (const group of membersOfGroups(clean)) members[clean[group[0]]] = group;
  const neighbors = await nearestNeighbors(unit, { k, metric: "cosine", groups: clean, signal });
  const clusters = new Int32Array(clean.length);
  const clusterCounts = new Int32Array(classes);
  for (const [y, group] of members.entries()) {
    if (group.length === 0) continue;
    clusterCounts[y] = Math.max(1, Math.min(wanted, Math.floor(group.length / fewestPerCluster)));
    const found = kMeans(rowsOfMembers(unit, group), {
      clusters: clusterCounts[y],
      key: key.fold(y),
      maxSteps: clusterSteps,
    });
    for (let i = 0; i < group.length; i++) clusters[group[i]] = found.assignments.data[i];
  }
  const margins = standardizedMargins(unit, members, classes);
  return { clean, classes, members, neighbors, margins, clusters, clusterCounts };
}

function unitRows(features: NdArray): NdArray<"float32"> {
  const { count, width, values } = rowsOf("label noise: features", features);
  const out = new Float32Array(values.length);
  for (let n = 0; n < count; n++) {
    let square = 0;
    for (let j = n * width; j < (n + 1) * width; j++) square += values[j] * values[j];
    const scale = square > 0 ? 1 / Math.sqrt(square) : 0;
    for (let j = n * width; j < (n + 1) * width; j++) out[j] = values[j] * scale;
  }
  return new NdArray(out, [count, width]);
}

function rowsOfMembers(rows: NdArray<"float32">, members: Int32Array): NdArray {
  const d = rows.shape[1];
  const out = new Float32Array(members.length * d);
  for (let i = 0; i < members.length; i++) out.set(rows.data.subarray(members[i] * d, (members[i] + 1) * d), i * d);
  return new NdArray(out, [members.length, d]);
}

/** The mean direction of each class, of length 1. */
function classDirections(unit: NdArray<"float32">, members: readonly Int32Array[]): Float64Array[] {
  const d = unit.shape[1];
  return members.map((group) => {
    const mean = new Float64Array(d);
    for (const n of group) for (let j = 0; j < d; j++) mean[j] += unit.data[n * d + j];
    const length = Math.sqrt(mean.reduce((sum, x) => sum + x * x, 0));
    return length > 0 ? mean.map((x) => x / length) : mean;
  });
}

/** `[K][K]`: cosine between the mean directions of classes after the mean of all examples is taken away. */
export function classSimilarity(clean: Int32Array, features: NdArray, classes: number): number[][] {
  const unit = unitRows(features);
  const d = unit.shape[1];
  const mean = new Float64Array(d);
  for (let i = 0; i < unit.size; i++) mean[i % d] += unit.data[i] / clean.length;
  const centered = new NdArray<"float32">(
    unit.data.map((x, i) => x - mean[i % d]),
    unit.shape,
  );
  const members = Array.from({ length: classes }, (_, y) =>
    Int32Array.from(clean.keys()).filter((n) => clean[n] === y),
  );
  const directions = classDirections(centered, members);
  return directions.map((a) => directions.map((b) => a.reduce((sum, x, j) => sum + x * b[j], 0)));
}

function standardizedMargins(unit: NdArray<"float32">, members: readonly Int32Array[], classes: number): Float32Array {
  const d = unit.shape[1];
  const directions = classDirections(unit, members);
  const margins = new Float32Array(unit.shape[0] * classes);
  const cosines = new Float64Array(classes);
  for (const [y, group] of members.entries()) {
    for (const n of group) {
      for (let j = 0; j < classes; j++) {
        cosines[j] = 0;
        for (let f = 0; f < d; f++) cosines[j] += unit.data[n * d + f] * directions[j][f];
      }
      for (let j = 0; j < classes; j++) margins[n * classes + j] = cosines[j] - cosines[y];
    }
    for (let j = 0; j < classes; j++) standardize(margins, group, classes, j);
  }
  return margins;
}

/** Shifts and scales column j over the rows of one class to mean 0 and deviation 1; to 0 where it does not vary. */
function standardize(margins: Float32Array, group: Int32Array, classes: number, j: number): void {
  let [sum, square] = [0, 0];
  for (const n of group) sum += margins[n * classes + j];
  const mean = sum / group.length;
  for (const n of group) square += (margins[n * classes + j] - mean) ** 2;
  const deviation = Math.sqrt(square / group.length);
  for (const n of group) {
    const at = n * classes + j;
    margins[at] = deviation > 1e-12 ? (margins[at] - mean) / deviation : 0;
  }
}
