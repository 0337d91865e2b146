import { describe, expect, it } from "vitest";
import { NdArray, ndarray } from "../engine/ndarray.ts";
import { key } from "../engine/random/key.ts";
import { sampleNormal } from "../engine/random/sample.ts";
import { kMeans } from "./k-means.ts";

describe("kMeans", () => {
  it("finds well separated clusters and their means", () => {
    const data = sampleNormal(key(3), 600, "float64").map((x, i) => 0.1 * x + (Math.floor(i / 2) % 3) * 10);
    const { assignments, centers, inertia } = kMeans(new NdArray(data, [300, 2]), { clusters: 3, key: key(1) });
    const groups = [0, 1, 2].map((g) => new Set(assignments.data.filter((_, i) => i % 3 === g)));
    expect(groups.map((set) => set.size)).toEqual([1, 1, 1]);
    expect(new Set(assignments.data).size).toBe(3);
    const sorted = Array.from({ length: 3 }, (_, c) => centers.data[2 * c]).sort((a, b) => a - b);
    expect(Math.max(...sorted.map((center, c) => Math.abs(center - 10 * c)))).toBeLessThan(0.05);
    expect(inertia / 600).toBeGreaterThan(0.007);
    expect(inertia / 600).toBeLessThan(0.013);
  });

  it("gives every point the nearest centre and every centre the mean of its points", () => {
    const data = sampleNormal(key(5), 400, "float64");
    const points = new NdArray(data, [200, 2]);
    const { assignments, centers } = kMeans(points, { clusters: 7, key: key(2), maxSteps: 1000 });
    const distance = (i: number, c: number) =>
      Math.hypot(data[2 * i] - centers.data[2 * c], data[2 * i + 1] - centers.data[2 * c + 1]);
    for (let c = 0; c < 7; c++) {
      const members = Array.from({ length: 200 }, (_, i) => i).filter((i) => assignments.data[i] === c);
      expect(members.length).toBeGreaterThan(0);
      const mean = members.reduce((sum, i) => sum + data[2 * i], 0) / members.length;
      expect(centers.data[2 * c]).toBeCloseTo(mean, 10);
      for (const i of members)
        for (let o = 0; o < 7; o++) expect(distance(i, c)).toBeLessThanOrEqual(distance(i, o) + 1e-12);
    }
  });

  it("never gets worse with more starts, and gives the same clusters for the same key", () => {
    const points = new NdArray(sampleNormal(key(6), 300), [100, 3]);
    const once = kMeans(points, { clusters: 8, key: key(4) });
    expect(kMeans(points, { clusters: 8, key: key(4) })).toEqual(once);
    expect(kMeans(points, { clusters: 8, key: key(4), restarts: 5 }).inertia).toBeLessThanOrEqual(once.inertia);
  });

  it("copes with copies of one point and with a cluster per point", () => {
    expect(kMeans(ndarray([[1], [1], [1]]), { clusters: 2, key: key(1) }).inertia).toBe(0);
    const each = kMeans(ndarray([[1], [5], [2]]), { clusters: 3, key: key(1) });
    expect([each.inertia, new Set(each.assignments.data).size]).toEqual([0, 3]);
  });

  it("explains settings out of range", () => {
    const points = ndarray([[1], [2]]);
    expect(() => kMeans(points, { clusters: 3, key: key(1) })).toThrowErrorMatchingInlineSnapshot(
      `[OrreryError: kMeans: clusters must be an integer in [1, 2], the number of points; got 3]`,
    );
    expect(() => kMeans(points, { clusters: 1, key: key(1), restarts: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[OrreryError: kMeans: restarts must be an integer from 1; got 0]`,
    );
  });
});
