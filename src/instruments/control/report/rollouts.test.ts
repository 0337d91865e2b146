import { expect, test } from "vitest";
import type { Rollout } from "../synthesis/rollout.ts";
import { robustnessFigure } from "./rollouts.ts";

const runs = (count: number, failing: number) =>
  Array.from({ length: count }, (_, i) => ({
    ...{ disturbance: `random ${i}`, times: [0, 1], values: [0.2, 0.3], activities: ["goal", "goal"] },
    robustness: i === failing ? -0.5 : 0.1 + i / 1000,
  })) as unknown as Rollout[];

test("of many runs the least robust are drawn, and the sentence counts all of them", () => {
  const { summary, table } = robustnessFigure(runs(40, 37), 0.1);
  expect(summary).toContain("39 of 40 runs satisfy the formula; the smallest robustness is -0.5");
  expect(summary).toContain("Drawn are the 24 least robust.");
  const names = [...new Set(table.rows.map(({ disturbance }) => disturbance))];
  expect(names).toEqual([...Array.from({ length: 23 }, (_, i) => `random ${i}`), "random 37"]);
});

test("of few runs all are drawn, and nothing is said about it", () => {
  const { summary, table } = robustnessFigure(runs(24, 3), 0.1);
  expect(new Set(table.rows.map(({ disturbance }) => disturbance)).size).toBe(24);
  expect(summary).not.toContain("Drawn");
});
