import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dataPath } from "../../../data/data-path.ts";
import { type DenseTrace, robustnessDense } from "./dense.ts";
import { valueAt } from "./dense-signal.ts";
import type { Formula } from "./formula.ts";
import { formulas, traces } from "./formula-arbitrary.ts";
import { parseFormula } from "./parser.ts";
import { robustness } from "./robustness.ts";
import type { Semantics } from "./semantics.ts";

type Step = readonly [time: number, value: number | "inf" | "-inf"];
interface DenseVector {
  readonly test: string;
  readonly spec: string;
  readonly data: readonly (readonly [name: string, steps: readonly (readonly [number, number])[]])[];
  readonly expected: readonly Step[];
}

const vectors: DenseVector[] = JSON.parse(readFileSync(dataPath("stl", "rtamt_dense_offline_vectors.json"), "utf8"));
const toNumber = (value: Step[1]) =>
  typeof value === "number" ? value : value === "inf" ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;

/** The instants at which our signal differs from rtamt's, which holds each value from its time on. */
function disagreements({ spec, data, expected }: DenseVector, semantics: Semantics): string[] {
  const signal = robustnessDense(parseFormula(spec), Object.fromEntries(data), semantics);
  if (signal === null) return expected.length === 0 ? [] : ["empty"];
  const all = [...signal.times, ...expected.map(([t]) => t)].sort((a, b) => a - b);
  const instants = all.flatMap((t, i) => (i === 0 ? [t] : [(t + all[i - 1]) / 2, t]));
  return instants.flatMap((t) => {
    const theirs = expected.filter(([time]) => time <= t + 1e-9).at(-1);
    const ours = valueAt(signal, t);
    if (theirs === undefined) return [`${t}: only ours`];
    if (Number.isNaN(ours)) return [`${t}: only rtamt's`];
    return ours === toNumber(theirs[1]) || Math.abs(ours - toNumber(theirs[1])) < 1e-9 ? [] : [`${t}: values`];
  });
}

describe("rtamt's dense vectors", () => {
  test("all agree with a closed until and the last values held, but for values before the signals begin", () => {
    const found = vectors.flatMap((vector) => {
      const reasons = new Set(disagreements(vector, { until: "closed", end: "hold" }).map((d) => d.split(": ")[1]));
      return reasons.size === 0
        ? []
        : [`${vector.spec} ${JSON.stringify(vector.data[0][1])}: ${[...reasons].join(", ")}`];
    });
    expect(vectors.length).toBe(133);
    // A signal that begins at 2 s: rtamt lets F[0,1] and G[0,1] of it begin at 1 s, where only a part of the window has
    // values, and once[1,2] at 0 s. Ours begin where the signals do.
    expect(found).toMatchInlineSnapshot(`
      [
        "F[0,1](a) [[2,2]]: only rtamt's",
        "G[0,1](a) [[2,2]]: only rtamt's",
        "once[1,2](a) [[2,5],[3,3],[6,1],[7,8],[8,3]]: only rtamt's",
      ]
    `);
  });

  test("with a half-open until only untils and sinces differ, where the left side is the smaller one at the moment of the right", () => {
    const found = vectors.flatMap((vector) => {
      const isSame = disagreements(vector, { until: "half-open", end: "hold" }).every((d) => !d.endsWith("values"));
      return isSame ? [] : [`${vector.spec} ${JSON.stringify(vector.data)}`];
    });
    // rtamt's README says half-open, its dense tests are closed: with a half-open until these see `b` at once, whatever `a` is.
    expect(found).toMatchInlineSnapshot(`
      [
        "a since b [["a",[[0,2],[5,2]]],["b",[[0,4],[5,4]]]]",
        "a since b [["a",[[0,2]]],["b",[[0,4],[5,4]]]]",
        "a since b [["a",[[2.3,2]]],["b",[[0,4],[2,6],[5,4]]]]",
        "a since b [["a",[[0,1.3],[0.7,3],[1.3,0.1],[2.1,-2.2]]],["b",[[0,2.5],[0.7,4],[1.3,-1.2],[2.1,1.7]]]]",
        "a since b [["a",[[1,1],[3.5,7],[4.7,3],[5.3,5],[6.2,1]]],["b",[[0,2],[7,3]]]]",
        "a since b [["a",[[1,1],[3.5,7],[4.7,3],[5.3,5],[6.2,1]]],["b",[[4,2],[6,3]]]]",
        "a  until b [["a",[[0,2],[5,2]]],["b",[[0,4],[5,4]]]]",
        "a until b [["a",[[0,2]]],["b",[[0,4],[5,4]]]]",
        "a until b [["a",[[2.3,2]]],["b",[[0,4],[2,6],[5,4]]]]",
        "a until b [["a",[[0,1.3],[0.7,3],[1.3,0.1],[2.1,-2.2]]],["b",[[0,2.5],[0.7,4],[1.3,-1.2],[2.1,1.7]]]]",
        "a until b [["a",[[1,1],[3.5,7],[4.7,3],[5.3,5],[6.2,1]]],["b",[[0,2],[7,3]]]]",
        "a until b [["a",[[1,1],[3.5,7],[4.7,3],[5.3,5],[6.2,1]]],["b",[[4,2],[6,3]]]]",
        "a until[0,1] b [["a",[[1,1],[3.5,7],[4.7,3],[5.3,5],[6.2,1]]],["b",[[4,2],[6,3]]]]",
        "a since[0,1] b [["a",[[0,2],[10,2]]],["b",[[0,4],[10,4]]]]",
      ]
    `);
  });
});

test("on whole seconds dense time gives what a brute-force search over instants gives", () => {
  const semantics = fc.record({
    until: fc.constantFrom("half-open" as const, "closed" as const),
    end: fc.constantFrom("truncate" as const, "hold" as const),
  });
  fc.assert(
    fc.property(
      formulas({ depth: 3, isUnbounded: true, isSmooth: true }),
      traces(7),
      semantics,
      (formula, rows, options) => {
        const of = (i: number) => rows.map((row, t) => [t, row[i]] as const);
        const signal = robustnessDense(formula, { x: of(0), y: of(1) }, options)!;
        const last = rows.length - 1;
        for (let k = 0; k <= 2 * last; k++) {
          expect(valueAt(signal, k / 2) + 0, `at ${k / 2} s`).toBe(byDefinition(formula, rows, options, k) + 0);
        }
      },
    ),
    { numRuns: 300, seed: 9 },
  );
});

/**
 * The definition on cells: number `2t` is the instant `t`, `2t + 1` the open second after it. Whole-second intervals map
 * instants to instants and open seconds to open seconds; an open second stands for any of its instants.
 */
function byDefinition(
  formula: Formula,
  rows: readonly (readonly number[])[],
  options: Semantics,
  cell: number,
): number {
  const count = 2 * rows.length - 1;
  const isHeld = options.end === "hold";
  const far = count + 41;
  const known = new Map<Formula, Map<number, number>>();
  const value = (f: Formula, c: number): number => {
    const values = known.get(f) ?? new Map<number, number>();
    known.set(f, values);
    const found = values.get(c) ?? compute(f, c);
    values.set(c, found);
    return found;
  };
  const compute = (f: Formula, c: number): number => {
    switch (f.kind) {
      case "positive":
      case "compare": {
        const row = rows[Math.min(rows.length - 1, Math.floor(c / 2))];
        return robustness(f, { x: [row[0]], y: [row[1]] })[0];
      }
      case "not":
        return -value(f.operand, c);
      case "and":
        return Math.min(...f.operands.map((g) => value(g, c)));
      case "or":
        return Math.max(...f.operands.map((g) => value(g, c)));
      case "implies":
        return Math.max(-value(f.left, c), value(f.right, c));
      case "iff":
      case "xor": {
        const [a, b] = [value(f.left, c), value(f.right, c)];
        return (f.kind === "iff" ? -1 : 1) * (a === b ? 0 : Math.abs(a - b));
      }
      default:
        return temporal(f as Extract<Formula, { interval: unknown }>, c);
    }
  };
  const temporal = (f: Extract<Formula, { interval: unknown }>, c: number): number => {
    const past = ["historically", "once", "since", "trigger"].includes(f.kind);
    const sign = ["always", "historically", "release", "trigger"].includes(f.kind) ? -1 : 1;
    const step = past ? -1 : 1;
    let best = Number.NEGATIVE_INFINITY;
    for (let k = 2 * f.interval.from; k <= 2 * f.interval.to; k++) {
      // Far behind the last change every instant is like the next.
      const isFar = c + step * k > far;
      const u = isFar ? far : c + step * k;
      if (u < 0 || (!isHeld && u >= count)) break;
      let worst = sign * value("operand" in f ? f.operand : f.right, u);
      for (let w = c; w !== u && "left" in f; w += step) worst = Math.min(worst, sign * value(f.left, w));
      const hasPartBefore = u % 2 === 1 && (u !== c || f.interval.from > 0);
      if ("left" in f && (options.until === "closed" || hasPartBefore))
        worst = Math.min(worst, sign * value(f.left, u));
      best = Math.max(best, worst);
      if (isFar) break;
    }
    return sign * best;
  };
  return value(formula, cell);
}

test("an instant may have a value of its own: half-open until leaves the left side out at it", () => {
  const trace: DenseTrace = {
    x: [
      [0, 5],
      [2, -1],
    ],
    y: [
      [0, -3],
      [2, 4],
      [3, -3],
    ],
  };
  const signal = robustnessDense(parseFormula("x U[1,1] y"), trace)!;
  expect(valueAt(signal, 1)).toBe(4);
  expect(valueAt(signal, 1.5)).toBe(-1);
  expect(valueAt(robustnessDense(parseFormula("x U[1,1] y"), trace, { until: "closed" })!, 1)).toBe(-1);
});

test("mistakes are named", () => {
  const run = (text: string, x: DenseTrace[string]) => () => robustnessDense(parseFormula(text), { x });
  expect(
    run("x", [
      [1, 0],
      [1, 2],
    ]),
  ).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: dense monitor: x, value 1: expected times that increase; got 2 at 1 s]`,
  );
  expect(run("x", [[1, Number.NaN]])).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: dense monitor: x, value 0: expected a number; got NaN at 1 s]`,
  );
  expect(run("prev x", [[1, 0]])).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: dense monitor: expected no previous, which needs a neighbouring sample]`,
  );
  expect(run("y", [[1, 0]])).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: formula: expected values of the state "y"]`,
  );
});

test("times counted from 1970 are as far apart as they are, and long traces are no problem", () => {
  const epoch = 1.7e9;
  const signal = robustnessDense(parseFormula("once[0, 0.25] x"), {
    x: [
      [epoch, 1],
      [epoch + 0.25, -1],
      [epoch + 1, 2],
    ],
  })!;
  expect([...signal.times].map((t) => t - epoch)).toEqual([0, 0.5, 1]);
  expect([...signal.cells]).toEqual([1, 1, -1, -1, 2]);
  const long = Array.from({ length: 200_000 }, (_, i) => [i, i % 2] as const);
  expect(valueAt(robustnessDense(parseFormula("F[0, 1] x"), { x: long })!, 10)).toBe(1);
});
