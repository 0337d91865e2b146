import fc from "fast-check";
import { expect, test } from "vitest";
import { compile, evaluate, gradcheck, gradients, ndarray, slice, type Tensor, tensor } from "../../../engine/index.ts";
import { type Extremum, robustnessExpression } from "./expression.ts";
import type { Formula } from "./formula.ts";
import { formulas } from "./formula-arbitrary.ts";
import { parseFormula } from "./parser.ts";
import { robustness } from "./robustness.ts";
import type { Vocabulary } from "./vocabulary.ts";

const array = (values: readonly number[]) => ndarray([...values], "float64");
const isOfFuture = (formula: Formula) =>
  !/"kind":"(historically|once|since|trigger|iff|xor)"/.test(JSON.stringify(formula));
const irregular = (n: number, phase: number) => Array.from({ length: n }, (_, i) => 3 * Math.sin(phase + 1.7 * i * i));
const randomFormulas = (depth: number) => formulas({ depth, isUnbounded: true, isSmooth: true }).filter(isOfFuture);

test("with exact extrema the values are those of the monitor", () => {
  const check = (formula: Formula, phase: number, until: "half-open" | "closed") => {
    const trace = { x: irregular(7, phase), y: irregular(7, phase + 0.5) };
    const expressed = { x: tensor(array(trace.x)), y: tensor(array(trace.y)) };
    const { data } = evaluate([robustnessExpression(formula, expressed, { until })])[0];
    const expected = robustness(formula, trace, { until });
    for (let t = 0; t < 7; t++) {
      expect(data[t] === expected[t] || Math.abs(data[t] - expected[t]) < 1e-9 * Math.abs(expected[t]) + 1e-12).toBe(
        true,
      );
    }
  };
  const until = fc.constantFrom("half-open" as const, "closed" as const);
  fc.assert(fc.property(randomFormulas(3), fc.nat(1000), until, check), { numRuns: 150, seed: 3 });
});

test("the gradient is that of finite differences, exact away from kinks and smooth everywhere", () => {
  const extrema: Extremum[] = [
    { kind: "exact" },
    { kind: "log-sum-exp", sharpness: 4 },
    { kind: "softmax", sharpness: 4 },
  ];
  const check = (formula: Formula, phase: number, extremum: Extremum) => {
    const trace = { x: irregular(6, phase), y: irregular(6, phase + 0.5) };
    const values = robustness(formula, trace);
    const finite = values.findIndex(Number.isFinite);
    fc.pre(finite >= 0);
    const f = (x: Tensor, y: Tensor) =>
      slice(robustnessExpression(formula, { x, y }, { extremum }), { 0: [finite, finite + 1] });
    expect(gradcheck(f, [array(trace.x), array(trace.y)], { tolerance: 1e-5 }).compared).toBe(12);
  };
  fc.assert(fc.property(randomFormulas(3), fc.nat(1000), fc.constantFrom(...extrema), check), {
    numRuns: 150,
    seed: 4,
  });
});

test("polygons may be closed by their first corner, and have an inside at the height of their corners", () => {
  const corners = [
    [1, 0],
    [0, 1],
    [-1, 0],
    [0, -1],
    [1, 0],
  ] as const;
  const vocabulary: Vocabulary = { regions: { buoy: { kind: "polygon", states: ["x", "y"], corners } } };
  const formula = parseFormula("buoy", vocabulary);
  const trace = { x: [0, 0.5, 1.5, -3], y: [0, 0, 0, 1] };
  const expected = [Math.SQRT1_2, Math.SQRT1_2 / 2, -0.5, -Math.hypot(2, 1)];
  const values = robustness(formula, trace, { vocabulary });
  const expressed = robustnessExpression(
    formula,
    { x: tensor(array(trace.x)), y: tensor(array(trace.y)) },
    { vocabulary },
  );
  const { data } = evaluate([expressed])[0];
  expected.forEach((v, t) => {
    expect(values[t]).toBeCloseTo(v, 12);
    expect(data[t]).toBeCloseTo(v, 12);
  });
});

test("smooth minima have their stored values", () => {
  const s = tensor(array([0.3, 0.1, 0.25, 0.4, 0.12]));
  const least = (kind: "log-sum-exp" | "softmax", sharpness: number) =>
    evaluate([robustnessExpression(parseFormula("G s"), { s }, { extremum: { kind, sharpness } })])[0].data[0];
  expect(least("log-sum-exp", 10)).toBeCloseTo(0.0199352126, 9);
  expect(least("softmax", 10)).toBeCloseTo(0.1412429306, 9);
  expect(least("log-sum-exp", 1000)).toBeCloseTo(0.1, 6);
});

test("regions have the values and the gradients of their distances", () => {
  const vocabulary: Vocabulary = {
    regions: {
      ball: { kind: "ball", states: ["x", "y"], center: [1, 0.5], radius: 2 },
      box: { kind: "box", states: ["x", "y"], low: [-1, -2], high: [1.5, 1] },
      half: { kind: "halfspace", states: ["x", "y"], normal: [3, 4], offset: 1 },
      shape: {
        kind: "polygon",
        states: ["x", "y"],
        corners: [
          [-2, -2],
          [2, -1.5],
          [0.3, 0.2],
          [1, 2],
        ],
      },
    },
  };
  const trace = { x: irregular(12, 0.3), y: irregular(12, 5.1) };
  for (const name of Object.keys(vocabulary.regions!)) {
    const formula = parseFormula(name, vocabulary);
    const f = (x: Tensor, y: Tensor) => robustnessExpression(formula, { x, y }, { vocabulary });
    const { data } = evaluate([f(tensor(array(trace.x)), tensor(array(trace.y)))])[0];
    expect(Array.from(data)).toEqual([...robustness(formula, trace, { vocabulary })].map((v) => expect.closeTo(v, 10)));
    gradcheck(f, [array(trace.x), array(trace.y)]);
  }
});

test("a trajectory can be optimised through the compiled gradient until it satisfies the formula", async () => {
  const formula = parseFormula("F[0,4] (x >= 2) and G[0,9] (x <= 3) and F[6,9] (x <= -1)");
  const extremum = { kind: "log-sum-exp", sharpness: 6 } as const;
  const step = compile((x: Tensor) => {
    const score = slice(robustnessExpression(formula, { x }, { extremum }), { 0: [0, 1] }).reshape([]);
    return x.add(gradients(score, [x])[0].multiply(0.4));
  });
  let x = ndarray(new Array(10).fill(0));
  for (let i = 0; i < 60; i++) x = await step(x);
  expect(robustness(formula, { x: x.data as Float32Array })[0]).toBeGreaterThan(0.1);
});

test("what has no expression is refused by name", () => {
  const x = tensor(array([1, 2]));
  const vocabulary: Vocabulary = { functions: { hazard: { evaluate: (v) => v } } };
  expect(() => robustnessExpression(parseFormula("once x"), { x })).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: robustnessExpression: expected a formula of the future; got once]`,
  );
  expect(() =>
    robustnessExpression(parseFormula("hazard(x)", vocabulary), { x }, { vocabulary }),
  ).toThrowErrorMatchingInlineSnapshot(`[OrreryError: robustnessExpression: expected hazard to have an expression]`);
  expect(() => robustnessExpression(parseFormula("y"), { x })).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: robustnessExpression: expected samples of the state "y"]`,
  );
});
