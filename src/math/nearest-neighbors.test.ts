import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NdArray, ndarray } from "../engine/ndarray.ts";
import { key } from "../engine/random/key.ts";
import { sampleIntegers, sampleNormal } from "../engine/random/sample.ts";
import { type DistanceMetric, nearestNeighbors } from "./nearest-neighbors.ts";

/** All distances in float64, sorted: the definition. */
function bruteForce(
  points: NdArray,
  queries: NdArray,
  metric: DistanceMetric,
  isAllowed: (i: number, j: number) => boolean,
) {
  const row = (array: NdArray, i: number) =>
    Array.from(array.data.subarray(i * array.shape[1], (i + 1) * array.shape[1]) as Float32Array);
  const length = (x: number[]) => Math.hypot(...x);
  return Array.from({ length: queries.shape[0] }, (_, i) => {
    const a = row(queries, i);
    return Array.from({ length: points.shape[0] }, (_, index) => {
      const b = row(points, index);
      const cosine = a.reduce((sum, x, d) => sum + x * b[d], 0) / (length(a) * length(b));
      return { index, distance: metric === "cosine" ? 1 - cosine : length(a.map((x, d) => x - b[d])) };
    })
      .filter(({ index }) => isAllowed(i, index))
      .sort((x, y) => x.distance - y.distance || x.index - y.index);
  });
}

describe("nearestNeighbors", () => {
  it.each(["euclidean", "cosine"] as const)("agrees with the definition over several tiles, %s", async (metric) => {
    const points = new NdArray(
      sampleNormal(key(1), 1300 * 6).map((x) => x + 3),
      [1300, 6],
    );
    const { indices, distances } = await nearestNeighbors(points, { k: 4, metric });
    const first = new NdArray(points.data.subarray(0, 300) as Float32Array, [50, 6]);
    const expected = bruteForce(points, first, metric, (i, j) => i !== j).map((list) => list.slice(0, 4));
    expect(Array.from(indices.data.subarray(0, 200))).toEqual(expected.flat().map(({ index }) => index));
    const error = expected.flat().map(({ distance }, i) => Math.abs(distance - distances.data[i]));
    expect(Math.max(...error)).toBeLessThan(1e-12);
    expect(indices.data[4 * 1299]).toBeGreaterThanOrEqual(0);
  });

  it("stays within groups, and says where a group has too few members", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const points = new NdArray(sampleNormal(key(seed), 60), [30, 2]);
        const groups = sampleIntegers(key(seed).fold(1), 30, 0, 6);
        const { indices } = await nearestNeighbors(points, { k: 3, groups });
        const expected = bruteForce(points, points, "euclidean", (i, j) => i !== j && groups[i] === groups[j]);
        const padded = expected.flatMap((list) => [0, 1, 2].map((r) => list.at(r)?.index ?? -1));
        expect(Array.from(indices.data)).toEqual(padded);
      }),
      { numRuns: 8 },
    );
  });

  it("finds the neighbours of queries, a point's own copy included", async () => {
    const points = ndarray([
      [0, 0],
      [1, 0],
      [5, 5],
    ]);
    const { indices, distances } = await nearestNeighbors(points, {
      k: 2,
      queries: ndarray([
        [1, 0],
        [4, 5],
      ]),
    });
    expect(indices.toNested()).toEqual([
      [1, 0],
      [2, 1],
    ]);
    expect(distances.data[0]).toBe(0);
  });

  it("tells points apart that lie far from the origin and near each other", async () => {
    const points = new NdArray(Float64Array.from([1e6, 1e6 + 0.001, 1e6 + 0.003, 1e6 + 0.004]), [4, 1]);
    const { indices } = await nearestNeighbors(points, { k: 1 });
    expect(Array.from(indices.data)).toEqual([1, 0, 3, 2]);
  });

  it("puts a zero vector at cosine distance 1 of everything", async () => {
    const { distances } = await nearestNeighbors(
      ndarray([
        [0, 0],
        [1, 0],
        [1, 1],
      ]),
      { k: 2, metric: "cosine" },
    );
    expect(Array.from(distances.data.subarray(0, 2))).toEqual([1, 1]);
    expect(distances.data[2]).toBeCloseTo(1 - Math.SQRT1_2, 12);
  });

  it("explains what does not fit", async () => {
    const points = ndarray([
      [0, 1],
      [1, Number.NaN],
    ]);
    await expect(nearestNeighbors(points, { k: 1 })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[OrreryError: nearestNeighbors: point 1, coordinate 1: expected a finite number; got NaN]`,
    );
    await expect(nearestNeighbors(ndarray([[0]]), { k: 0 })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[OrreryError: nearestNeighbors: k must be an integer from 1; got 0]`,
    );
    await expect(nearestNeighbors(ndarray([[0]]), { k: 1, groups: [1, 2] })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[OrreryError: nearestNeighbors: expected a group for each of 1 points; got 2]`,
    );
    await expect(
      nearestNeighbors(ndarray([[0]]), { k: 1, queries: ndarray([[0, 1]]) }),
    ).rejects.toThrowErrorMatchingInlineSnapshot(
      `[OrreryError: nearestNeighbors: queries must have the points' 1 coordinates; got 2]`,
    );
    const aborted = nearestNeighbors(ndarray([[0], [1]]), { k: 1, signal: AbortSignal.abort() });
    await expect(aborted).rejects.toThrowErrorMatchingInlineSnapshot(`[OrreryError: nearestNeighbors: cancelled]`);
  });
});
