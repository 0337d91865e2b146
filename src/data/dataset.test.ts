import fc from "fast-check";
import { expect, test } from "vitest";
import { NdArray, ndarray } from "../engine/ndarray.ts";
import { datasetFromArrays, subset, takeRows } from "./dataset.ts";

test("rows are taken in the order of the indices, repeats included", () => {
  expect(
    takeRows(
      ndarray([
        [1, 2],
        [3, 4],
        [5, 6],
      ]),
      [2, 0, 2],
    ).toNested(),
  ).toEqual([
    [5, 6],
    [1, 2],
    [5, 6],
  ]);
  expect(takeRows(new NdArray(BigInt64Array.of(1n, 2n)), Int32Array.of(1))).toEqual(new NdArray(BigInt64Array.of(2n)));
  expect(takeRows(ndarray([[1], [2]]), []).shape).toEqual([0, 1]);
});

test("taking rows by a permutation and back is the identity", () => {
  const order = fc.uniqueArray(fc.nat(9), { minLength: 10, maxLength: 10 });
  fc.assert(
    fc.property(order, (indices) => {
      const array = ndarray(Array.from({ length: 10 }, (_, i) => [i, 10 * i]));
      const back = indices.map((_, i) => indices.indexOf(i));
      expect(takeRows(takeRows(array, indices), back)).toEqual(array);
    }),
  );
});

test("a subset keeps inputs, labels and classes together", () => {
  const set = datasetFromArrays({ inputs: ndarray([[1], [2], [3]]), labels: ndarray([0, 2, 1], "int32"), source: "t" });
  const part = subset(set, [1, 0]);
  expect(part).toEqual({ inputs: ndarray([[2], [1]]), labels: ndarray([2, 0], "int32"), classNames: ["0", "1", "2"] });
});

test("labels that are no classes reject their rows", () => {
  const labels = ndarray([0, -1, 0.5, Number.NaN, 1]);
  const set = datasetFromArrays({ inputs: ndarray([[1], [2], [3], [4], [5]]), labels, source: "t" });
  expect(set.inputs.toNested()).toEqual([[1], [5]]);
  expect(set.rejected.map(({ row, reason }) => `${row}: ${reason}`)).toEqual([
    "2: label: expected a whole number from 0; got -1",
    "3: label: expected a whole number from 0; got 0.5",
    "4: label: expected a whole number from 0; got NaN",
  ]);
});

test("inputs that are not finite reject their rows", () => {
  const inputs = ndarray([
    [1, 2],
    [3, Number.NaN],
    [Number.NEGATIVE_INFINITY, 6],
  ]);
  const set = datasetFromArrays({ inputs, labels: ["a", "b", "a"], source: "t" });
  expect(set.inputs.toNested()).toEqual([[1, 2]]);
  expect(set.rejected).toEqual([
    { row: 2, reason: "input 1: expected a finite number; got NaN" },
    { row: 3, reason: "input 0: expected a finite number; got -Infinity" },
  ]);
});

test("impossible rows and lengths are named", () => {
  const inputs = ndarray([[1], [2]]);
  expect(() => takeRows(inputs, [0, 2])).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: takeRows: expected indices in [0, 2); got 2 at position 1]`,
  );
  expect(() => takeRows(ndarray(1), [0])).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: takeRows: expected an array with rows; got a scalar]`,
  );
  expect(() => datasetFromArrays({ inputs, labels: ["a"], source: "t" })).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: t: expected one label for each of 2 inputs; got labels of shape [1]]`,
  );
});
