import { expect, test } from "vitest";
import { nestOptions } from "../recipes/flatten-options.ts";
import { expandPlan, trialId } from "./expand-plan.ts";

const plan = { grid: {}, random: {}, trials: 1, seed: 0, parallel: 1 };

test("a grid is all combinations, the last option fastest", () => {
  const trials = expandPlan({ ...plan, grid: { method: ["elr", "gce"], seed: [0, 1, 2] } });
  expect(trials.length).toBe(6);
  expect(trials.slice(0, 2)).toEqual([
    { method: "elr", seed: 0 },
    { method: "elr", seed: 1 },
  ]);
});

test("random draws lie in their ranges, are the same for every cell, and depend on the seed alone", () => {
  const random = {
    rate: { from: 1e-4, to: 1, scale: "log", whole: false },
    width: { from: 2, to: 5, scale: "linear", whole: true },
    kind: ["a", "b"],
  } as const;
  const settings = { ...plan, grid: { seed: [0, 1] }, random: random as never, trials: 200 };
  const trials = expandPlan(settings);
  expect(trials.length).toBe(400);
  const first = trials.slice(0, 200).map(({ seed: _, ...rest }) => rest);
  expect(trials.slice(200).map(({ seed: _, ...rest }) => rest)).toEqual(first);
  expect(expandPlan(settings)).toEqual(trials);
  expect(expandPlan({ ...settings, seed: 1 })).not.toEqual(trials);
  const rates = first.map(({ rate }) => Number(rate));
  expect(Math.min(...rates)).toBeGreaterThanOrEqual(1e-4);
  expect(Math.max(...rates)).toBeLessThanOrEqual(1);
  // Evenly in the logarithm: half of them are below the geometric mean.
  expect(rates.filter((rate) => rate < 0.01).length / 200).toBeCloseTo(0.5, 1);
  expect(new Set(first.map(({ width }) => width))).toEqual(new Set([2, 3, 4, 5]));
  expect(new Set(first.map(({ kind }) => kind))).toEqual(new Set(["a", "b"]));
});

test("a trial's name does not depend on the order of its options", () => {
  expect(trialId({ a: 1, b: "x" })).toBe(trialId({ b: "x", a: 1 }));
  expect(trialId({ a: 1 })).not.toBe(trialId({ a: 2 }));
});

test("dotted options become nested ones", () => {
  expect(nestOptions({ "network.kind": "mlp", "network.width": 3, seed: 1 })).toEqual({
    network: { kind: "mlp", width: 3 },
    seed: 1,
  });
});

test("plans that cannot be are refused", () => {
  expect(() => expandPlan(plan)).toThrow("no option is varied");
  expect(() => expandPlan({ ...plan, random: { a: { from: 0, to: 1, scale: "log", whole: false } } })).toThrow(
    "above 0",
  );
});
