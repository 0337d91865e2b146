import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formulas } from "./formula-arbitrary.ts";
import { parseFormula } from "./parser.ts";
import { printFormula } from "./printer.ts";
import { robustness } from "./robustness.ts";
import type { Vocabulary } from "./vocabulary.ts";

const vehicle: Vocabulary = {
  states: [
    { name: "x", unit: "m" },
    { name: "y", unit: "m" },
    { name: "heading", unit: "deg" },
    { name: "speed", unit: "km/h" },
    { name: "depth", unit: "m" },
  ],
  regions: {
    dock: { kind: "ball", states: ["x", "y"], center: [3, 0], radius: 0.5 },
    reef: { kind: "box", states: ["x", "y"], low: [-1, -1], high: [1, 1] },
  },
  functions: { hazard: { arity: 2, evaluate: (x, y) => x * x + y * y } },
};
const atOnce = (text: string, values: Readonly<Record<string, number>>, vocabulary: Vocabulary = vehicle) =>
  robustness(parseFormula(text, vocabulary), Object.fromEntries(Object.entries(values).map(([k, v]) => [k, [v]])), {
    vocabulary,
  })[0];

test("parsing what was printed gives the same formula", () => {
  fc.assert(
    fc.property(formulas({ depth: 4, isUnbounded: true }), (formula) => {
      expect(parseFormula(printFormula(formula))).toEqual(formula);
    }),
    { numRuns: 1000, seed: 1 },
  );
});

test.each([
  [
    "F[0, 12 s] dock and G[0,12] (not reef and depth <= 5 m)",
    "F[0 s, 12 s] dock and G[0 s, 12 s] (not reef and depth <= 5 m)",
  ],
  ["x > 0 -> y > 0 -> heading > 0", "x > 0 -> (y > 0 -> heading > 0)"],
  ["a_1 or b and not c U[500 ms, 2 s] d", "a_1 or b and not c U[0.5 s, 2 s] d"],
  ["-2 <= x <= 5", "-2 <= x and x <= 5"],
  ["always[0:1](a) ∧ ¬b ∨ ◇ c", "G[0 s, 1 s] a and not b or F c"],
  ["(a - b) - c >= a - (b - c) # the end", "a - b - c >= a - (b - c)"],
  ["x ^ 2 ^ 3 + (x ^ 2) ^ 3", "x ^ 2 ^ 3 + (x ^ 2) ^ 3"],
  ["G[2, inf] -x * (y + 1)", "G[2 s, inf] -x * (y + 1)"],
])("%s reads as %s", (text, printed) => {
  const vocabulary = text.includes("dock") || text.startsWith("x > 0") ? vehicle : {};
  expect(printFormula(parseFormula(text, vocabulary))).toBe(printed);
  expect(parseFormula(printed, vocabulary)).toEqual(parseFormula(text, vocabulary));
});

describe("values", () => {
  test("every comparison of a chain is in units, and its robustness in those of the state", () => {
    expect(atOnce("0 m <= x <= 500 cm", { x: 7 })).toBe(-2);
    expect(atOnce("0 km <= x <= 500 cm", { x: 2 })).toBe(2);
    expect(atOnce("500 cm >= x", { x: 2 })).toBe(3);
    expect(atOnce("0 <= x <= y <= 500 cm", { x: 1, y: 3 })).toBe(1);
    expect(() => parseFormula("0 <= x <= 5 km/h", vehicle)).toThrowErrorMatchingInlineSnapshot(
      `[OrreryError: formula:1:8 units around <=: expected m; got km/h]`,
    );
  });

  test("regions measure the signed distance", () => {
    expect(atOnce("dock", { x: 3, y: 0 })).toBe(0.5);
    expect(atOnce("not reef", { x: 4, y: 5 })).toBe(5);
    expect(atOnce("reef", { x: 0.25, y: 0 })).toBe(0.75);
    const triangle: Vocabulary = {
      regions: {
        t: {
          kind: "polygon",
          states: ["x", "y"],
          corners: [
            [0, 0],
            [4, 0],
            [0, 3],
          ],
        },
      },
    };
    expect(atOnce("t", { x: 1, y: 1 }, triangle)).toBeCloseTo(1, 12);
    expect(atOnce("t", { x: 4, y: 3 }, triangle)).toBeCloseTo(-2.4, 12);
    const half: Vocabulary = { regions: { t: { kind: "halfspace", states: ["x", "y"], normal: [3, 4], offset: 10 } } };
    expect(atOnce("t", { x: 0, y: 0 }, half)).toBe(2);
  });

  test("numbers are brought to the unit of the state", () => {
    expect(atOnce("speed <= 10 m/s", { speed: 30 })).toBeCloseTo(6, 12);
    expect(atOnce("x <= 2 km", { x: 500 })).toBe(1500);
    expect(atOnce("speed <= 10", { speed: 30 })).toBe(-20);
    expect(atOnce("sin(heading) >= 0.5", { heading: 90 })).toBeCloseTo(0.5, 12);
    expect(atOnce("norm(x, y) <= 1 m", { x: 3, y: 4 })).toBe(-4);
    expect(atOnce("x / 2 s <= 1 m/s", { x: 4 })).toBe(-1);
    expect(atOnce("hazard(x, y) <= 1", { x: 1, y: 1 })).toBe(-1);
  });
});

test("mistakes say where, what was expected and what was probably meant", () => {
  const mistakes = [
    "F[0,12] dok",
    "G[5, 2] dock",
    "F[0, 5 m] dock",
    "F[-1, 2] dock",
    "F[0, ] dock",
    "F[inf, inf] dock",
    "x + heading <= 5 m",
    "depth <= 5 kg",
    "sin(x)",
    "dock annd reef",
    "F[0,1] (dock and\n  not reef",
    "dock and ",
    "x >= (x > 0)",
    "x ? y",
    "hazrd(x, y)",
    "hazard(x)",
    "x >= 1 y",
  ];
  const said = mistakes.map((text) => {
    try {
      return `${text} => ${printFormula(parseFormula(text, vehicle))}`;
    } catch (error) {
      return `${JSON.stringify(text)} => ${error}`;
    }
  });
  expect(said.join("\n")).toMatchInlineSnapshot(`
    ""F[0,12] dok" => formula:1:9 expected the name of a state, a region or a function; got "dok". Did you mean "dock"?
    "G[5, 2] dock" => formula:1:2 the interval is empty: expected from <= to; got [5, 2]. The second bound must not be before the first.
    "F[0, 5 m] dock" => formula:1:3 expected a unit of time; got m
    "F[-1, 2] dock" => formula:1:3 expected a time from 0 on; got "-". For the past use once, historically and since.
    "F[0, ] dock" => formula:1:6 expected a time; got "]"
    "F[inf, inf] dock" => formula:1:3 expected a finite beginning of the interval; got "inf"
    "x + heading <= 5 m" => formula:1:3 units around +: expected m; got deg. Write both sides in units of the same kind, or give the number no unit.
    "depth <= 5 kg" => formula:1:7 units around <=: expected m; got kg. Write both sides in units of the same kind, or give the number no unit.
    "sin(x)" => formula:1:1 units around sin: expected an angle; got m. Write both sides in units of the same kind, or give the number no unit.
    "dock annd reef" => formula:1:6 expected an operator or the end of the formula; got "annd". Did you mean "and"?
    "F[0,1] (dock and\\n  not reef" => formula:2:11 expected ")"; got the end
    "dock and " => formula:1:10 expected a predicate or an operator such as G, F, not or (; got the end
    "x >= (x > 0)" => formula:1:7 expected a term (a number, a state, arithmetic); got a formula. Temporal and Boolean operators give formulas; compare terms inside of them.
    "x ? y" => formula:1:3 expected a formula; got the character "?"
    "hazrd(x, y)" => formula:1:1 expected the name of a function; got "hazrd". Did you mean "hazard"?
    "hazard(x)" => formula:1:1 expected 2 operands of hazard; got 1
    "x >= 1 y" => formula:1:8 expected an operator or the end of the formula; got "y""
  `);
});

test("formulas too deep to be read recursively are refused, and long ones are not", () => {
  const refused = (text: string) => expect(() => parseFormula(text)).toThrow(/expected at most 500 operators inside/);
  refused(`${"(".repeat(20_000)}x${")".repeat(20_000)}`);
  refused(`${"not ".repeat(20_000)}x`);
  refused(Array(20_000).fill("x").join(" -> "));
  refused(`${Array(20_000).fill("x").join(" + ")} >= 1`);
  const long = parseFormula(Array(20_000).fill("x").join(" and "));
  expect(long.kind === "and" && long.operands.length).toBe(20_000);
  const deep = `${"not (".repeat(150)}x${")".repeat(150)}`;
  expect(robustness(parseFormula(deep), { x: [3] })[0]).toBe(3);
});

test("vocabularies that contradict themselves are refused", () => {
  const refused = (vocabulary: Vocabulary) => expect(() => parseFormula("x", vocabulary));
  const ball = { kind: "ball" as const, states: ["x"], center: [0], radius: 1 };
  refused({ states: [{ name: "x", unit: "parsec" }] }).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: state x: expected a unit such as m, m/s or rad; got "parsec"]`,
  );
  refused({
    states: [{ name: "speed" }],
    regions: { a: { ...ball, states: ["sped"] } },
  }).toThrowErrorMatchingInlineSnapshot(`[OrreryError: region a: expected names of states; got "sped"]`);
  refused({ states: [{ name: "x" }], regions: { x: ball } }).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: vocabulary: expected each name once; got x twice]`,
  );
  for (const name of ["F", "H", "inf", "two words"]) {
    expect(() => parseFormula("x", { states: [{ name: "x" }, { name }] })).toThrow(
      `expected a name that formulas can use; got "${name}"`,
    );
  }
  refused({ regions: { a: { ...ball, radius: 0 } } }).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: region a: expected a radius above 0; got 0]`,
  );
  refused({ regions: { a: { ...ball, center: [0, 1] } } }).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: region a: expected center to have one number for each of x; got [0,1]]`,
  );
});
