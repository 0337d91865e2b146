import { expect, test } from "vitest";
import { parseFormula } from "../stl/parser.ts";
import { disturbanceMap } from "./disturbance-map.ts";
import { closeBracket, largestDisturbance } from "./largest-disturbance.ts";
import { compilePlan } from "./plan.ts";
import { readProblem } from "./problem.ts";
import { problems } from "./problems.ts";
import { solvePlan } from "./solve-plan.ts";

const { order } = problems;

test("a bracket closes from any guess, at both ends, and to any tolerance", async () => {
  const line = async (root: number, guess: number, tolerance = 0.01) => {
    let count = 0;
    const value = async (delta: number) => {
      if (++count > 500) throw new Error("no end");
      return Math.tanh(3 * (root - delta));
    };
    return await closeBracket(value, { margin: 0, most: 1, tolerance, guess });
  };
  for (const root of [0, 1e-4, 0.3, 0.999, 1]) {
    for (const guess of [0, 0.3, 0.5, 1]) {
      const { delta, failsAt } = await line(root, guess);
      expect(delta).toBeLessThanOrEqual(root);
      expect(delta).toBeGreaterThanOrEqual(root - 0.0100001);
      if (root < 1) expect(failsAt - delta).toBeLessThanOrEqual(0.0100001);
    }
  }
  expect(await line(-0.1, 0.5)).toEqual({ delta: Number.NEGATIVE_INFINITY, failsAt: 0 });
  expect(await line(2, 0.5)).toEqual({ delta: 1, failsAt: Number.POSITIVE_INFINITY });
  expect((await line(0.3, 0.5, 1e-300)).delta).toBeCloseTo(0.3, 12);
});

test("sets of disturbances without 0 have no largest scale: a push that helps is refused", async () => {
  const disturbances = { kind: "box", names: ["d"], low: [0.5], high: [1] } as const;
  const system = { ...order.system, disturbances, derivatives: { x: "0.1*u + d" } };
  const { plan, task, start } = readProblem({ ...order, system, formula: "F[0,2] (x >= 0.5)" }, { detail: 0.1 });
  const search = { margin: 0, tolerance: 0.01, most: 1, sliceEvery: 1 };
  await expect(largestDisturbance({ plan }, task, start, search)).rejects.toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: single integrator: expected disturbance sets that hold 0, so that a larger bound allows all that a smaller one does; got [0.5] to [1] for d]`,
  );
  await expect(disturbanceMap({ plan }, task, { ...search, levels: [0, 1] })).rejects.toThrow("hold 0");
});

test("bounds of parts of the time are refused where nested formulas begin at times that are not known", async () => {
  const formula = parseFormula("F[0,1] G[0,1] (x >= 0) and F[0,1] G[0,1] (x <= 1)");
  const { plan, isGuaranteed } = compilePlan(formula, "approximate");
  expect([plan.kind, isGuaranteed]).toEqual(["naive", false]);
  const { task } = readProblem(order, { detail: 0.1 });
  const options = { delta: 0.1, sliceEvery: 0.5, segments: [{ from: 0, delta: 0.2 }] };
  await expect(solvePlan(plan, { ...task, formula }, options)).rejects.toThrow("without nested formulas");
});
