import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compile, ndarray, type Tensor } from "../engine/index.ts";
import { type AverageWeight, copyArrays, exponentialAverage, moveAverage, stochasticAverage } from "./averaging.ts";

/** The average after the given values, computed with plain numbers. */
const follow = (weight: AverageWeight, values: readonly number[], start: number): number =>
  values.reduce((average, value, step) => average + weight(step) * (value - average), start);

describe("parameter averages", () => {
  it("exponential: forgets by the decay at each step", () => {
    expect(follow(exponentialAverage(0.9), [1, 1], 0)).toBeCloseTo(0.19, 12);
  });

  it("stochastic: is the mean of the values it collects", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 1, maxLength: 30 }),
        fc.nat(5),
        fc.integer({ min: 1, max: 4 }),
        (values, from, every) => {
          const collected = values.filter((_, step) => step >= from && (step - from) % every === 0);
          const expected =
            collected.length > 0 ? collected.reduce((a, b) => a + b, 0) / collected.length : values[values.length - 1];
          expect(follow(stochasticAverage({ from, every }), values, 0)).toBeCloseTo(expected, 9);
        },
      ),
    );
  });

  it("move towards the parameters by the weight given at the call", async () => {
    const move = compile((a: { w: Tensor }, p: { w: Tensor }, weight: Tensor) => moveAverage(a, p, weight));
    const { w } = await move({ w: ndarray([1, 2]) }, { w: ndarray([3, 6]) }, 0.25);
    expect(w.toNested()).toEqual([1.5, 3]);
    await move.release();
  });

  it("refuse a decay of one", () => {
    expect(() => exponentialAverage(1)).toThrow("exponentialAverage: decay must be in [0, 1); got 1");
  });
});

describe("copyArrays", () => {
  it("shares nothing with the original", () => {
    const tree = { a: ndarray([1, 2]), b: [ndarray(3)] };
    const copy = copyArrays(tree);
    tree.a.data[0] = 9;
    expect(copy.a.toNested()).toEqual([1, 2]);
    expect(copy.b[0].item()).toBe(3);
  });
});
