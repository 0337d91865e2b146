import { expect, test } from "vitest";
import { exploreJob } from "./explore.ts";
import { networkJob } from "./network.ts";
import { searchJob } from "./search.ts";

const search = async (given: object) => (await searchJob.estimate?.(searchJob.options.parse(given)))?.seconds;
const network = async (given: object) => (await networkJob.estimate?.(networkJob.options.parse(given)))?.seconds;

test("a search takes as long as its space is large, at most as long as it may", async () => {
  const small = (await search({ shape: "inputs=16 outputs=16" })) ?? 0;
  const large = (await search({ shape: "C=96 M=256 R=5 S=5 P=27 Q=27", strategy: "exhaustive" })) ?? 0;
  expect(large).toBeGreaterThan(small);
  const whole = { accelerator: "simba-16", layer: "conv2", strategy: "exhaustive" };
  const unbounded = (await search(whole)) ?? 0;
  expect(unbounded).toBeGreaterThan(5);
  expect(await search({ ...whole, maxSeconds: 2 })).toBeLessThan(3);
  expect(await search({ ...whole, maxSteps: 1_000_000 })).toBeLessThan(unbounded / 5);
});

test("a network takes the searches of its different layers", async () => {
  const eyeriss = (await network({})) ?? 0;
  const simba = (await network({ accelerator: "simba-16" })) ?? 0;
  expect(eyeriss).toBeGreaterThan(0.5);
  expect(simba).toBeGreaterThan(2 * eyeriss);
});

test("exploring takes longer over more generations, but no longer than all settings", async () => {
  const explore = async (given: object) => (await exploreJob.estimate?.(exploreJob.options.parse(given)))?.seconds ?? 0;
  const [few, many, most] = [
    await explore({ generations: 5 }),
    await explore({ generations: 25 }),
    await explore({ generations: 10_000 }),
  ];
  expect(many).toBeGreaterThan(few);
  expect(most).toBeLessThan(4 * many);
  expect(await explore({ bits: [4, 8] })).toBeLessThan(many / 4);
});
