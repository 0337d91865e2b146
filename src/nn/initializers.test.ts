import { describe, expect, it } from "vitest";
import { key, type NdArray } from "../engine/index.ts";
import { fansOf, type Initializer } from "./initializer.ts";
import * as initializers from "./initializers.ts";

const shape = [64, 32, 3, 3];

/** Mean, standard deviation and largest size of the values an initializer gives. */
function statistics(initialize: Initializer): { mean: number; deviation: number; bound: number } {
  const values = [...initialize(key(3), shape).data].map(Number);
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length);
  return { mean, deviation, bound: Math.max(...values.map(Math.abs)) };
}

const [fanIn, fanOut] = [32 * 9, 64 * 9];

describe("an initializer's deviation is its formula's and its bound holds", () => {
  it.each<[string, Initializer, number, number]>([
    ["uniform", initializers.uniform(-0.5, 0.5), 1 / Math.sqrt(12), 0.5],
    ["normal", initializers.normal(0, 2), 2, 12],
    ["truncatedNormal", initializers.truncatedNormal(0.02), 0.02 * 0.8796, 0.04],
    [
      "xavierUniform",
      initializers.xavierUniform(2),
      2 * Math.sqrt(2 / (fanIn + fanOut)),
      2 * Math.sqrt(6 / (fanIn + fanOut)),
    ],
    ["xavierNormal", initializers.xavierNormal(), Math.sqrt(2 / (fanIn + fanOut)), 1],
    ["kaimingUniform", initializers.kaimingUniform(), Math.sqrt(2 / fanIn), Math.sqrt(6 / fanIn)],
    [
      "kaimingUniform with slope √5",
      initializers.kaimingUniform({ slope: Math.sqrt(5) }),
      Math.sqrt(1 / 3 / fanIn),
      Math.sqrt(1 / fanIn),
    ],
    ["kaimingNormal of fan out", initializers.kaimingNormal({ fan: "out" }), Math.sqrt(2 / fanOut), 1],
    ["lecunUniform", initializers.lecunUniform(), Math.sqrt(1 / fanIn), Math.sqrt(3 / fanIn)],
    ["lecunNormal", initializers.lecunNormal(), Math.sqrt(1 / fanIn), 1],
    ["orthogonal", initializers.orthogonal(), 1 / Math.sqrt(fanIn), 1],
  ])("%s", (_, initialize, expected, limit) => {
    const { mean, deviation, bound } = statistics(initialize);
    // 18,432 values: the deviation is known to half a percent, the mean to a hundredth of a deviation.
    expect(Math.abs(deviation / expected - 1)).toBeLessThan(0.02);
    expect(Math.abs(mean)).toBeLessThan(0.03 * expected);
    expect(bound).toBeLessThanOrEqual(limit * (1 + 1e-6));
  });
});

describe("orthogonal", () => {
  const gram = ({ data, shape: [rows, columns] }: NdArray, ofRows: boolean) => {
    const at = (i: number, j: number) => Number(data[i * columns + j]);
    const [count, length] = ofRows ? [rows, columns] : [columns, rows];
    const vector = (i: number, k: number) => (ofRows ? at(i, k) : at(k, i));
    return Array.from({ length: count * count }, (_, n) => {
      const [i, j] = [Math.floor(n / count), n % count];
      return Array.from({ length }, (_, k) => vector(i, k) * vector(j, k)).reduce((a, b) => a + b, 0);
    });
  };

  it.each([
    ["wide", [5, 9], true],
    ["tall", [9, 5], false],
    ["square", [6, 6], true],
  ] as const)("a %s weight has orthonormal rows or columns, times the gain", (_, size, ofRows) => {
    const weight = initializers.orthogonal(2)(key(1), size);
    gram(weight, ofRows).forEach((value, n) => {
      const count = Math.min(...size);
      expect(value).toBeCloseTo(Math.floor(n / count) === n % count ? 4 : 0, 5);
    });
  });
});

it("constants are what they say", () => {
  expect([...initializers.zeros(key(0), [2]).data, ...initializers.ones(key(0), [2]).data]).toEqual([0, 0, 1, 1]);
  expect([...initializers.constant(3)(key(0), [1]).data]).toEqual([3]);
});

it("fans of a bias are an error that says what to use", () => {
  expect(() => fansOf([3])).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: initializers: fans need a weight of at least two axes; got [3]]`,
  );
  expect(() => initializers.orthogonal()(key(0), [3])).toThrow(/two axes/);
});
