import { describe, expect, it } from "vitest";
import { logGamma } from "./log-gamma.ts";
import { incompleteBeta, studentTwoSided } from "./student-t.ts";

describe("logGamma", () => {
  it("is the logarithm of factorials, and of √π at a half", () => {
    let factorial = 1;
    for (let n = 1; n <= 20; n++) {
      expect(logGamma(n)).toBeCloseTo(Math.log(factorial), 11);
      factorial *= n;
    }
    expect(logGamma(0.5)).toBeCloseTo(0.5 * Math.log(Math.PI), 12);
    expect(logGamma(0.1)).toBeCloseTo(2.252712651734206, 12);
  });
});

describe("incompleteBeta", () => {
  it("has its closed forms and its symmetry", () => {
    for (const x of [0, 0.1, 0.5, 0.93, 1]) {
      expect(incompleteBeta(x, 1, 1)).toBeCloseTo(x, 12);
      expect(incompleteBeta(x, 3, 1)).toBeCloseTo(x ** 3, 12);
      expect(incompleteBeta(x, 1, 4)).toBeCloseTo(1 - (1 - x) ** 4, 12);
      expect(incompleteBeta(x, 2.5, 7) + incompleteBeta(1 - x, 7, 2.5)).toBeCloseTo(1, 12);
    }
  });
});

describe("studentTwoSided", () => {
  it("is Cauchy's tail with one degree, 1 − t/√(2 + t²) with two, and meets the usual tables", () => {
    for (const t of [0, 0.3, 1, -2.5, 40]) {
      expect(studentTwoSided(t, 1)).toBeCloseTo(1 - (2 / Math.PI) * Math.atan(Math.abs(t)), 12);
      expect(studentTwoSided(t, 2)).toBeCloseTo(1 - Math.abs(t) / Math.sqrt(2 + t * t), 12);
    }
    expect(studentTwoSided(2.776445, 4)).toBeCloseTo(0.05, 6);
    expect(studentTwoSided(2.04523, 29)).toBeCloseTo(0.05, 6);
    expect(studentTwoSided(Number.POSITIVE_INFINITY, 3)).toBe(0);
    expect(studentTwoSided(Number.NaN, 3)).toBeNaN();
  });
});
