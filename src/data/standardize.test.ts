import { expect, test } from "vitest";
import { ndarray, zerosArray } from "../engine/ndarray.ts";
import { loadWine } from "./shipped.ts";
import { fitStandardization, standardize } from "./standardize.ts";

test("standardised features have mean 0 and deviation 1, constant ones stay 0", () => {
  const inputs = ndarray([
    [1, 5, 0.1],
    [3, 5, 0.1],
    [5, 5, 0.1],
  ]);
  const { data } = standardize(inputs, fitStandardization(inputs));
  const unit = Math.sqrt(1.5);
  expect(Array.from(data).map((x) => Math.round(x * 1e6) / 1e6)).toEqual(
    [-unit, 0, 0, 0, 0, 0, unit, 0, 0].map((x) => Math.round(x * 1e6) / 1e6),
  );
});

test("the wine features have the published means and deviations", async () => {
  const { inputs, featureNames } = await loadWine();
  const { mean, scale } = fitStandardization(inputs);
  const at = featureNames.indexOf("proline");
  expect(mean[at]).toBeCloseTo(746.9, 1);
  expect(scale[at] * Math.sqrt(178 / 177)).toBeCloseTo(314.9, 1);
});

test("other shapes are named", () => {
  const fitted = fitStandardization(zerosArray([2, 3]));
  expect(() => standardize(zerosArray([2, 4]), fitted)).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: standardize: expected 3 features; got shape [2, 4]]`,
  );
  expect(() => fitStandardization(zerosArray([0, 4]))).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: standardize: expected features [n, d] with n > 0; got shape [0, 4]]`,
  );
});
