import { expect, it } from "vitest";
import { checkFigure } from "../../../lab/index.ts";
import { sample } from "../reachability/grid.ts";
import { readProblem } from "../synthesis/problem.ts";
import { problems } from "../synthesis/problems.ts";
import { rounded } from "./plane.ts";
import { volumeFigure } from "./volume.ts";

const shown = { name: "ball", title: "A ball", side: "below", label: "time to go", set: "the ball" } as const;

it("shows the states below zero over three axes, a periodic one closed, with how far they reach", () => {
  const problem = readProblem(problems.auv, { detail: 0.8 });
  const radii = Array.from({ length: 9 }, (_, i) => 1 + 0.25 * i);
  const values = radii.map((radius) => sample(problem.task.grid, ([x, y]) => Math.hypot(x, y) - radius));
  const figure = volumeFigure(problem, { times: radii.map((_, i) => -i), values }, shown);
  if (figure?.drawing.kind !== "volume") throw new Error("expected a volume");
  expect(checkFigure(figure).drawing).toBe(figure.drawing);
  const { axes, steps } = figure.drawing;
  expect(axes.map(({ points }) => points)).toEqual([41, 33, 25]);
  expect(axes[2]).toMatchObject({ name: "psi", unit: "rad", low: -Math.PI, high: Math.PI });
  expect(steps.map(({ label }) => label)).toEqual(["8 s", "6 s", "5 s", "3 s", "2 s", "0 s"]);
  const [largest] = figure.table.rows;
  expect(largest).toMatchObject({ seconds: 8, "x from": -3, "x to": 3, "psi to": rounded(Math.PI) });
  // The share of a disc of radius 3 in a box of 10 by 8.
  expect(Math.abs(Number(largest.share) - (100 * 9 * Math.PI) / 80)).toBeLessThan(1.5);
  expect(figure.summary).toContain("at 8 s the set takes");
});

it("holds the states beyond three at the start's values, and leaves planes to other figures", () => {
  const { auv, brake } = problems;
  const speed = { name: "v", low: 0, high: 2, points: 6 };
  const spec = {
    ...auv,
    system: {
      ...auv.system,
      states: [...auv.system.states, { name: "v", unit: "m/s" }],
      derivatives: { ...auv.system.derivatives, v: "0 m/s^2" },
    },
    grid: [...auv.grid, speed],
    start: { ...auv.start, v: 1.5 },
  };
  const problem = readProblem(spec, { detail: 0.8 });
  const values = [sample(problem.task.grid, ([x, y, , v]) => Math.hypot(x, y) - v)];
  const figure = volumeFigure(problem, { times: [0], values }, shown);
  expect(figure?.summary).toContain("at v = 1.5");
  expect(figure?.table.rows[0]).toMatchObject({ "x from": -1.5, "x to": 1.5 });
  const flat = readProblem(brake);
  expect(volumeFigure(flat, { times: [0], values: [sample(flat.task.grid, () => 0)] }, shown)).toBeUndefined();
});
