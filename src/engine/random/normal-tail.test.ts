import { expect, test } from "vitest";
import { normalTail } from "./normal-tail.ts";

// Python 3.11: [-statistics.NormalDist().inv_cdf(p) for p in …], which implements the same algorithm with the C library's logarithm.
test.each([
  [2 ** -54, 8.292361075813595],
  [1e-10, 6.361340902404056],
  [0.01, 2.3263478740408408],
  [0.07, 1.4757910281791702],
  [0.0750001, 1.4395307645017297],
  [0.25, 0.6744897501960817],
  [0.4999, 0.0002506628300880075],
])("the upper tail of probability %f begins at %f", (p, x) => {
  expect(normalTail(p) / x).toBeCloseTo(1, 14);
});

test("decreases in p, across the seams of its three formulas", () => {
  for (const seam of [0.075, Math.exp(-25)]) {
    expect(normalTail(seam * (1 - 1e-12))).toBeGreaterThan(normalTail(seam * (1 + 1e-12)));
    expect(normalTail(seam * (1 - 1e-12)) / normalTail(seam * (1 + 1e-12))).toBeCloseTo(1, 11);
  }
});
