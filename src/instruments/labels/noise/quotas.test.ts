import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { key } from "../../../engine/index.ts";
import { drawQuotas, scaleToRate } from "./quotas.ts";
import { solveIncreasing } from "./solve-increasing.ts";
import { randomTransition } from "./transition.ts";

const cases = fc.record({
  classes: fc.integer({ min: 2, max: 12 }),
  guideRate: fc.double({ min: 0.02, max: 0.8, noNaN: true }),
  rate: fc.double({ min: 0, max: 0.9, noNaN: true }),
  seed: fc.nat(),
});

describe("quotas", () => {
  it("round each cell up or down, fill each class and add up to the rate", () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 0, max: 400 }), ({ classes, guideRate, rate, seed }, extra) => {
        const sizes = Array.from({ length: classes }, (_, i) => 1 + ((i * 37 + extra) % 200));
        const total = sizes.reduce((sum, size) => sum + size, 0);
        const matrix = scaleToRate(randomTransition(classes, guideRate, 0.5, key(seed)), sizes, rate);
        const quotas = drawQuotas(matrix, sizes, key(seed).fold(1));
        let wrong = 0;
        quotas.forEach((row, i) => {
          expect(row.reduce((sum, quota) => sum + quota, 0)).toBe(sizes[i]);
          row.forEach((quota, j) => {
            expect(quota).toBeGreaterThanOrEqual(0);
            if (i === j) return;
            wrong += quota;
            expect(Math.abs(quota - sizes[i] * matrix[i][j])).toBeLessThan(1 + 1e-6);
          });
        });
        expect(Math.abs(wrong - rate * total)).toBeLessThanOrEqual(0.5 + 1e-6);
      }),
      { numRuns: 200 },
    );
  });

  it("have each cell's mean", () => {
    const matrix = [
      [0.75, 0.25],
      [0.1, 0.9],
    ];
    const draws = Array.from({ length: 4000 }, (_, s) => drawQuotas(matrix, [5, 3], key(s)));
    // The cells ask for 1.25 and 0.3; with totals of 1.55 rounded to 2, means shift by at most the rounding of the total.
    const mean = (i: number, j: number) => draws.reduce((sum, quotas) => sum + quotas[i][j], 0) / draws.length;
    expect(mean(0, 1) + mean(1, 0)).toBe(2);
    expect(Math.abs(mean(0, 1) - 1.25)).toBeLessThan(0.46);
  });

  it("are of a matrix scaled to the rate, whose rows keep 2 % right", () => {
    fc.assert(
      fc.property(cases, ({ classes, guideRate, rate, seed }) => {
        const sizes = Array.from({ length: classes }, () => 50);
        const guide = randomTransition(classes, guideRate, 1, key(seed));
        const matrix = scaleToRate(guide, sizes, rate);
        const wrong = matrix.reduce((sum, row, i) => sum + 1 - row[i], 0) / classes;
        expect(wrong).toBeCloseTo(rate, 9);
        matrix.forEach((row, i) => {
          expect(row[i]).toBeGreaterThanOrEqual(0.02 - 1e-9);
          expect(row.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 9);
        });
      }),
      { numRuns: 100 },
    );
    expect(
      scaleToRate(
        [
          [0.9, 0.1],
          [0.2, 0.8],
        ],
        [10, 10],
        0.15,
      ),
    ).toEqual([
      [expect.closeTo(0.9, 12), expect.closeTo(0.1, 12)],
      [expect.closeTo(0.2, 12), expect.closeTo(0.8, 12)],
    ]);
  });

  it("cannot be had for a rate that the clean classes of a guide forbid", () => {
    expect(() =>
      scaleToRate(
        [
          [1, 0],
          [0.2, 0.8],
        ],
        [10, 10],
        0.6,
      ),
    ).toThrowErrorMatchingInlineSnapshot(`[OrreryError: realistic noise: the rate must be in [0, 0.49]; got 0.6]`);
  });
});

describe("solveIncreasing", () => {
  const settings = { low: 0, high: 4, tolerance: 1e-3, steps: 20 };

  it("finds where curves take a value, and says when they do not", () => {
    for (const f of [
      (x: number) => x,
      (x: number) => x * x * x,
      (x: number) => Math.exp(2 * x),
      (x: number) => Math.log1p(x),
    ]) {
      for (const root of [0.01, 0.3, 1, 3.9]) {
        const { value, end } = solveIncreasing(f, f(root), settings);
        expect([Math.abs(value - f(root)) < 1e-3, end]).toEqual([true, null]);
      }
      expect(solveIncreasing(f, f(0) - 1, settings)).toEqual({ x: 0, value: f(0), end: "above" });
      expect(solveIncreasing(f, f(4) + 1, settings)).toEqual({ x: 4, value: expect.closeTo(f(4), 9), end: "below" });
    }
  });
});
