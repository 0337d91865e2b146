import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dataPath } from "../../../data/data-path.ts";
import { robustnessByDefinition } from "./definition.ts";
import { formulas, traces } from "./formula-arbitrary.ts";
import { reachOf } from "./horizon.ts";
import { toNegationNormalForm } from "./normal-form.ts";
import { OnlineMonitor } from "./online.ts";
import { parseFormula } from "./parser.ts";
import { robustness } from "./robustness.ts";
import { completeSemantics, type DiscreteSemantics } from "./semantics.ts";

interface DiscreteVector {
  readonly test: string;
  readonly spec: string;
  readonly data: Readonly<Record<string, readonly number[]>>;
  readonly expected: readonly (readonly [number, number | "inf" | "-inf"])[];
}

const vectors: DiscreteVector[] = JSON.parse(
  readFileSync(dataPath("stl", "rtamt_discrete_offline_vectors.json"), "utf8"),
);
const toNumber = (value: number | "inf" | "-inf") =>
  typeof value === "number" ? value : value === "inf" ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
const columns = (rows: readonly (readonly number[])[]) => ({ x: rows.map((r) => r[0]), y: rows.map((r) => r[1]) });
const online = (formula: ReturnType<typeof parseFormula>, rows: readonly number[][], options: DiscreteSemantics) => {
  const monitor = new OnlineMonitor(formula, ["x", "y"], options);
  return [...rows.flatMap((row) => monitor.push(row)), ...monitor.finish()];
};
const positiveZero = (values: Iterable<number>) => Array.from(values, (v) => v + 0);

describe("rtamt's discrete vectors", () => {
  test.each(vectors)("$spec", ({ spec, data, expected }) => {
    const values = robustness(parseFormula(spec), data);
    expect(values.length).toBe(expected.length);
    expected.forEach(([, value], t) => {
      expect(values[t] === toNumber(value) || Math.abs(values[t] - toNumber(value)) < 1e-12).toBe(true);
    });
  });

  test("bounded ones online", () => {
    for (const { spec, data, expected } of vectors) {
      const formula = parseFormula(spec);
      if (!Number.isFinite(reachOf(formula).ahead)) continue;
      const names = Object.keys(data);
      const monitor = new OnlineMonitor(formula, names);
      const values = data.time.flatMap((_, t) => monitor.push(names.map((name) => data[name][t])));
      const all = [...values, ...monitor.finish()];
      expect(positiveZero(all), spec).toEqual(expected.map(([, value]) => expect.closeTo(toNumber(value) + 0, 12)));
    }
  });
});

const semantics: fc.Arbitrary<DiscreteSemantics> = fc.record({
  until: fc.constantFrom("half-open" as const, "closed" as const),
  end: fc.oneof(fc.constant("truncate" as const), fc.constant("hold" as const), fc.constant({ pad: 1.5 })),
  step: fc.constantFrom(1, 0.5),
  outside: fc.constantFrom(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0),
});

test("offline and online agree with the definition on 1,000 random formulas under every convention", () => {
  fc.assert(
    fc.property(formulas({ depth: 4 }), traces(12), semantics, (formula, rows, options) => {
      const expected = positiveZero(robustnessByDefinition(formula, rows, ["x", "y"], completeSemantics(options)));
      expect(positiveZero(robustness(formula, columns(rows), options))).toEqual(expected);
      expect(positiveZero(online(formula, rows, options))).toEqual(expected);
    }),
    { numRuns: 1000, seed: 6 },
  );
});

test("offline agrees with the definition where the future has no end", () => {
  fc.assert(
    fc.property(formulas({ depth: 3, isUnbounded: true }), traces(8), semantics, (formula, rows, options) => {
      const expected = robustnessByDefinition(formula, rows, ["x", "y"], completeSemantics(options));
      expect(positiveZero(robustness(formula, columns(rows), options))).toEqual(positiveZero(expected));
    }),
    { numRuns: 300, seed: 7 },
  );
});

test("negation normal form keeps the robustness and leaves no implication", () => {
  fc.assert(
    fc.property(formulas({ depth: 3, isSmooth: true }), traces(8), (formula, rows) => {
      const normal = toNegationNormalForm(formula);
      expect(JSON.stringify(normal)).not.toMatch(/"kind":"(not|implies|iff|xor)"/);
      if (/"kind":"(iff|xor)"/.test(JSON.stringify(formula))) return;
      expect(positiveZero(robustness(normal, columns(rows)))).toEqual(positiveZero(robustness(formula, columns(rows))));
    }),
    { numRuns: 300, seed: 8 },
  );
});

test("in negation normal form the sign of equivalence and exclusive or is their truth", () => {
  const trace = { x: [3, -1, -2, 5], y: [1, -4, 2, -1] };
  const signs = (text: string) => [...robustness(toNegationNormalForm(parseFormula(text)), trace)];
  expect(signs("x <-> y")).toEqual([1, 1, -2, -1]);
  expect(signs("x xor y")).toEqual([-1, -1, 2, 1]);
  expect(signs("not (x <-> y)")).toEqual([-1, -1, 2, 1]);
});

test("the online monitor answers after the formula's reach and holds no more after a long trace than after a short one", () => {
  const formula = parseFormula("G[0,40] (x > 0 -> F[2,30] (y U[3,20] x)) and once[5,50] x and (y since[0,30] x)");
  const monitor = new OnlineMonitor(formula, ["x", "y"]);
  let held = 0;
  let answers = 0;
  for (let t = 0; t < 20_000; t++) {
    answers += monitor.push([Math.sin(t * t), Math.cos(3 * t * t)]).length;
    if (t === 5_000) held = monitor.held;
    if (t > 5_000) expect(monitor.held).toBeLessThan(3 * held);
  }
  expect(reachOf(formula)).toEqual({ ahead: 90, behind: 50 });
  expect(answers).toBe(20_000 - 90);
});

test("the left side of since is read up to now, however far back the right one is looked for", () => {
  expect(reachOf(parseFormula("(F[0,1] x) since[2,3] y"))).toEqual({ ahead: 1, behind: 3 });
  expect(reachOf(parseFormula("x since[2,3] F[0,5] y"))).toEqual({ ahead: 3, behind: 3 });
  expect(reachOf(parseFormula("(once[0,4] x) U[2,3] y"))).toEqual({ ahead: 3, behind: 4 });
});

test("mistakes are named", () => {
  const x = [1, 2, 3];
  expect(() => robustness(parseFormula("F[0,0.25] x"), { x }, {})).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: monitor: expected interval bounds to be multiples of the step 1 s; got 0.25 s]`,
  );
  expect(() => robustness(parseFormula("x and speed"), { x, speeed: x })).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: formula: expected values of the state "speed"]`,
  );
  expect(() => robustness(parseFormula("x"), { x: [1, Number.NaN] })).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: robustness: expected numbers; got NaN for x at sample 1]`,
  );
  expect(() => robustness(parseFormula("x"), { x, y: [1] })).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: robustness: expected as many samples of every state; got x 3, y 1]`,
  );
  expect(() => new OnlineMonitor(parseFormula("F x"), ["x"])).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: online monitor: expected every future operator to have an end; got F x]`,
  );
});
