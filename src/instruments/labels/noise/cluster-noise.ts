import { type Key, type NdArray, samplePermutation } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import { membersOfGroups } from "../../../math/nearest-neighbors.ts";
import { principalComponents } from "../../../math/principal-components.ts";
import { rowsOf } from "../../../math/rows.ts";
import { checkRate } from "./check.ts";
import { type CheckedTarget, type Drawn, requireFeatures } from "./labelling.ts";

/** Settings of cluster noise. */
export interface ClusterOptions {
  /** The wanted rate, for which a radius is sought; without it `radius` is used. */
  readonly rate?: number;
  /** The radius around each chosen member, in the embedding's units. */
  readonly radius?: number;
  /** Members chosen as centroids in each class; 57 as published for CIFAR-10. */
  readonly centroids?: number;
  /** `[n, 2]` or wider: where the examples lie; the first two principal components of the features when left out. */
  readonly embedding?: NdArray;
}

/**
 * Cluster noise: in each class some members are chosen at random; every member within the radius of one of them is
 * labelled as the other class whose chosen member is nearest to it. Whole neighbourhoods turn wrong together, more than
 * people do. Source: Lim et al., "Robust learning under clustered label noise", 2024 (there t-SNE of CLIP embeddings).
 * @throws OrreryError `argument` unless exactly one of rate and radius is given, or without embedding and features.
 */
export function clusterNoise(target: CheckedTarget, options: ClusterOptions, key: Key): Drawn {
  const { rate, radius, centroids = 57 } = options;
  const isRadius = radius !== undefined && radius >= 0;
  if ((rate === undefined) !== isRadius || !Number.isInteger(centroids) || centroids < 1) {
    throw new OrreryError(
      "argument",
      `cluster noise: expected a rate or a radius from 0, and at least one centroid; got rate ${rate}, radius ${radius}, centroids ${centroids}`,
    );
  }
  if (rate !== undefined) checkRate("cluster noise", rate);
  const { own, rival } = nearestCentroids(target, options, centroids, key);
  const labels = Int32Array.from(target.clean);
  if (radius !== undefined) {
    own.forEach((distance, n) => {
      if (distance <= radius) labels[n] = rival[n];
    });
    return { labels, nominalRate: null };
  }
  const order = Array.from(own, (_, n) => n).sort((a, b) => own[a] - own[b] || a - b);
  const count = Math.round((rate ?? 0) * own.length);
  for (const n of order.slice(0, count)) labels[n] = rival[n];
  const reached = count === 0 ? 0 : own[order[count - 1]];
  return { labels, nominalRate: rate ?? null, notes: [`the rate is reached at radius ${reached.toPrecision(4)}`] };
}

/** For each example the distance to the nearest chosen member of its own class, and the class of the nearest of another. */
function nearestCentroids(target: CheckedTarget, options: ClusterOptions, centroids: number, key: Key) {
  const { clean } = target;
  const embedding = options.embedding ?? principalComponents(requireFeatures("cluster noise", target), 2).coordinates;
  const { count, width, values } = rowsOf("cluster noise: embedding", embedding);
  if (count !== clean.length) {
    throw new OrreryError("shape", `cluster noise: expected an embedding of ${clean.length} examples; got ${count}`);
  }
  const chosen = membersOfGroups(clean).flatMap((members) => {
    const order = samplePermutation(key.fold(clean[members[0]]), members.length);
    return Array.from(order.subarray(0, centroids), (i) => members[i]);
  });
  const own = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  const rival = Int32Array.from(clean);
  for (let n = 0; n < count; n++) {
    let nearest = Number.POSITIVE_INFINITY;
    for (const c of chosen) {
      let square = 0;
      for (let d = 0; d < width; d++) square += (values[n * width + d] - values[c * width + d]) ** 2;
      const distance = Math.sqrt(square);
      if (clean[c] === clean[n]) own[n] = Math.min(own[n], distance);
      else if (distance < nearest) {
        nearest = distance;
        rival[n] = clean[c];
      }
    }
  }
  return { own, rival };
}
