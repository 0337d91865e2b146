import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { key, sampleNormal } from "../engine/index.ts";
import { gaussianMixture } from "./gaussian-mixture.ts";

describe("gaussianMixture", () => {
  it("recovers weights, means and variances of two groups", () => {
    const draws = sampleNormal(key(3), 4000, "float64");
    const points = draws.map((x, i) => (i % 4 === 0 ? 5 + 0.5 * x : 1 + x));
    const { weights, means, variances, lower } = gaussianMixture(points, { tolerance: 1e-6 });
    expect(weights[0]).toBeCloseTo(0.75, 1);
    expect(Math.abs(means[0] - 1)).toBeLessThan(0.1);
    expect(Math.abs(means[1] - 5)).toBeLessThan(0.1);
    expect(Math.abs(variances[0] - 1)).toBeLessThan(0.15);
    expect(Math.abs(variances[1] - 0.25)).toBeLessThan(0.08);
    const right = lower.filter((p, i) => p > 0.5 === (i % 4 !== 0)).length;
    expect(right / points.length).toBeGreaterThan(0.98);
  });

  it("finds the hand-computed mixture of two far pairs", () => {
    const { weights, means, variances } = gaussianMixture([0, 2, 100, 104], { regularization: 0 });
    expect(weights[0]).toBeCloseTo(0.5, 9);
    expect(means).toEqual([expect.closeTo(1, 9), expect.closeTo(102, 9)]);
    expect(variances).toEqual([expect.closeTo(1, 6), expect.closeTo(4, 6)]);
  });

  it("gives memberships in [0, 1], ordered means, and follows shift and order of the points", () => {
    const finite = fc.integer({ min: -50, max: 50 });
    fc.assert(
      fc.property(fc.array(finite, { minLength: 2, maxLength: 30 }), finite, (points, shift) => {
        const model = gaussianMixture(points, { iterations: 10, regularization: 1e-2 });
        expect(model.lower.every((p) => p >= 0 && p <= 1)).toBe(true);
        expect(model.means[0]).toBeLessThanOrEqual(model.means[1]);
        const turned = gaussianMixture(
          [...points].reverse().map((x) => x + shift),
          { iterations: 10, regularization: 1e-2 },
        );
        turned.lower.forEach((p, i) => {
          expect(p).toBeCloseTo(model.lower[points.length - 1 - i], 5);
        });
      }),
      { numRuns: 60, seed: 9 },
    );
  });

  it("puts equal points into the lower group", () => {
    expect(Math.min(...gaussianMixture([2, 2, 2], { regularization: 1e-3 }).lower)).toBeGreaterThan(0.99);
  });

  it("refuses no points and points that are not finite", () => {
    expect(() => gaussianMixture([])).toThrow("expected finite points; got none");
    expect(() => gaussianMixture([1, Number.NaN])).toThrow("got NaN at 1");
  });
});
