import { expect, test } from "vitest";
import { compileSystem, defineSystem } from "./dynamics.ts";
import { compileExpression } from "./expression.ts";
import { parseExpression } from "./expression-parser.ts";

const x = 1.7;
const y = -0.6;
const variables = new Map([
  ["x", undefined],
  ["y", undefined],
]);

/** The value of a text with x and y as above. */
function evaluate(text: string): number {
  const { expression } = parseExpression(text, { variables }, "test");
  return compileExpression(expression, ["x", "y"])([x, y]);
}

test.each([
  ["1 + 2*3 - 4/8", 6.5],
  ["-x^2", -(x ** 2)],
  ["2^3^2", 512],
  ["2^-1", 0.5],
  ["x - y - 1", x - y - 1],
  ["x/y/2", x / y / 2],
  ["-(x + -y)*+2", -(x - y) * 2],
  ["1.5e-2*x", 0.015 * x],
  [".5 + 5.", 5.5],
  ["pi", Math.PI],
  ["min(x, y, 0) + max(x, 3)", y + 3],
  ["norm(x, y)", Math.hypot(x, y)],
  ["atan2(y, x) + sqrt(abs(y)) + exp(log(x))", Math.atan2(y, x) + Math.sqrt(-y) + x],
  ["sign(y)*tanh(x)*sinh(y)*cosh(x)", -Math.tanh(x) * Math.sinh(y) * Math.cosh(x)],
  ["asin(y)*acos(y)*atan(x)*tan(x)", Math.asin(y) * Math.acos(y) * Math.atan(x) * Math.tan(x)],
  ["x # a comment\n + 1", x + 1],
  ["90 deg", Math.PI / 2],
  ["3 km/h", 3000 / 3600],
  ["2 m*x", 2 * x],
])("%s", (text, expected) => {
  expect(evaluate(text)).toBeCloseTo(expected, 12);
});

test("what does not depend on a variable is folded to a number", () => {
  const parse = (text: string) => parseExpression(text, { variables }, "test").expression;
  expect(parse("2*3 + sin(0)")).toEqual({ kind: "number", value: 6 });
  expect(parse("0*x + 1*(y)")).toMatchObject({ kind: "variable", name: "y" });
});

test("equations too deep to be read recursively are refused", () => {
  const deep = [
    `${"(".repeat(20_000)}x${")".repeat(20_000)}`,
    Array(20_000).fill("x").join(" + "),
    Array(20_000).fill("x").join("*"),
    `${"-".repeat(20_000)}x`,
    `x${"^x".repeat(20_000)}`,
    `${"sin(".repeat(20_000)}x${")".repeat(20_000)}`,
  ];
  for (const text of deep) {
    expect(() => parseExpression(text, { variables }, "test"), text.slice(0, 9)).toThrow("at most 500 operations");
  }
  expect(evaluate(Array(400).fill("x").join(" + "))).toBeCloseTo(400 * x, 9);
});

test("a rate may be written as one over a time, and a word behind a number that is no unit is told the units", () => {
  const spec = { states: [{ name: "x", unit: "km" }], derivatives: { x: "-rate*x + 0.5 m/s" } };
  const rateAt = compileSystem(defineSystem({ ...spec, parameters: { rate: "2 1/s" } }));
  expect(rateAt([3], 0).drift[0]).toBeCloseTo(-6 + 0.0005, 12);
  expect(() => defineSystem({ ...spec, parameters: { rate: "2 1/sec" } })).toThrow(/got "1"/);
  expect(() => defineSystem({ ...spec, parameters: { rate: "2 kmm" } })).toThrow(/got "kmm"/);
});
