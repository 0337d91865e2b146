import { describe, expect, it } from "vitest";
import { key, sampleNormal } from "../engine/index.ts";
import { logDeterminant } from "./log-determinant.ts";

describe("logDeterminant", () => {
  it("has the value and the inverse of a small matrix that needs a pivot", () => {
    const { value, inverse } = logDeterminant([0, 2, 4, 1]);
    expect(value).toBeCloseTo(Math.log(8), 12);
    expect(Array.from(inverse)).toEqual([-0.125, 0.25, 0.5, 0].map((x) => expect.closeTo(x, 12)));
  });

  it("inverts a hundred rows", () => {
    const n = 100;
    const a = sampleNormal(key(1), n * n, "float64");
    const { inverse } = logDeterminant(a);
    let worst = 0;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let k = 0; k < n; k++) sum += a[i * n + k] * inverse[k * n + j];
        worst = Math.max(worst, Math.abs(sum - Number(i === j)));
      }
    }
    expect(worst).toBeLessThan(1e-8);
  });

  it("has the transposed inverse as its slope", () => {
    const a = [1.2, 0.3, -0.4, 0.5, 2, 0.1, -0.2, 0.7, 1.5];
    const { inverse } = logDeterminant(a);
    a.forEach((x, i) => {
      const at = (value: number) => logDeterminant(a.with(i, value)).value;
      const numeric = (at(x + 1e-6) - at(x - 1e-6)) / 2e-6;
      expect(inverse[(i % 3) * 3 + Math.floor(i / 3)]).toBeCloseTo(numeric, 6);
    });
  });

  it("is minus infinity for a singular matrix and refuses what is not square", () => {
    expect(logDeterminant([1, 2, 2, 4]).value).toBe(Number.NEGATIVE_INFINITY);
    expect(() => logDeterminant([1, 2, 3])).toThrow("expected a square matrix; got 3 numbers");
  });
});
