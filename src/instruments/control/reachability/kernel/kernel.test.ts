import { expect, test } from "vitest";
import { defineSystem } from "../dynamics.ts";
import { type BoundaryRule, createGrid, type Grid, sample } from "../grid.ts";
import { type Problem, prepareProblem } from "../problem.ts";
import { ScalarStepper } from "../scalar-stepper.ts";
import { resolveScheme, type Scheme } from "../scheme.ts";
import { ball, box } from "../sets.ts";
import { solve } from "../solver.ts";
import { air3d, car4d, doubleIntegrator, dubinsCar, planarQuadrotor, singleIntegrator } from "../systems.ts";
import { createKernel } from "./kernel.ts";
import { KernelStepper } from "./kernel-stepper.ts";

/** A grid over the same range on all axes, with the rules in turn. */
function gridOf(shape: readonly number[], rules: readonly BoundaryRule[]): Grid {
  return createGrid(shape.map((points, a) => ({ low: -2.1, high: 1.9, points, boundary: rules[a % rules.length] })));
}

/** A function with curvature and a kink that no axis is special to. */
function bumpy(grid: Grid): Float64Array {
  return sample(grid, (x) => Math.abs(x.reduce((sum, v, a) => sum + (1 + a / 3) * v, -0.4)) + Math.sin(2 * x[0]) - 0.7);
}

/** The largest difference after some steps between a kernel and the formulas point by point, relative to the largest value. */
async function difference(
  problem: Problem,
  scheme: Partial<Scheme>,
  precision: "f32" | "f64" = "f64",
  count = 3,
): Promise<number> {
  const prepared = prepareProblem(problem, precision);
  const resolved = resolveScheme(scheme);
  const kernel = new KernelStepper(createKernel(prepared, resolved, { precision, workers: 0 }));
  const scalar = new ScalarStepper(prepared, resolved);
  const length = 0.7 / scalar.speedBound(prepared.times[0]);
  expect(kernel.speedBound(prepared.times[0])).toBeCloseTo(0.7 / length, precision === "f64" ? 9 : 3);
  let time = prepared.times[0];
  for (let i = 0; i < count; i++) {
    const step = { time, end: time + prepared.direction * length, length };
    await kernel.run([step]);
    await scalar.run([step]);
    time = step.end;
  }
  const [a, b] = [kernel.read(), scalar.read()];
  expect(kernel.change).toBeCloseTo(scalar.change, precision === "f64" ? 9 : 3);
  const [first, second] = [kernel.readArrival(), scalar.readArrival()];
  first?.forEach((t, i) => {
    if (precision === "f64") expect(t).toBeCloseTo(second![i], 9);
  });
  const largest = b.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  return b.reduce((most, v, i) => Math.max(most, Math.abs(v - a[i])), 0) / largest;
}

const systems = {
  1: singleIntegrator({ disturbance: 0.3 }),
  2: doubleIntegrator({ disturbance: 0.4 }),
  3: dubinsCar({ disturbance: 0.3 }),
  4: car4d({ disturbance: 0.2 }),
  6: planarQuadrotor({ wind: 0.5 }),
} as const;
const backward = { times: [0, -5], control: "min" } as const;

test.each(["first-order", "eno2", "eno3", "weno3", "weno5"] as const)(
  "%s in a kernel is the formula point by point, in every dimension and with every boundary rule",
  async (derivative) => {
    const shapes = { 1: [13], 2: [9, 11], 3: [7, 5, 10], 4: [5, 4, 6, 7] } as const;
    const rules: readonly BoundaryRule[] = ["away-from-zero", "linear", "constant", "periodic"];
    for (const [n, shape] of Object.entries(shapes)) {
      for (let turn = 0; turn < 2; turn++) {
        const grid = gridOf(shape, [...rules.slice(turn * 2), ...rules.slice(0, turn * 2)]);
        const system = systems[Number(n) as keyof typeof systems];
        const problem = { ...backward, system, grid, initial: bumpy(grid) };
        expect(
          await difference(problem, { derivative, integration: (1 + ((turn + Number(n)) % 3)) as 1 | 2 | 3 }),
        ).toBeLessThan(1e-12);
      }
    }
  },
);

test("a six-dimensional kernel is the formula point by point", async () => {
  const grid = gridOf([4, 4, 4, 4, 4, 5], ["away-from-zero", "periodic"]);
  const problem = { ...backward, system: systems[6], grid, initial: bumpy(grid) };
  expect(await difference(problem, { derivative: "weno5", integration: 2 }, "f64", 1)).toBeLessThan(1e-12);
});

test("single precision differs from double by rounding", async () => {
  const grid = gridOf([9, 8, 11], ["away-from-zero", "linear", "periodic"]);
  const problem = { ...backward, system: air3d(), grid, initial: bumpy(grid) };
  for (const derivative of ["first-order", "weno3", "weno5"] as const) {
    expect(await difference(problem, { derivative }, "f32")).toBeLessThan(3e-6);
  }
});

test.each(["global", "local", "local-local"] as const)(
  "%s dissipation in a kernel is the formula",
  async (dissipation) => {
    const system = defineSystem({
      states: ["x", "y"],
      controls: [box({ a: [-0.5, 1], b: [-1, 1] }), ball(["c", "e"], 0.4, [0.1, 0])],
      disturbances: ball(["d"], 0.3),
      derivatives: { x: "y*a + b + c", y: "x*b - a*y^2/(4 + x) + e + 0.5*d" },
    });
    const grid = gridOf([10, 13], ["away-from-zero"]);
    for (const direction of [-1, 1]) {
      const problem = { ...backward, times: [0, direction], system, grid, initial: bumpy(grid) };
      expect(await difference(problem, { dissipation })).toBeLessThan(1e-12);
    }
  },
);

test("functions of several axes and of time come from tables", async () => {
  const system = defineSystem({
    states: ["x", "y", "z"],
    controls: box({ u: [-1, 1] }),
    functions: { swirl: { arity: 2, evaluate: (a, b) => Math.atan2(a, b + 3) } },
    derivatives: {
      x: "sin(x*y) + u*exp(-z^2)",
      y: "swirl(x, z)*cos(3*t) + (x + y + 1)^3/9",
      z: "abs(x - y) + norm(y, z)*u + t",
    },
  });
  const grid = gridOf([6, 7, 9], ["away-from-zero", "periodic"]);
  const problem = { ...backward, times: [0, 1], system, grid, initial: bumpy(grid) };
  for (const precision of ["f64", "f32"] as const) {
    expect(await difference(problem, { derivative: "weno3" }, precision)).toBeLessThan(
      precision === "f64" ? 1e-12 : 5e-6,
    );
  }
});

test("constraints, changing fields, tubes and arrival times in a kernel are the formulas", async () => {
  const grid = gridOf([9, 14], ["away-from-zero"]);
  const initial = bumpy(grid);
  const moving = (time: number, values: Float32Array | Float64Array) => {
    values.set(sample(grid, ([x, y]) => 0.8 - Math.hypot(x - time, y)));
  };
  const slices = { times: [0, -0.1, -0.9], values: [initial.map((v) => v + 0.3), initial.map((v) => v + 1), initial] };
  for (const arrival of ["below", "above"] as const) {
    for (const evolution of ["nonincreasing", "nondecreasing"] as const) {
      const constraints = [
        { take: "min" as const, field: slices },
        { take: "max" as const, field: moving, to: -0.05 },
        { take: "max" as const, field: initial.map((v) => v - 1), from: -0.01 },
      ];
      const problem: Problem = { ...backward, system: systems[2], grid, initial, constraints, arrival, evolution };
      expect(await difference(problem, {}, "f64", 5)).toBeLessThan(1e-12);
      expect(await difference({ ...problem, lowest: -0.4 }, {}, "f64", 5)).toBeLessThan(1e-12);
    }
  }
});

test("any number of workers gives the same bits", async () => {
  const grid = gridOf([11, 6, 9], ["away-from-zero", "periodic", "linear"]);
  const initial = bumpy(grid);
  const constraints = [{ take: "min" as const, field: initial }];
  const problem: Problem = {
    system: air3d(),
    grid,
    initial,
    constraints,
    control: "max",
    times: [0, -0.2, -0.3],
    arrival: "below",
  };
  const alone = await solve(problem, { scheme: "very-high" });
  const together = await solve(problem, { scheme: "very-high", workers: 3 });
  expect(together.values).toEqual(alone.values);
  expect(together.arrival).toEqual(alone.arrival);
  expect(together.steps).toBe(alone.steps);
});
