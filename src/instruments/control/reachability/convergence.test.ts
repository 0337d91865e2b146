import { expect, test } from "vitest";
import { defineSystem } from "./dynamics.ts";
import { createGrid, sample } from "./grid.ts";
import type { Scheme } from "./scheme.ts";
import { box } from "./sets.ts";
import { solve } from "./solver.ts";
import { planarIntegrator } from "./systems.ts";
import { interpolate } from "./value-function.ts";

/** `Vₜ + Vₓ = 0`: a wave that travels once around a circle. */
const advection = defineSystem({ states: ["x"], derivatives: { x: "1" } });

/** Mean error after a wave `sin x` has travelled for a time of 1, with steps that shrink faster than the spacing. */
async function advectionError(points: number, scheme: Partial<Scheme>, power: number): Promise<number> {
  const grid = createGrid([{ low: 0, high: 2 * Math.PI, points, periodic: true }]);
  const initial = sample(grid, ([x]) => Math.sin(x));
  const cfl = 0.75 * (20 / points) ** power;
  const problem = { system: advection, grid, initial, times: [0, 1], control: "min" } as const;
  const { last } = await solve(problem, { scheme: { ...scheme, cfl }, precision: "f64", keep: "last" });
  const exact = sample(grid, ([x]) => Math.sin(x - 1));
  return Math.max(...exact.map((v, i) => Math.abs(v - last[i])));
}

async function ordersOf(
  scheme: Partial<Scheme>,
  sizes: readonly number[],
  power = 0,
): Promise<{ errors: number[]; orders: number[] }> {
  const errors: number[] = [];
  for (const points of sizes) errors.push(await advectionError(points, scheme, power));
  return { errors, orders: errors.slice(1).map((e, i) => Math.log2(errors[i] / e)) };
}

test("WENO5 with RK3 converges at fifth order to the reference's errors", async () => {
  const { errors, orders } = await ordersOf({ derivative: "weno5", integration: 3 }, [20, 40, 80, 160], 2 / 3);
  for (const order of orders) expect(order).toBeGreaterThan(4.8);
  [8.6e-4, 2.7e-5, 8.1e-7, 2.4e-8].forEach((reference, i) => {
    expect(errors[i] / reference).toBeGreaterThan(0.5);
    expect(errors[i] / reference).toBeLessThan(1.5);
  });
});

test.each([
  ["first-order", 1, 0.85, 1.15],
  ["eno2", 2, 1.5, 2.4],
  ["eno3", 3, 2.9, 3.2],
  ["weno3", 3, 2.0, 3.6],
] as const)("%s with RK%i converges at its order", async (derivative, integration, low, high) => {
  const { orders } = await ordersOf({ derivative, integration }, [40, 80, 160]);
  for (const order of orders) {
    expect(order).toBeGreaterThan(low);
    expect(order).toBeLessThan(high);
  }
});

test.each([1, 2, 3] as const)("Runge–Kutta of order %i has its order in time", async (integration) => {
  const grid = createGrid([{ low: 0, high: 2 * Math.PI, points: 64, periodic: true }]);
  const initial = sample(grid, ([x]) => Math.sin(x));
  const at = async (cfl: number) => {
    const problem = { system: advection, grid, initial, times: [0, 1], control: "min" } as const;
    return (await solve(problem, { scheme: { derivative: "weno5", integration, cfl }, precision: "f64" })).last;
  };
  const fine = await at(0.005);
  const errors: number[] = [];
  for (const cfl of [0.8, 0.4, 0.2]) {
    const values = await at(cfl);
    errors.push(Math.max(...values.map((v, i) => Math.abs(v - fine[i]))));
  }
  const orders = errors.slice(1).map((e, i) => Math.log2(errors[i] / e));
  for (const order of orders) expect(order).toBeGreaterThan(integration - 0.15);
  for (const order of orders) expect(order).toBeLessThan(integration + 0.35);
});

test("a manufactured solution of a game with a time-varying drift converges at fifth order", async () => {
  // V = 2x + sin(x − t) rises everywhere, so that the maximiser takes u = 1, and solves Vₜ + max_u Vₓ(f + u) = 0 for this f.
  const system = defineSystem({
    states: ["x"],
    controls: box({ u: [-1, 1] }),
    derivatives: { x: "cos(x - t)/(2 + cos(x - t)) - 1 + u" },
  });
  const errors: number[] = [];
  for (const points of [41, 81, 161]) {
    const grid = createGrid([{ low: -3, high: 3, points, boundary: "linear" }]);
    const exact = (t: number) => sample(grid, ([x]) => 2 * x + Math.sin(x - t));
    const scheme = { derivative: "weno5", integration: 3, cfl: 0.6 * (40 / (points - 1)) ** (2 / 3) } as const;
    const problem = { system, grid, initial: exact(0), times: [0, 0.3], control: "max" } as const;
    const { last } = await solve(problem, { scheme, precision: "f64" });
    const inside = Array.from(exact(0.3), (v, i) =>
      Math.abs(grid.axes[0].coordinates[i]) < 1 ? Math.abs(v - last[i]) : 0,
    );
    errors.push(Math.max(...inside));
  }
  for (const i of [1, 2]) expect(Math.log2(errors[i - 1] / errors[i])).toBeGreaterThan(4.6);
});

/** Errors near the front, where it has moved from radius 0.5 to 1.5: `V = max(r − 1, 0) − 0.5`. */
async function frontErrors(scheme: Partial<Scheme>): Promise<{ largest: number; mean: number; zero: number }> {
  const axis = { low: -2, high: 2, points: 101 };
  const grid = createGrid([axis, axis]);
  const initial = sample(grid, ([x, y]) => Math.hypot(x, y) - 0.5);
  const problem = { system: planarIntegrator(), grid, initial, times: [0, -1], control: "min" } as const;
  const { last } = await solve(problem, { scheme, precision: "f64" });
  const exact = Array.from(sample(grid, ([x, y]) => Math.max(Math.hypot(x, y) - 1, 0) - 0.5));
  const near = exact.flatMap((v, i) => (Math.abs(v) < 0.2 ? [Math.abs(v - last[i])] : []));
  const mean = near.reduce((a, b) => a + b) / near.length;
  return { largest: Math.max(...near), mean, zero: interpolate(grid, last, [1.5, 0]) };
}

test("a front that grows at speed 1 is right: 5e-4 with WENO5, 0.023 at first order", async () => {
  const fine = await frontErrors({ derivative: "weno5", integration: 3 });
  expect(fine.largest).toBeLessThan(5e-4);
  expect(Math.abs(fine.zero)).toBeLessThan(5e-4);
  const coarse = await frontErrors({ derivative: "first-order", integration: 1 });
  expect(coarse.mean).toBeGreaterThan(0.02);
  expect(coarse.mean).toBeLessThan(0.026);
});
