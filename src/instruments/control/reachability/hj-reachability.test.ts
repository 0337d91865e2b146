import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { numberArithmetic } from "./arithmetic.ts";
import { defineSystem } from "./dynamics.ts";
import { type Derivative, stencilRadius, upwind } from "./finite-differences.ts";
import { type BoundaryRule, createGrid, sample, type Values } from "./grid.ts";
import type { Problem } from "./problem.ts";
import { reachProblem } from "./reach.ts";
import type { Accuracy } from "./scheme.ts";
import { ball, box } from "./sets.ts";
import { solve } from "./solver.ts";
import { air3d } from "./systems.ts";
import { gradientAt, interpolate, stencil } from "./value-function.ts";

interface Summary {
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  readonly inside: number;
  readonly every37th: readonly number[];
}

interface Reference {
  readonly derivatives: {
    readonly values: readonly number[];
    readonly spacing: number;
    readonly cases: readonly {
      readonly scheme: Derivative;
      readonly boundary: BoundaryRule;
      readonly left: readonly number[];
      readonly right: readonly number[];
    }[];
  };
  readonly air3d: readonly (Summary & { readonly scheme: Accuracy; readonly tube: boolean })[];
  readonly swimmer: {
    readonly forward: Summary;
    readonly backward: Summary;
    readonly states: readonly (readonly number[])[];
    readonly interpolated: readonly number[];
    readonly gradients: readonly (readonly number[])[];
  };
}

/** What hj_reachability itself computed; see scripts/reference/reachability.py. */
const reference: Reference = JSON.parse(
  readFileSync(new URL("./reference/hj-reachability.json", import.meta.url), "utf8"),
);

function expectSummary(values: Values, expected: Summary, digits: number): void {
  const all = Array.from(values);
  expect(all.reduce((a, b) => a + b) / all.length).toBeCloseTo(expected.mean, digits);
  expect(Math.min(...all)).toBeCloseTo(expected.min, digits);
  expect(Math.max(...all)).toBeCloseTo(expected.max, digits);
  expect(all.filter((v) => v <= 0)).toHaveLength(expected.inside);
  expected.every37th.forEach((v, i) => {
    expect(all[37 * i]).toBeCloseTo(v, digits);
  });
}

test.each(reference.derivatives.cases)("$scheme with $boundary ends has the library's one-sided derivatives", (c) => {
  const { values, spacing } = reference.derivatives;
  const high = (values.length - (c.boundary === "periodic" ? 0 : 1)) * spacing;
  const grid = createGrid([{ low: 0, high, points: values.length, boundary: c.boundary }]);
  values.forEach((_, i) => {
    const place = { a: 0, start: 0, i, radius: stencilRadius[c.scheme] };
    const [left, right] = upwind(numberArithmetic, c.scheme, stencil(grid, Float64Array.from(values), place), spacing);
    expect(left / spacing).toBeCloseTo(c.left[i], 7);
    expect(right / spacing).toBeCloseTo(c.right[i], 7);
  });
});

test.each(reference.air3d)(
  "Air3D with $scheme accuracy is the library's, tube: $tube",
  async ({ scheme, tube, ...rest }) => {
    const grid = createGrid([
      { low: -6, high: 20, points: 11 },
      { low: -10, high: 10, points: 10 },
      { low: 0, high: 2 * Math.PI, points: 10, periodic: true },
    ]);
    const target = sample(grid, ([x, y]) => Math.hypot(x, y) - 5);
    const question = { system: air3d(), grid, target, aim: "avoid", mode: "set", times: [0, -0.5] } as const;
    const problem: Problem = { ...reachProblem(question), evolution: tube ? "nonincreasing" : "free" };
    expectSummary((await solve(problem, { scheme, precision: "f64" })).last, rest, 7);
    expectSummary((await solve(problem, { scheme, precision: "f32" })).last, rest, 4);
  },
);

const swimmer = defineSystem({
  states: ["x", "y"],
  controls: ball(["ux", "uy"], 0.7, [0.1, -0.2]),
  disturbances: box({ dx: [-0.3, 0.2], dy: [-0.1, 0.4] }),
  derivatives: { x: "-y*(1 + t) + ux + dx", y: "x*(1 + t) + uy + dy/2" },
});

test("time-varying dynamics, a ball, a box off centre and an obstacle agree with the library both ways in time", async () => {
  const grid = createGrid([
    { low: -2, high: 2, points: 33 },
    { low: -2, high: 2, points: 29 },
  ]);
  const initial = sample(grid, ([x, y]) => Math.hypot(x - 0.5, y) - 0.6);
  const obstacle = sample(grid, ([x, y]) => 0.4 - Math.hypot(x + 0.6, y + 0.3));
  // The library applies an obstacle after every step but not to the values it starts from.
  const after = (times: readonly [number, number]) =>
    times[1] > times[0] ? { from: times[0] + 1e-6 } : { to: times[0] - 1e-6 };
  const run = async (times: readonly [number, number]) => {
    const constraints = [{ take: "max" as const, field: obstacle, ...after(times) }];
    const problem = { system: swimmer, grid, initial, times, control: "min" as const, constraints };
    return (await solve(problem, { scheme: "very-high", precision: "f64" })).last;
  };
  expectSummary(await run([0, 0.4]), reference.swimmer.forward, 5);
  const backward = await run([0.4, 0]);
  expectSummary(backward, reference.swimmer.backward, 5);
  reference.swimmer.states.forEach((x, i) => {
    expect(interpolate(grid, backward, x)).toBeCloseTo(reference.swimmer.interpolated[i], 5);
    gradientAt(grid, backward, x).forEach((g, a) => {
      expect(g).toBeCloseTo(reference.swimmer.gradients[i][a], 4);
    });
  });
});
