import fc from "fast-check";
import { expect, test } from "vitest";
import { key } from "../engine/random/key.ts";
import { type Fold, kFold, randomSplit, stratifiedKFold, stratifiedSplit } from "./splits.ts";

const fractions = { train: 0.6, validation: 0.15, test: 0.25 };

/** Labels of 1 to 6 classes, some of them rare. */
const labels = fc.array(fc.nat(5), { minLength: 40, maxLength: 200 });

function countIn(indices: Int32Array, own: readonly number[], wanted: number): number {
  return indices.filter((i) => own[i] === wanted).length;
}

function checkFolds(folds: readonly Fold[], count: number): void {
  const all = folds.flatMap(({ test }) => [...test]);
  expect(all.sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
  const sizes = folds.map(({ test }) => test.length);
  expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  for (const { train, test } of folds) {
    expect(Int32Array.from([...train, ...test]).sort()).toEqual(Int32Array.from({ length: count }, (_, i) => i));
  }
}

test("a split puts every example into exactly one part, in ascending order", () => {
  fc.assert(
    fc.property(fc.integer({ min: 20, max: 300 }), fc.nat(), (count, seed) => {
      const parts = Object.values(randomSplit(count, fractions, key(seed)));
      expect(Int32Array.from(parts.flatMap((part) => [...part])).sort()).toEqual(
        Int32Array.from({ length: count }, (_, i) => i),
      );
      for (const part of parts) expect(part).toEqual(part.slice().sort());
    }),
  );
});

test("parts have exactly their fraction where that is a whole number", () => {
  const { train, validation, test: held } = randomSplit(1000, { train: 0.8, validation: 0.1, test: 0.1 }, key(3));
  expect([train.length, validation.length, held.length]).toEqual([800, 100, 100]);
  const strata = stratifiedSplit(
    Array.from({ length: 200 }, (_, i) => i % 7),
    { a: 0.25, b: 0.75 },
    key(3),
  );
  expect([strata.a.length, strata.b.length]).toEqual([50, 150]);
});

test("a stratified split divides every class in the same fractions", () => {
  fc.assert(
    fc.property(labels, fc.nat(), (own, seed) => {
      const parts = stratifiedSplit(own, fractions, key(seed));
      for (const wanted of new Set(own)) {
        const size = own.filter((label) => label === wanted).length;
        for (const name of ["train", "validation", "test"] as const) {
          expect(Math.abs(countIn(parts[name], own, wanted) - fractions[name] * size)).toBeLessThan(2);
        }
      }
    }),
  );
});

test("folds hold out every example once", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 9 }), fc.integer({ min: 9, max: 80 }), fc.nat(), (k, count, seed) => {
      checkFolds(kFold(count, k, key(seed)), count);
    }),
  );
});

test("stratified folds spread every class evenly", () => {
  fc.assert(
    fc.property(labels, fc.integer({ min: 2, max: 9 }), fc.nat(), (own, k, seed) => {
      const folds = stratifiedKFold(own, k, key(seed));
      checkFolds(folds, own.length);
      for (const wanted of new Set(own)) {
        const counts = folds.map(({ test }) => countIn(test, own, wanted));
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      }
    }),
  );
});

test("a key gives the same split everywhere, another key another one", () => {
  expect(randomSplit(12, { a: 0.5, b: 0.5 }, key(7)).a).toMatchInlineSnapshot(`
    Int32Array [
      0,
      1,
      3,
      5,
      6,
      10,
    ]
  `);
  expect(stratifiedKFold([0, 1, 0, 1, 0, 1, 0, 1], 4, key(7))[0].test).toMatchInlineSnapshot(`
    Int32Array [
      2,
      5,
    ]
  `);
  expect(randomSplit(100, fractions, key(1))).toEqual(randomSplit(100, fractions, key(1)));
  expect(randomSplit(100, fractions, key(1))).not.toEqual(randomSplit(100, fractions, key(2)));
});

test("impossible splits are named", () => {
  expect(() => randomSplit(10, { train: 0.8, test: 0.1 }, key(1))).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: split: fractions must not be negative and must sum to 1; got train 0.8, test 0.1]`,
  );
  expect(() => randomSplit(10, { train: 1.5, test: -0.5 }, key(1))).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: split: fractions must not be negative and must sum to 1; got train 1.5, test -0.5]`,
  );
  expect(() => randomSplit(3, { train: 0.9, test: 0.1 }, key(1))).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: split: part "test" with fraction 0.1 of 3 examples would be empty]`,
  );
  expect(() => kFold(3, 4, key(1))).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: k-fold: k must be an integer in [2, 3], the number of examples; got 4]`,
  );
});
