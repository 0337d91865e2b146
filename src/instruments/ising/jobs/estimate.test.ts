import { expect, test } from "vitest";
import { key } from "../../../engine/index.ts";
import { estimateThermal } from "../sampling/estimate-thermal.ts";
import { sampleThermal } from "../sampling/sample-thermal.ts";
import { freeEnergyJob } from "./free-energy.ts";
import { generateInstance } from "./instance.ts";
import { sampleJob } from "./sample.ts";

const sample = async (given: object) => await sampleJob.estimate?.(sampleJob.options.parse(given));
const glass = (side: number) =>
  generateInstance(sampleJob.options.parse({ generate: { size: [side, side] } }).generate).model;

test("a pilot needs about as many temperatures as sampling does", async () => {
  const model = glass(12);
  const guess = estimateThermal(model, { beta: 1.2, samples: 50 });
  const { ladder } = await sampleThermal(model, { key: key(1), beta: 1.2, samples: 50, burnIn: 500 });
  expect(Math.abs((guess?.replicas ?? 0) / ladder.length - 1)).toBeLessThan(0.35);
  expect(guess?.sweepSeconds).toBeGreaterThan(0);
});

test("all sweeps of all replicas are counted", () => {
  const guess = estimateThermal(glass(8), { beta: 1, samples: 300, sweepsBetween: 7, burnIn: 200, replicas: 5 });
  expect(guess?.replicas).toBe(5);
  // 24 replicas of a pilot, then five.
  const sweeps = 24 * 200 + 5 * (200 + 300 * 7);
  expect((guess?.seconds ?? 0) / (guess?.sweepSeconds ?? 1)).toBeCloseTo(sweeps, 6);
});

test("a network takes as long as it is trained, and its size squared", async () => {
  const seconds = async (given: object) => (await sample({ method: "network", ...given }))?.seconds ?? 0;
  const usual = await seconds({ training: { levels: 20 } });
  expect(await seconds({ training: { levels: 40 } })).toBeGreaterThan(1.5 * usual);
  expect(await seconds({ training: { levels: 20 }, generate: { size: [40, 20] } })).toBeGreaterThan(2.5 * usual);
  const curve = await freeEnergyJob.estimate?.(freeEnergyJob.options.parse({ methods: ["network", "exact"] }));
  expect(curve?.seconds).toBeGreaterThan(1);
});

test("nothing is told of models that are too large to be tried, nor before a file that is not there", async () => {
  expect(await sample({ generate: { size: [500, 500] } })).toEqual({});
  await expect(sample({ instance: "/nowhere/glass.txt" })).rejects.toThrow("ENOENT");
});
