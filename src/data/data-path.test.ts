import { afterEach, expect, test, vi } from "vitest";
import { dataPath } from "./data-path.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

test("the path lies below ORRERY_DATA", () => {
  vi.stubEnv("ORRERY_DATA", import.meta.dirname);
  expect(dataPath("fixtures", "numpy.npz")).toBe(`${import.meta.dirname}/fixtures/numpy.npz`);
});

test("a missing folder or file is an error that names the variable", () => {
  vi.stubEnv("ORRERY_DATA", "/nowhere/data");
  expect(() => dataPath("images")).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: data folder: expected ORRERY_DATA to name a folder; it is "/nowhere/data", and /nowhere/data does not exist]`,
  );
  vi.stubEnv("ORRERY_DATA", "/");
  expect(() => dataPath("nowhere", "x.gz")).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: data folder: expected nowhere/x.gz below / (ORRERY_DATA); nothing is there]`,
  );
});
