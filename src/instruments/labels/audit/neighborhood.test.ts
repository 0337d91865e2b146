import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { key, NdArray, sampleNormal, sampleUniform } from "../../../engine/index.ts";
import { nearestNeighbors } from "../../../math/nearest-neighbors.ts";
import { normalizeRows, transitionCounts } from "../noise/index.ts";
import { dataValues } from "./data-value.ts";
import { embeddingOf } from "./embedding.ts";
import { flipDependence } from "./flip-dependence.ts";
import { higherOrderConsensus } from "./higher-order-consensus.ts";
import { findNearDuplicates } from "./near-duplicates.ts";
import { testOrder } from "./non-iid.ts";
import { findOutliers } from "./outliers.ts";
import { mapRows } from "./row-map.ts";
import { separability } from "./separability.ts";
import { findWeakClusters } from "./weak-clusters.ts";

/** Points around a centre for each of three classes, far apart, in a seeded order. */
function blobs(count: number, seed = 1) {
  const noise = sampleNormal(key(seed), count * 4, "float32");
  const truth = Int32Array.from(sampleUniform(key(seed + 1), count, "float64"), (u) => Math.floor(3 * u));
  const points = Float32Array.from({ length: count * 4 }, (_, i) => noise[i] * 0.3 + (i % 4 === truth[i >> 2] ? 3 : 0));
  return { truth, points: new NdArray<"float32">(points, [count, 4]) };
}

const near = (points: NdArray, k = 10) => nearestNeighbors(points, { k, metric: "cosine" });

describe("rows beside their nearest", () => {
  it("have cleanlab's outlier scores and data values", async () => {
    const stored = JSON.parse(readFileSync(new URL("./reference/neighbors.json", import.meta.url), "utf8")) as {
      readonly k: number;
      readonly features: readonly (readonly number[])[];
      readonly labels: readonly number[];
      readonly outlierScores: readonly number[];
      readonly dataValues: readonly number[];
    };
    const features = new NdArray<"float64">(Float64Array.from(stored.features.flat()), [stored.features.length, 6]);
    const neighbors = await near(features, stored.k);
    const scores = findOutliers(neighbors).scores;
    const values = dataValues(neighbors, Int32Array.from(stored.labels));
    for (const [i, score] of stored.outlierScores.entries()) expect(scores[i]).toBeCloseTo(score, 9);
    for (const [i, value] of stored.dataValues.entries()) expect(values[i]).toBeCloseTo(value, 9);
  });

  it("show an outlier, copies and copies with different labels", async () => {
    const { points, truth } = blobs(200);
    points.data.set([-9, -8, -7, -9], 0);
    points.data.copyWithin(4 * 10, 4 * 20, 4 * 21);
    points.data.copyWithin(4 * 30, 4 * 40, 4 * 41);
    const labels = truth.slice();
    labels[10] = labels[20];
    labels[30] = (labels[40] + 1) % 3;
    const neighbors = await near(points);
    expect(findOutliers(neighbors).rows[0]).toBe(0);
    const groups = findNearDuplicates(neighbors, labels);
    const groupOf = (row: number) => groups.find(({ rows }) => rows.includes(row));
    expect(Array.from(groupOf(10)?.rows ?? [])).toContain(20);
    expect(groupOf(10)?.hasConflict).toBe(false);
    expect(groupOf(30)?.hasConflict).toBe(true);
    expect(groups[0].hasConflict).toBe(true);
  });

  it("tell a sorted file from a shuffled one", async () => {
    const { points, truth } = blobs(300);
    const shuffled = await testOrder(await near(points), { key: key(1) });
    expect(shuffled.pValue).toBeGreaterThan(0.05);
    const order = Int32Array.from(truth.keys()).sort((a, b) => truth[a] - truth[b] || a - b);
    const sorted = new NdArray<"float32">(
      Float32Array.from(Array.from(order).flatMap((row) => Array.from(points.data.subarray(4 * row, 4 * row + 4)))),
      points.shape,
    );
    const { pValue, statistic } = await testOrder(await near(sorted), { key: key(1) });
    expect(pValue).toBeLessThanOrEqual(0.02);
    expect(statistic).toBeGreaterThan(3 * shuffled.statistic);
  });

  it("lie apart where classes do", async () => {
    const { points, truth } = blobs(300);
    const neighbors = await near(points);
    expect(separability(neighbors, truth, 3)).toBeGreaterThan(0.98);
    const random = Int32Array.from(sampleUniform(key(9), 300, "float64"), (u) => Math.floor(3 * u));
    expect(separability(neighbors, random, 3)).toBeLessThan(0.6);
  });

  it("form a cluster that a model explains badly", async () => {
    const { points, truth } = blobs(400);
    const data = Float32Array.from({ length: 1200 }, (_, i) => {
      const right = truth[Math.floor(i / 3)] === 2 ? 0.1 : 0.9;
      return i % 3 === truth[Math.floor(i / 3)] ? right : (1 - right) / 2;
    });
    const weak = await findWeakClusters(
      points,
      { probabilities: new NdArray<"float32">(data, [400, 3]), labels: truth },
      key(2),
    );
    expect(weak.length).toBeGreaterThan(0);
    for (const { label, ratio } of weak) {
      expect(label).toBe(2);
      expect(ratio).toBeLessThan(0.3);
    }
  });
});

describe("higher-order consensus", () => {
  it("finds the transition matrix of noisy blobs without a model", async () => {
    const { points, truth } = blobs(6000);
    const transition = [
      [0.7, 0.3, 0],
      [0.1, 0.8, 0.1],
      [0, 0.4, 0.6],
    ];
    const uniform = sampleUniform(key(4), 6000, "float64");
    const labels = truth.map((y, i) => {
      const [a, b] = transition[y];
      return uniform[i] < a ? 0 : uniform[i] < a + b ? 1 : 2;
    });
    const found = await higherOrderConsensus(labels, await near(points, 2), {
      classes: 3,
      key: key(5),
      steps: 500,
      replicates: 5,
    });
    const realized = normalizeRows(transitionCounts(truth, labels, 3));
    const gaps = found.transition.flatMap((row, i) => row.map((rate, j) => Math.abs(rate - realized[i][j])));
    expect(Math.max(...gaps)).toBeLessThan(0.05);
    expect(found.noiseRate.estimate).toBeCloseTo(0.3, 1);
    expect(found.noiseRate.low).toBeLessThanOrEqual(found.noiseRate.estimate);
    expect(found.noiseRate.high - found.noiseRate.low).toBeLessThan(0.08);
  });
});

describe("the dependence of flips", () => {
  it("is seen where a region's labels are wrong, and not where rows are wrong at random", async () => {
    const { points, truth } = blobs(1500);
    const neighbors = await near(points);
    const data = Float32Array.from({ length: 4500 }, (_, i) => (i % 3 === truth[Math.floor(i / 3)] ? 0.9 : 0.05));
    const probabilities = new NdArray<"float32">(data, [1500, 3]);
    const uniform = sampleUniform(key(6), 1500, "float64");
    const transition = [
      [0.8, 0.2, 0],
      [0, 0.8, 0.2],
      [0.2, 0, 0.8],
    ];
    const options = { denoised: truth, transition, key: key(7) };
    const even = truth.map((y, i) => (uniform[i] < 0.2 ? (y + 1) % 3 : y));
    const local = truth.map((y, i) => (points.data[4 * i + 3] > 0.25 ? (y + 1) % 3 : y));
    const random = flipDependence({ probabilities, labels: even }, neighbors, options);
    const regional = flipDependence({ probabilities, labels: local }, neighbors, options);
    expect(Math.abs(random.lift - 1)).toBeLessThan(0.25);
    expect(regional.lift).toBeGreaterThan(1.5);
    expect(regional.zScore).toBeGreaterThan(4);
  });
});

describe("an embedding", () => {
  it("averages images over blocks and standardises features", () => {
    const images = new NdArray<"uint8">(
      Uint8Array.from({ length: 2 * 3 * 32 * 32 }, (_, i) => (i < 3072 ? 10 : 30)),
      [2, 3, 32, 32],
    );
    const embedded = embeddingOf(images);
    expect(embedded.shape).toEqual([2, 192]);
    expect(embedded.data.every((value, i) => Math.abs(value - (i < 192 ? -10 : 10)) < 1e-4)).toBe(true);
    const features = embeddingOf(new NdArray<"float32">(Float32Array.of(0, 5, 2, 5), [2, 2]));
    expect(Array.from(features.data)).toEqual([-1, 0, 1, 0]);
  });
});

describe("a map of the rows", () => {
  it("holds every suspect, keeps blobs apart and tells how much of the variance it shows", () => {
    const { points, truth } = blobs(5000);
    const issues = Uint8Array.from(truth, (_, row) => Number(row % 100 === 7));
    const map = mapRows(points, issues);
    if (map === undefined) throw new Error("no map");
    expect(map.places.filter((place) => issues[place] === 1)).toHaveLength(50);
    expect(map.places).toHaveLength(1250);
    expect(map.coordinates.shape).toEqual([1250, 2]);
    // Three blobs span a plane; what is left is the noise's two other directions.
    expect(map.explained).toBeGreaterThan(0.9);
    expect(map.explained).toBeLessThan(1);
    const middle = (label: number, axis: number) => {
      const own = Array.from(map.places.keys()).filter((i) => truth[map.places[i]] === label);
      return own.reduce((sum, i) => sum + map.coordinates.data[2 * i + axis], 0) / own.length;
    };
    for (const [a, b] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ]) {
      expect(Math.hypot(middle(a, 0) - middle(b, 0), middle(a, 1) - middle(b, 1))).toBeGreaterThan(3);
    }
  });

  it("is left out where there is no plane", () => {
    const none = new Uint8Array(3);
    expect(mapRows(new NdArray<"float32">(Float32Array.of(1, 2, 3), [3, 1]), none)).toBeUndefined();
    expect(mapRows(new NdArray<"float32">(new Float32Array(6).fill(2), [3, 2]), none)).toBeUndefined();
  });
});
