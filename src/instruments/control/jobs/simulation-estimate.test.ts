import { expect, test } from "vitest";
import { simulateJob } from "./simulate.ts";

const estimate = async (given: object) => (await simulateJob.estimate?.(simulateJob.options.parse(given))) ?? {};

test("a simulation takes longer and more memory on finer grids, and tells no time where its controller is in a file", async () => {
  const [coarse, fine] = [await estimate({ detail: 0.5 }), await estimate({ detail: 2 })];
  // Sixty-four times the points in three dimensions, four times the steps.
  expect((fine.seconds ?? 0) / (coarse.seconds ?? 1)).toBeGreaterThan(5);
  expect((fine.bytes ?? 0) / (coarse.bytes ?? 1)).toBeGreaterThan(30);
  expect(await estimate({ controller: "controller.npz" })).toEqual({});
});
