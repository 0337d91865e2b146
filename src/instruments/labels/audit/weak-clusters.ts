import { takeRows } from "../../../data/index.ts";
import { type Key, type NdArray, samplePermutation } from "../../../engine/index.ts";
import { kMeans } from "../../../math/k-means.ts";
import { nearestNeighbors } from "../../../math/nearest-neighbors.ts";
import { type LabelledProbabilities, scoreLabels } from "../confident-learning/index.ts";

/** A group of similar rows whose labels the model explains badly. */
export interface WeakCluster {
  /** Ascending. */
  readonly rows: Int32Array;
  /** The mean probability of the labels in the cluster. */
  readonly confidence: number;
  /** `confidence` over its mean of all rows. */
  readonly ratio: number;
  /** The commonest label. */
  readonly label: number;
}

/** Rows that the clusters are found with; the others join the nearest. */
const sampleSize = 4000;
const leastRows = 5;
/** How much worse than all rows a cluster must be, and by how many standard errors. */
const weakRatio = 0.75;
const weakErrors = 4;

async function assign(embedding: NdArray<"float32">, key: Key): Promise<Int32Array> {
  const count = embedding.shape[0];
  const [forSample, forClusters] = key.split(2);
  const clusters = Math.max(1, Math.min(50, Math.round(Math.sqrt(count) / 2)));
  const chosen = samplePermutation(forSample, count).subarray(0, sampleSize);
  const sample = count > sampleSize ? takeRows(embedding, chosen) : embedding;
  const { centers, assignments } = kMeans(sample, { clusters, key: forClusters, maxSteps: 25 });
  if (count <= sampleSize) return assignments.data;
  return (await nearestNeighbors(centers, { k: 1, queries: embedding })).indices.data;
}

/**
 * Clusters of rows (k-means) in which the out-of-sample probability of the label is below three quarters of its mean, by at least four
 * standard errors; the worst first.
 */
export async function findWeakClusters(
  embedding: NdArray<"float32">,
  labelled: LabelledProbabilities,
  key: Key,
): Promise<WeakCluster[]> {
  const confidence = scoreLabels(labelled);
  const assigned = await assign(embedding, key);
  const mean = confidence.reduce((a, b) => a + b, 0) / confidence.length;
  const deviation = Math.sqrt(confidence.reduce((sum, p) => sum + (p - mean) ** 2, 0) / confidence.length);
  const members = new Map<number, number[]>();
  assigned.forEach((cluster, row) => {
    const group = members.get(cluster);
    if (group === undefined) members.set(cluster, [row]);
    else group.push(row);
  });
  const weak: WeakCluster[] = [];
  for (const rows of members.values()) {
    const own = rows.reduce((sum, row) => sum + confidence[row], 0) / rows.length;
    const isWorse = own < weakRatio * mean && mean - own > (weakErrors * deviation) / Math.sqrt(rows.length);
    if (rows.length < leastRows || !isWorse) continue;
    const counts = new Map<number, number>();
    for (const row of rows) counts.set(labelled.labels[row], (counts.get(labelled.labels[row]) ?? 0) + 1);
    const [label] = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0];
    weak.push({ rows: Int32Array.from(rows), confidence: own, ratio: own / mean, label });
  }
  return weak.sort((a, b) => a.ratio - b.ratio);
}
