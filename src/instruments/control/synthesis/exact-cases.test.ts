import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { dataPath } from "../../../data/data-path.ts";
import { createGrid } from "../reachability/grid.ts";
import { box, defineSystem } from "../reachability/index.ts";
import { doubleIntegrator, planarIntegrator, singleIntegrator } from "../reachability/systems.ts";
import { parseFormula } from "../stl/parser.ts";
import type { Disturbance } from "./disturbance.ts";
import { disturbanceMap } from "./disturbance-map.ts";
import { largestDisturbance } from "./largest-disturbance.ts";
import { compilePlan } from "./plan.ts";
import { rollOut } from "./rollout.ts";
import { type SegmentTrial, segmentBounds } from "./segment-bounds.ts";
import { solvePlan } from "./solve-plan.ts";
import { type ControlTask, gridMargin } from "./task.ts";
import { planValue } from "./value-tree.ts";

interface ExactCase {
  readonly id: string;
  readonly x0: readonly number[];
  readonly delta_star: number;
  readonly value_exact_at_delta_0_3?: number;
}

const { cases } = JSON.parse(readFileSync(dataPath("stl", "hj_exact_cases.json"), "utf8")) as {
  readonly cases: readonly ExactCase[];
};
const line = (points: number) => createGrid([{ name: "x", low: -5, high: 5, points, boundary: "linear" }]);
const plane = (low: number, high: number, points: number) =>
  createGrid(["x", "y"].map((name) => ({ name, low, high, points, boundary: "linear" as const })));
const point = singleIntegrator({ disturbance: 1 });
const cart = doubleIntegrator({ disturbance: 1 });
const search = { margin: 0, tolerance: 0.002, most: 1, sliceEvery: 0.05, scheme: "very-high" } as const;

const tasks: Readonly<
  Record<string, Omit<ControlTask, "formula"> & { readonly text: string; readonly least: number }>
> = {
  "1d-reach": { system: point, grid: line(401), text: "F[0,4] (abs(x) <= 0.5)", least: 0.37 },
  "1d-order": { system: point, grid: line(401), text: "F[0,4] (x >= 1) and F[0,5] (x <= -1)", least: 0.39 },
  "1d-nested": { system: point, grid: line(401), text: "F[0,3] G[0,2] (x >= 1)", least: 0.325 },
  "1d-timed-always": { system: point, grid: line(401), text: "G[2,3] (abs(x) <= 0.25)", least: 0.36 },
  "dint-always": {
    system: cart,
    grid: createGrid([
      { name: "x", low: -2, high: 1.5, points: 81, boundary: "linear" },
      { name: "v", low: -2, high: 2, points: 81, boundary: "linear" },
    ]),
    text: "G[0,3] (x <= 1)",
    least: 0.48,
  },
  "2d-reach-avoid": {
    system: planarIntegrator({ disturbance: 1 }),
    grid: plane(-5, 5, 161),
    text: "G[0,10] (norm(x, y) >= 1) and F[0,10] (norm(x - 3, y) <= 0.5)",
    least: 0.405,
  },
};

test.each(cases.filter(({ id }) => id !== "2d-reach-avoid"))(
  "$id: the bound found is never above the exact $delta_star and near it",
  async ({ id, x0, delta_star }) => {
    const { text, least, ...rest } = tasks[id];
    const formula = parseFormula(text);
    const found = await largestDisturbance(compilePlan(formula), { ...rest, formula }, x0, search);
    expect(found.delta).toBeLessThanOrEqual(delta_star);
    expect(found.delta).toBeGreaterThanOrEqual(least);
    expect(found.failsAt - found.delta).toBeLessThanOrEqual(search.tolerance * (1 + 1e-9));
  },
);

// A point that moves by u + d, |u| <= 1: what it must go in a time is what 1 − δ takes it.
test.each([
  ["F[1,2] (x >= 1)", 0, 1 / 2],
  ["F[2,2] (x >= 1)", 0, 1 / 2],
  ["F[0,1] (x >= 1 and F[0,2] x <= 0)", 0.5, 1 / 2],
  ["(x <= 2) U[0,2] (x >= 1)", 0, 1 / 2],
  ["(x >= -1) U[1,3] (x >= 1)", 0, 2 / 3],
  ["F[0,2] (x >= 1) and F[3,5] (x <= 0)", 0, 1 / 2],
  ["F[0,1] (x >= 0.5) and F[0,2] (x >= 1) and F[0,6] (x <= -1)", 0, 1 / 2],
  ["G[1,2] (x >= 0.5)", 0, 1 / 2],
  ["(x >= 1) release[0,3] (x >= 0)", 0.2, 1],
  ["F[0,4] (x >= 1) or F[0,2] (x <= -1)", 0, 3 / 4],
  ["x >= 1 -> F[0,1] x >= 100", 0, 1],
])("%s from %f survives %f", async (text, x, exact) => {
  const formula = parseFormula(text);
  const { delta } = await largestDisturbance(
    compilePlan(formula),
    { system: point, grid: line(401), formula },
    [x],
    search,
  );
  expect(delta).toBeLessThan(exact + 5e-4);
  expect(delta).toBeGreaterThan(exact - 0.025);
});

test("around a disc to a disc on 161² points the bound lies between 0.405 and the exact 0.41635", async () => {
  const { delta_star, x0 } = cases.find(({ id }) => id === "2d-reach-avoid")!;
  const { text, least, ...rest } = tasks["2d-reach-avoid"];
  const task = { ...rest, formula: parseFormula(text) };
  const options = { scheme: "very-high", sliceEvery: 0.5, isOnlyInitial: true } as const;
  const value = async (delta: number) =>
    planValue(await solvePlan(compilePlan(task.formula).plan, task, { ...options, delta }), task.grid, x0);
  expect(await value(least)).toBeGreaterThanOrEqual(0);
  expect(await value(delta_star)).toBeLessThan(0);
});

test("two goals in an order that is not given: the pending sets give 0.4 where the smaller value gives 0.75", async () => {
  const formula = parseFormula(tasks["1d-order"].text);
  const task = { system: point, grid: line(401), formula };
  const tree = await solvePlan(compilePlan(formula).plan, task, { ...search, delta: 0.3 });
  expect(planValue(tree, task.grid, [0])).toBeCloseTo(1 / 6, 1);
  expect(planValue(tree, task.grid, [0])).toBeLessThanOrEqual(1 / 6 + 1e-4);
  const each = await Promise.all(
    ["F[0,4] (x >= 1)", "F[0,5] (x <= -1)"].map(async (text) => {
      const part = parseFormula(text);
      return (await largestDisturbance(compilePlan(part), { ...task, formula: part }, [0], search)).delta;
    }),
  );
  expect(Math.min(...each)).toBeCloseTo(0.75, 1);
});

test("the map of δ* agrees with the closed form on a line, level by level and with δ as a state", async () => {
  const formula = parseFormula("F[0,4] (abs(x) <= 0.5)");
  const task = { system: point, grid: line(101), formula };
  const levels = Array.from({ length: 21 }, (_, i) => i / 20);
  const exact = (x: number) => Math.min(1, 1 - (Math.abs(x) - 0.5) / 4);
  for (const method of ["levels", "state"] as const) {
    const map = await disturbanceMap(compilePlan(formula), task, { ...search, levels, method });
    task.grid.axes[0].coordinates.forEach((x, k) => {
      if (Math.abs(x) > 4 || Math.abs(x) < 0.6) return;
      expect(map.delta[k], `${method} at ${x}`).toBeGreaterThan(exact(x) - 0.06);
      expect(map.delta[k], `${method} at ${x}`).toBeLessThan(exact(x) + 0.03);
      expect(map.atLeast[k]).toBeLessThanOrEqual(map.delta[k]);
    });
  }
});

test("later segments take more where only the beginning is tight", async () => {
  const formula = parseFormula("G[2,3] (abs(x) <= 0.25)");
  const task = { system: point, grid: line(401), formula };
  const options = { ...search, tolerance: 0.01, most: 0.95, delta: 0.36, starts: [0, 2], until: 3 };
  const trials: SegmentTrial[] = [];
  const onTrial = (trial: SegmentTrial) => void trials.push(trial);
  const bounds = await segmentBounds(compilePlan(formula), task, [1.5], { ...options, onTrial });
  const [early, late] = bounds;
  expect(early.delta).toBeGreaterThanOrEqual(0.36);
  expect(early.delta).toBeLessThanOrEqual(0.375);
  expect(late).toMatchObject({ from: 2, to: 3, delta: 0.95 });
  expect(early.fall).toBeGreaterThan(0.05);
  expect(late.fall).toBeLessThan(0.001);
  const known = trials.slice(0, 2);
  let count = 0;
  const again = { ...options, known, onTrial: () => void count++ };
  expect(await segmentBounds(compilePlan(formula), task, [1.5], again)).toEqual(bounds);
  expect(count).toBe(trials.length - 2);
});

test("a cart that brakes keeps out of the wall when the disturbance is as large as each segment's bound", async () => {
  const { text: formulaText, least, ...rest } = tasks["dint-always"];
  const formula = parseFormula(formulaText);
  const task = { ...rest, formula };
  const options = { ...search, margin: gridMargin(task), tolerance: 0.01, sliceEvery: 0.1 };
  const { plan } = compilePlan(formula);
  const { delta } = await largestDisturbance({ plan }, task, [0, 1], options);
  const bounds = await segmentBounds({ plan }, task, [0, 1], { ...options, delta, starts: [0, 1, 2], until: 3 });
  expect(bounds.map((bound) => bound.delta > delta)).toEqual([false, false, true]);
  const tree = await solvePlan(plan, task, { ...options, delta, segments: bounds });
  const largest = Math.max(...bounds.map((bound) => bound.delta));
  const worst: Disturbance = {
    name: "worst case of each segment",
    at: ({ time, worst: [d] }) => [(d * bounds.findLast(({ from }) => from <= time)!.delta) / largest],
  };
  const run = rollOut(task, tree, { start: [0, 1], delta: largest, disturbance: worst, step: 0.02 });
  expect(Math.max(...run.disturbances.flat())).toBeCloseTo(largest, 2);
  expect(run.robustness).toBeGreaterThanOrEqual(0);
  expect(run.robustness).toBeLessThan(0.2);
});

test("what leaves the grid does not eat into the values inside: a pendulum stays up against 1.6, and nearly that is found", async () => {
  // Linear about the top, s = angle + rate/2 obeys s' = 2s + (u + w)/2: recoverable up to |s| = (2 − δ)/4; the sine leaves a little more.
  const system = defineSystem({
    states: ["angle", "rate"],
    controls: box({ u: [-2, 2] }),
    disturbances: box({ w: [-1, 1] }),
    derivatives: { angle: "rate", rate: "4*sin(angle) + u + w" },
  });
  const axes = { angle: 1.5, rate: 4 };
  for (const boundary of ["linear", "away-from-zero", "constant"] as const) {
    const grid = createGrid(
      Object.entries(axes).map(([name, high]) => ({ name, low: -high, high, points: 81, boundary })),
    );
    const formula = parseFormula("G[0, 6] abs(angle) <= 1");
    const options = { ...search, scheme: "high", sliceEvery: 1, tolerance: 0.05, most: 2, margin: 0.02 } as const;
    const { delta } = await largestDisturbance(compilePlan(formula), { system, grid, formula }, [0.1, 0], options);
    expect(delta, boundary).toBeGreaterThan(1.4);
    expect(delta, boundary).toBeLessThan(1.65);
  }
});

test("forty conditions on one window are all kept", async () => {
  const text = Array.from({ length: 40 }, (_, k) => `G[0,1] (x <= ${41 - k})`).join(" and ");
  const task = { system: point, grid: line(51), formula: parseFormula(text) };
  const tree = await solvePlan(compilePlan(task.formula).plan, task, { ...search, delta: 0.5, sliceEvery: 0.5 });
  expect(planValue(tree, task.grid, [1])).toBeCloseTo(1, 5);
  expect(planValue(tree, task.grid, [4])).toBeLessThan(0);
});

test("a formula that fails without disturbance has no bound, one that cannot fail reaches the largest tried", async () => {
  const bound = async (text: string) => {
    const formula = parseFormula(text);
    return await largestDisturbance(compilePlan(formula), { system: point, grid: line(101), formula }, [3], search);
  };
  expect(await bound("F[0,1] (x <= 0)")).toMatchObject({ delta: Number.NEGATIVE_INFINITY, failsAt: 0 });
  expect(await bound("F[0,1] (x >= 0)")).toMatchObject({ delta: 1, failsAt: Number.POSITIVE_INFINITY });
});
