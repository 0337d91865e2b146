import { expect, test } from "vitest";
import { createGrid } from "../reachability/grid.ts";
import { box, defineSystem } from "../reachability/index.ts";
import { singleIntegrator } from "../reachability/systems.ts";
import { parseFormula } from "../stl/parser.ts";
import { worstDisturbance } from "./disturbance.ts";
import { compilePlan } from "./plan.ts";
import { rollOut, samplingStep } from "./rollout.ts";
import { solvePlan } from "./solve-plan.ts";
import type { ControlTask } from "./task.ts";
import { planValue } from "./value-tree.ts";

const line = createGrid([{ name: "x", low: -4, high: 4, points: 161, boundary: "constant" }]);
const point = singleIntegrator({ disturbance: 1 });
const settings = { delta: 0.3, sliceEvery: 0.1, scheme: "high" } as const;

async function run(task: ControlTask, start: readonly number[], step: number) {
  const tree = await solvePlan(compilePlan(task.formula).plan, task, settings);
  const rollout = rollOut(task, tree, { start, delta: settings.delta, disturbance: worstDisturbance, step });
  return { value: planValue(tree, task.grid, start), rollout };
}

test("bounds of many digits do not make steps small, and the run is judged in continuous time", async () => {
  const formula = parseFormula("F[0, 2.7182818] (x >= 1) and G[0, 3.1415926] (x <= 2)");
  const step = samplingStep(formula, 0.05);
  expect(step).toBe(0.05);
  expect(samplingStep(parseFormula("F[0, 0.3] G[0, 0.2] x"), 0.15)).toBeCloseTo(0.1, 12);
  const { value, rollout } = await run({ system: point, grid: line, formula }, [-0.5], step);
  expect(rollout.times.at(-1)).toBeCloseTo(3.15, 12);
  expect(rollout.robustness).toBeGreaterThan(0);
  expect(Math.abs(rollout.robustness - value)).toBeLessThan(0.1);
});

test("a step with which a run would not end is refused", () => {
  expect(() => samplingStep(parseFormula("F[0, 1e6 s] x"), 0.05)).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: sampling step: expected at least 5 s; got 0.05 s]`,
  );
});

test("a run whose states grow beyond all numbers ends there and violates", async () => {
  const system = defineSystem({
    states: ["x"],
    controls: box({ u: [-0.1, 0.1] }),
    disturbances: box({ d: [-1, 1] }),
    derivatives: { x: "x^3 + u + d" },
  });
  const formula = parseFormula("G[0, 20] (x <= 3)");
  const { rollout } = await run({ system, grid: line, formula }, [1], 0.05);
  expect(rollout.robustness).toBe(Number.NEGATIVE_INFINITY);
  expect(rollout.times.at(-1)).toBeLessThan(2);
  expect(rollout.states.flat().every(Number.isFinite)).toBe(true);
});
