import { expect, test } from "vitest";
import { createGrid, sample } from "./grid.ts";
import { reachProblem } from "./reach.ts";
import { solve } from "./solver.ts";
import { air3d } from "./systems.ts";

test("Air3D on a coarse grid gives the stored values", async () => {
  const grid = createGrid([
    { low: -6, high: 20, points: 11 },
    { low: -10, high: 10, points: 10 },
    { low: 0, high: 2 * Math.PI, points: 10, periodic: true },
  ]);
  const target = sample(grid, ([x, y]) => Math.hypot(x, y) - 5);
  const problem = reachProblem({ system: air3d(), grid, target, aim: "avoid", mode: "set", times: [0, -0.1] });
  const { last } = await solve(problem, { scheme: "low", precision: "f64" });
  expect(Array.from(last).reduce((a, b) => a + b) / last.length).toBeCloseTo(6.24366836, 6);
  expect(Math.min(...last)).toBeCloseTo(-3.50979329, 6);
  expect(Math.max(...last)).toBeCloseTo(17.45579888, 6);
  expect(last.filter((v) => v <= 0)).toHaveLength(128);
});
