import { expect, test } from "vitest";
import { createGrid } from "../reachability/grid.ts";
import { box, defineSystem } from "../reachability/index.ts";
import { singleIntegrator } from "../reachability/systems.ts";
import { parseFormula } from "../stl/parser.ts";
import { PlanController } from "./controller.ts";
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

test("a controller that is asked seldom counts a goal after its deadline as reached where it is, and as missed where it is not", async () => {
  const formula = parseFormula("F[0, 2] G[0, 1] (x >= 1)");
  const task = { system: point, grid: line, formula };
  const controller = new PlanController(task, await solvePlan(compilePlan(formula).plan, task, settings), 0.3);
  const asked = (x: number, time: number) => {
    controller.begin([0]);
    const before = controller.decide([0.9], 1.9);
    expect(before.activity).toBe("F[0 s, 2 s] G[0 s, 1 s] x >= 1");
    return controller.decide([x], time);
  };
  expect(asked(1.6, 2.1)).toMatchObject({ activity: "holding", control: [1] });
  const missed = asked(0.8, 2.1);
  expect(missed).toMatchObject({ value: Number.NEGATIVE_INFINITY, control: [1] });
  expect(missed.activity).toBe("F[0 s, 2 s] G[0 s, 1 s] x >= 1");
  asked(1.6, 2.1);
  expect(controller.decide([1.5], 3.5)).toMatchObject({ value: Number.POSITIVE_INFINITY, activity: "done" });
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
