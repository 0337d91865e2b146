import { expect, test } from "vitest";
import { readProblem } from "../synthesis/problem.ts";
import { problems } from "../synthesis/problems.ts";
import { planeOf, regionMarks } from "./plane.ts";
import { robustnessTraceFigure } from "./trace.ts";

test("planes of one unit are drawn to scale, those of a place and a speed or of a long strip are not", () => {
  const { auv, brake, order } = problems;
  expect(planeOf(auv).isToScale).toBe(true);
  expect(planeOf(brake).isToScale).toBe(false);
  expect(planeOf(order).isToScale).toBe(false);
  const [x, ...rest] = auv.grid;
  expect(planeOf({ ...auv, grid: [{ ...x, low: -50, high: 50 }, ...rest] }).isToScale).toBe(false);
});

test("a region is drawn whichever way round it names the states", () => {
  const box = { kind: "box", states: ["v", "x"], low: [-1, 2], high: [1, 5] } as const;
  const around = { kind: "box", states: ["x", "v"], low: [-2, -2], high: [2, 2] } as const;
  const spec = { ...problems.brake, regions: { around, box } };
  const [outline] = regionMarks(spec, planeOf(spec), readProblem(spec).task.grid);
  const corners = outline.rows!.filter(({ region }) => region === "box").map(({ x, y }) => [x, y]);
  expect(corners).toEqual([
    [2, -1],
    [2, 1],
    [5, 1],
    [5, -1],
    [2, -1],
  ]);
});

test("a long trace keeps its shortest dip, and times since 1970 count from the first", () => {
  const times = Array.from({ length: 100_000 }, (_, k) => 1.7e9 + k);
  const values = times.map((_, k) => (k === 77_777 ? -5 : 1 + (k % 2)));
  const { table, drawing } = robustnessTraceFigure("x >= 0", { times, values, signals: { times, columns: {} } });
  expect(table.rows.length).toBeLessThanOrEqual(1500);
  expect(table.rows.filter(({ value }) => value === -5)).toEqual([{ signal: "robustness", time: 77_777, value: -5 }]);
  expect(drawing.kind === "chart" && drawing.x?.label).toBe("time after 1700000000 s, s");
});
