import { describe, expect, it } from "vitest";
import { NdArray, ndarray } from "../../../engine/index.ts";
import { confidentIssues } from "./confident-pruning.ts";

const probabilities = ndarray([
  [0.9, 0.05, 0.05],
  [0.8, 0.1, 0.1],
  [0.1, 0.85, 0.05],
  [0.1, 0.8, 0.1],
  [0.2, 0.7, 0.1],
  [0.05, 0.1, 0.85],
  [0.1, 0.1, 0.8],
  [0.3, 0.1, 0.6],
  [0.7, 0.2, 0.1],
]) as NdArray<"float32">;

describe("confidentIssues", () => {
  it("finds the three rows whose label the thresholds contradict", () => {
    const issues = confidentIssues(probabilities, Int32Array.of(0, 0, 0, 1, 1, 1, 2, 2, 2));
    expect(Array.from(issues)).toEqual([0, 0, 1, 0, 0, 1, 0, 0, 1]);
  });

  it("finds none where every label is the likeliest, and bears absent classes", () => {
    const issues = confidentIssues(probabilities, Int32Array.of(0, 0, 1, 1, 1, 2, 2, 2, 0));
    expect(Array.from(issues).some((issue) => issue === 1)).toBe(false);
    const two = new NdArray(Float32Array.of(0.9, 0.1, 0, 0.2, 0.8, 0), [2, 3], "float32");
    expect(Array.from(confidentIssues(two, Int32Array.of(0, 1)))).toEqual([0, 0]);
  });
});
