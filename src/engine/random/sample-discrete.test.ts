import fc from "fast-check";
import { expect, test } from "vitest";
import { key } from "./key.ts";
import {
  sampleBernoulli,
  sampleCategorical,
  sampleIntegers,
  sampleIntegersInto,
  samplePermutation,
  samplePermutationInto,
} from "./sample.ts";

const n = 60_000;

/** Pearson's statistic for `counts` against `probabilities`. */
function chiSquare(counts: number[], probabilities: number[]): number {
  const total = counts.reduce((a, b) => a + b, 0);
  return counts.reduce(
    (sum, count, i) => sum + (count - total * probabilities[i]) ** 2 / (total * probabilities[i]),
    0,
  );
}

function histogram(values: Iterable<number>, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const value of values) counts[value]++;
  return counts;
}

test("samples have stored values on every machine", () => {
  expect([...sampleIntegers(key(7), 8, -3, 4)]).toEqual([2, 0, -1, 3, 1, -3, 1, -1]);
  expect([...samplePermutation(key(7), 8)]).toEqual([5, 2, 0, 7, 6, 1, 3, 4]);
  expect([...sampleCategorical(key(7), 8, [1, 2, 0, 3])]).toEqual([3, 1, 3, 3, 3, 0, 1, 3]);
  expect([...sampleBernoulli(key(7), 8, 0.3)]).toEqual([0, 0, 0, 0, 0, 1, 0, 0]);
});

test("integers are equally likely", () => {
  // 99.9 % of chi-square with 6 degrees of freedom: 22.5.
  expect(chiSquare(histogram(sampleIntegers(key(1), n, 0, 7), 7), new Array(7).fill(1 / 7))).toBeLessThan(22.5);
});

test("integers are equally likely where most ranges would be biased: 3/4 of all words", () => {
  const thirds = sampleIntegers(key(2), n, -(2 ** 31), 2 ** 30).map((v) => Math.floor((v + 2 ** 31) / 2 ** 30));
  expect(chiSquare(histogram(thirds, 3), [1 / 3, 1 / 3, 1 / 3])).toBeLessThan(13.8);
});

test("integers stay in their range, and a shorter sample begins a longer one", () => {
  const bound = fc.integer({ min: -(2 ** 31), max: 2 ** 31 });
  fc.assert(
    fc.property(bound, bound, fc.nat(), fc.nat(50), (a, b, seed, length) => {
      fc.pre(a !== b);
      const [low, high] = a < b ? [a, b] : [b, a];
      const values = sampleIntegers(key(seed), length, low, high);
      expect(values.every((v) => v >= low && v < high)).toBe(true);
      expect(sampleIntegersInto(key(seed), new Int32Array(60), low, high).slice(0, length)).toEqual(values);
    }),
  );
});

test("a permutation holds every index once", () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(5000), (seed, length) => {
      const sorted = samplePermutation(key(seed), length).sort();
      expect(sorted.every((v, i) => v === i)).toBe(true);
    }),
  );
});

test("all orders of four things are equally likely", () => {
  const orders = new Map<string, number>();
  const out = new Int32Array(4);
  for (let i = 0; i < 24_000; i++) {
    const order = samplePermutationInto(key(3).fold(i), out).join();
    orders.set(order, (orders.get(order) ?? 0) + 1);
  }
  expect(orders.size).toBe(24);
  // 99.9 % of chi-square with 23 degrees of freedom: 49.7.
  expect(chiSquare([...orders.values()], new Array(24).fill(1 / 24))).toBeLessThan(49.7);
});

test("categories come as often as their weights say, and never with weight zero", () => {
  const counts = histogram(sampleCategorical(key(4), n, [0, 1, 2, 0, 3, 0]), 6);
  expect([counts[0], counts[3], counts[5]]).toEqual([0, 0, 0]);
  expect(chiSquare([counts[1], counts[2], counts[4]], [1 / 6, 2 / 6, 3 / 6])).toBeLessThan(13.8);
});

test("bernoulli numbers are one as often as p says", () => {
  for (const p of [0.01, 0.5, 0.9]) {
    const ones = sampleBernoulli(key(5), n, p).reduce((a, b) => a + b, 0);
    expect(chiSquare([ones, n - ones], [p, 1 - p])).toBeLessThan(10.8);
  }
  expect(sampleBernoulli(key(5), n, 0).some((v) => v !== 0)).toBe(false);
  expect(sampleBernoulli(key(5), n, 1).every((v) => v === 1)).toBe(true);
});

test("mistakes are named", () => {
  expect(() => sampleIntegers(key(1), 3, 5, 5)).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: sampleIntegers: expected integers low < high in [-2^31, 2^31]; got low 5, high 5]`,
  );
  expect(() => sampleBernoulli(key(1), 3, 1.5)).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: sampleBernoulli: the probability must be in [0, 1]; got 1.5]`,
  );
  expect(() => sampleCategorical(key(1), 3, [0.5, -0.5])).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: sampleCategorical: probabilities must not be negative; got -0.5 at index 1]`,
  );
  expect(() => sampleCategorical(key(1), 3, [0, 0])).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: sampleCategorical: probabilities must have a positive, finite sum; got 0]`,
  );
  expect(() => samplePermutation(key(1), 2.5)).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: samplePermutation: the number of elements must be a non-negative integer; got 2.5]`,
  );
});
