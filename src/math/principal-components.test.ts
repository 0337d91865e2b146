import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NdArray } from "../engine/ndarray.ts";
import { key } from "../engine/random/key.ts";
import { sampleNormal } from "../engine/random/sample.ts";
import { principalComponents } from "./principal-components.ts";
import { symmetricEigen } from "./symmetric-eigen.ts";

describe("symmetricEigen", () => {
  it("gives A·v = λ·v with orthonormal vectors and descending values", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.nat(), (n, seed) => {
        const a = sampleNormal(key(seed), n * n, "float64");
        for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) a[i * n + j] = a[j * n + i];
        const { values, vectors } = symmetricEigen(a, n);
        for (let c = 0; c < n; c++) {
          if (c > 0) expect(values[c]).toBeLessThanOrEqual(values[c - 1]);
          for (let i = 0; i < n; i++) {
            let [image, inner] = [0, 0];
            for (let j = 0; j < n; j++) {
              image += a[i * n + j] * vectors[j * n + c];
              inner += vectors[j * n + i] * vectors[j * n + c];
            }
            expect(Math.abs(image - values[c] * vectors[i * n + c])).toBeLessThan(1e-9);
            expect(Math.abs(inner - (i === c ? 1 : 0))).toBeLessThan(1e-9);
          }
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe("principalComponents", () => {
  it("finds the axes along which points were spread, however many coordinates there are", () => {
    for (const d of [5, 40]) {
      const data = sampleNormal(key(d), 500 * d, "float64").map(
        (x, i) => 7 + x * [8, 4, 2][i % d < 3 ? i % d : 2] * (i % d < 3 ? 1 : 0.25),
      );
      const { variances, directions, mean } = principalComponents(new NdArray(data, [500, d]), 3);
      [64, 16, 4].forEach((variance, c) => {
        expect(variances.data[c] / variance).toBeGreaterThan(0.8);
        expect(variances.data[c] / variance).toBeLessThan(1.25);
        expect(Math.abs(directions.data[c * d + c])).toBeGreaterThan(0.98);
      });
      expect(Math.abs(mean.data[d - 1] - 7)).toBeLessThan(0.2);
    }
  });

  it("keeps distances when it keeps all components", () => {
    const data = sampleNormal(key(9), 60, "float64");
    const { coordinates } = principalComponents(new NdArray(data, [20, 3]), 3);
    const distance = (x: ArrayLike<number>, i: number, j: number) =>
      Math.hypot(...[0, 1, 2].map((k) => x[3 * i + k] - x[3 * j + k]));
    for (let i = 1; i < 20; i++) expect(distance(coordinates.data, 0, i)).toBeCloseTo(distance(data, 0, i), 5);
  });

  it("gives zero variance where points do not vary", () => {
    const { variances } = principalComponents(new NdArray(Float32Array.of(1, 2, 1, 2, 3, 2), [3, 2]), 2);
    expect(variances.data[0]).toBeCloseTo(8 / 9, 12);
    expect(variances.data[1]).toBe(0);
  });

  it("explains a number of components out of range", () => {
    const points = new NdArray(new Float32Array(4), [2, 2]);
    expect(() => principalComponents(points, 3)).toThrowErrorMatchingInlineSnapshot(
      `[OrreryError: principalComponents: components must be an integer in [1, 2], the number of coordinates; got 3]`,
    );
  });
});
