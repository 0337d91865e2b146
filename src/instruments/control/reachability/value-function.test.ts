import fc from "fast-check";
import { expect, test } from "vitest";
import { createGrid, sample } from "./grid.ts";
import { optimalInputs } from "./optimal-inputs.ts";
import { ball, box, extremePoint, type InputSet } from "./sets.ts";
import { dubinsCar, planarIntegrator } from "./systems.ts";
import { gradientAt, gradientAtPoint, interpolate, interpolateInTime, slicesAround } from "./value-function.ts";

const grid = createGrid([
  { name: "x", low: -1, high: 2, points: 7, boundary: "linear" },
  { name: "theta", low: 0, high: 2 * Math.PI, points: 40, periodic: true },
]);
const values = sample(grid, ([x, theta]) => 3 * x + Math.sin(theta));

test("interpolation is exact for what is linear along an axis and wraps around periodic ones", () => {
  expect(interpolate(grid, values, [0.123, 0])).toBeCloseTo(0.369, 12);
  const wrapped = [0.5, 0.5 + 2 * Math.PI, 0.5 - 6 * Math.PI].map((theta) => interpolate(grid, values, [0.2, theta]));
  expect(wrapped[1]).toBeCloseTo(wrapped[0], 12);
  expect(wrapped[2]).toBeCloseTo(wrapped[0], 12);
  expect(interpolate(grid, values, [2, 1])).toBeCloseTo(6 + Math.sin(1), 2);
  expect(interpolate(grid, values, [0, 2 * Math.PI - 0.01])).toBeCloseTo(Math.sin(-0.01), 3);
});

test("outside the grid a value is NaN, that of the nearest place, or an error, as one asks", () => {
  expect(interpolate(grid, values, [2.1, 0])).toBeNaN();
  expect(interpolate(grid, values, [2.1, 0], "clamp")).toBeCloseTo(6, 12);
  expect(() => interpolate(grid, values, [2.1, 0], "error")).toThrow("state x: expected a number in [-1, 2]; got 2.1");
  expect(gradientAt(grid, values, [-1.5, 0])).toEqual([Number.NaN, Number.NaN]);
  expect(interpolate(grid, values, [Number.NaN, 0], "clamp")).toBeNaN();
  expect(() => interpolate(grid, values, [0])).toThrow("state: expected 2 numbers; got 1");
});

test("interpolated values lie between those of the points around", () => {
  const rough = createGrid([0, 1, 2].map(() => ({ low: 0, high: 1, points: 4 })));
  const numbers = Float64Array.from({ length: 64 }, (_, i) => Math.sin(i * i));
  const inside = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(inside, inside, inside, (...x) => {
      const value = interpolate(rough, numbers, x);
      return value >= Math.min(...numbers) - 1e-12 && value <= Math.max(...numbers) + 1e-12;
    }),
  );
});

test("gradients are the derivatives, at points and between them", () => {
  const at = [0.37, 1.1];
  for (const derivative of ["weno5", "eno3", "first-order"] as const) {
    const [gx, gtheta] = gradientAt(grid, values, at, { derivative });
    expect(gx).toBeCloseTo(3, 9);
    expect(gtheta).toBeCloseTo(Math.cos(1.1), 2);
  }
  const [, gtheta] = gradientAtPoint(grid, values, 3 * 40 + 5);
  expect(gtheta).toBeCloseTo(Math.cos((5 / 40) * 2 * Math.PI), 4);
});

test("between slices values are linear in time, in either direction, and constant beyond the ends", () => {
  for (const times of [
    [0, 1, 3],
    [0, -1, -3],
  ]) {
    const sign = Math.sign(times[1]);
    const slices = { times, values: [0, 10, 30].map((v) => new Float32Array(280).fill(v)) };
    const at = (t: number) => interpolateInTime(grid, slices, [0, 0], sign * t);
    expect([-1, 0, 0.5, 1, 2, 3, 9].map(at)).toEqual([0, 0, 5, 10, 20, 30, 30]);
  }
  expect(slicesAround({ times: [4], values: [values] }, 9)).toEqual([0, 0, 0]);
});

test("optimal inputs are the ends of boxes and the rims of balls, and the middle where nothing depends on them", () => {
  const choose = optimalInputs(dubinsCar({ disturbance: 0.5 }), { control: "min" });
  const chosen = choose([0, 0, Math.PI / 2], [3, 4, -2]);
  expect(chosen.control).toEqual([1]);
  expect(chosen.disturbance[0]).toBeCloseTo(0.3, 12);
  expect(chosen.disturbance[1]).toBeCloseTo(0.4, 12);
  expect(chosen.hamiltonian).toBeCloseTo(3 * 0.3 + 4 * 1.4 - 2, 12);
  expect(choose([0, 0, 0], [0, 0, 0]).control).toEqual([0]);
  const both = optimalInputs(planarIntegrator({ disturbance: 0.5 }), { control: "max", disturbance: "max" });
  expect(both([0, 0], [0, -2]).velocity).toEqual([0, -1.5]);
});

test("no point of a set lies farther along a direction than the extreme one", () => {
  const number = fc.double({ min: -1, max: 1, noNaN: true });
  const sets: readonly InputSet[] = [box({ a: [-0.5, 2], b: [1, 1.5] }), ball(["a", "b"], 0.7, [0.1, -2])];
  fc.assert(
    fc.property(number, number, number, number, (dx, dy, px, py) => {
      const along = ([a, b]: readonly number[]) => a * dx + b * dy;
      const inBox = [0.75 + 1.25 * px, 1.25 + 0.25 * py];
      const r = Math.max(1, Math.hypot(px, py));
      const inBall = [0.1 + (0.7 * px) / r, -2 + (0.7 * py) / r];
      return [inBox, inBall].every((p, i) => along(p) <= along(extremePoint(sets[i], [dx, dy])) + 1e-12);
    }),
  );
});

const badAxes = [
  [{ low: 1, high: 1, points: 4 }, "expected finite low < high; got 1 and 1"],
  [{ low: 0, high: 1, points: 1 }, "expected at least 2 points; got 1"],
  [{ low: 0, high: 1, points: 2.5 }, "expected at least 2 points; got 2.5"],
  [{ low: 0, high: 1, points: 4, boundary: "mirror" as "linear" }, "expected one of periodic, linear"],
  [
    { low: 0, high: 1, points: 4, periodic: true, boundary: "linear" as const },
    "expected one boundary rule; got linear",
  ],
] as const;

test.each(badAxes)("a bad axis is refused: %#", (axis, message) => {
  expect(() => createGrid([axis])).toThrow(`grid axis x0: ${message}`);
  expect(() => createGrid([])).toThrow("grid: expected one to six axes; got 0");
});
