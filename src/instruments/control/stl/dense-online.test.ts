import fc from "fast-check";
import { expect, test } from "vitest";
import { robustnessDense } from "./dense.ts";
import { type DenseChange, DenseOnlineMonitor, type DenseSemantics, signalOfChanges } from "./dense-online.ts";
import { valueAt } from "./dense-signal.ts";
import { type Formula, operandsOf } from "./formula.ts";
import { formulas, traces } from "./formula-arbitrary.ts";
import { parseFormula } from "./parser.ts";

type Sample = readonly [time: number, x: number, y: number];

const semantics: fc.Arbitrary<DenseSemantics> = fc.record({
  until: fc.constantFrom("half-open" as const, "closed" as const),
  end: fc.constantFrom("truncate" as const, "hold" as const),
});

/** Samples at multiples of an eighth of a second from some time on, about one a second. */
const samples: fc.Arbitrary<Sample[]> = fc
  .tuple(fc.nat(16), traces(12), fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 12, maxLength: 12 }))
  .map(([start, rows, gaps]) => {
    let eighths = start;
    return rows.map(([x, y], i): Sample => {
      if (i > 0) eighths += gaps[i];
      return [eighths / 8, x, y];
    });
  });

function offline(formula: Formula, rows: readonly Sample[], options: DenseSemantics) {
  return robustnessDense(formula, { x: rows.map(([t, x]) => [t, x]), y: rows.map(([t, , y]) => [t, y]) }, options)!;
}

/** The ends of the future intervals added up along the longest branch: how long after an instant its value is known. */
function delayOf(formula: Formula): number {
  const isFuture = ["always", "eventually", "until", "release"].includes(formula.kind);
  const own = isFuture && "interval" in formula ? formula.interval.to : 0;
  return own + Math.max(0, ...operandsOf(formula).map(delayOf));
}

/** Minus zero is zero. */
const plain = (cells: Float64Array) => [...cells].map((v) => v + 0);

test("online and offline dense monitors agree on 1,000 random formulas under every convention", () => {
  fc.assert(
    fc.property(formulas({ depth: 4, isSmooth: true }), samples, semantics, (formula, rows, options) => {
      const expected = offline(formula, rows, options);
      const monitor = new DenseOnlineMonitor(formula, ["x", "y"], options);
      const changes: DenseChange[] = [];
      for (const [time, x, y] of rows) {
        changes.push(...monitor.push(time, [x, y]));
        const known = time - delayOf(formula);
        if (known < expected.times[0]) continue;
        const value = valueAt(signalOfChanges(changes, Math.max(known, changes.at(-1)!.time))!, known);
        expect(value + 0).toBe(valueAt(expected, known) + 0);
      }
      changes.push(...monitor.finish());
      const found = signalOfChanges(changes, monitor.last)!;
      expect([...found.times]).toEqual([...expected.times]);
      expect(plain(found.cells)).toEqual(plain(expected.cells));
    }),
    { numRuns: 1000, seed: 12 },
  );
});

test("an instant with a value of its own is told as a change at it and one directly after it", () => {
  const monitor = new DenseOnlineMonitor(parseFormula("x U[1,1] y"), ["x", "y"]);
  const changes = [
    ...monitor.push(0, [5, -3]),
    ...monitor.push(2, [-1, 4]),
    ...monitor.push(3, [-1, -3]),
    ...monitor.finish(),
  ];
  expect(changes).toEqual([
    { time: 0, isAfter: false, value: -3 },
    { time: 1, isAfter: false, value: 4 },
    { time: 1, isAfter: true, value: -1 },
    { time: 2, isAfter: false, value: -3 },
    { time: 2, isAfter: true, value: Number.NEGATIVE_INFINITY },
  ]);
});

test("what is held does not grow with the trace", () => {
  const formula = parseFormula(
    "G[0,4] (x > 0 -> F[0.2,3] (y U[0.3,2] x)) and once[0.5,5] x and (y since[0,3] x) and once y",
  );
  const monitor = new DenseOnlineMonitor(formula, ["x", "y"]);
  let [held, most] = [0, 0];
  for (let t = 0; t < 20_000; t++) {
    monitor.push(t / 10, [Math.sin(t * t), Math.cos(3 * t * t)]);
    if (t < 5_000) held = Math.max(held, monitor.held);
    else most = Math.max(most, monitor.held);
  }
  expect(most).toBeLessThan(1.5 * held);
});

test("mistakes are named", () => {
  expect(() => new DenseOnlineMonitor(parseFormula("F x"), ["x"])).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: online monitor: expected every future operator to have an end; got F x]`,
  );
  expect(() => new DenseOnlineMonitor(parseFormula("rise x"), ["x"])).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: dense monitor: expected no rise, which needs a neighbouring sample]`,
  );
  const monitor = new DenseOnlineMonitor(parseFormula("F[0,1] x"), ["x"]);
  monitor.push(1, [0]);
  expect(() => monitor.push(1, [2])).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: dense monitor: sample 1: expected times that increase; got 1 s after 1 s]`,
  );
  expect(() => monitor.push(2, [Number.NaN])).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: robustness: expected numbers; got NaN for x at sample 1]`,
  );
  monitor.finish();
  expect(() => monitor.push(3, [2])).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: dense monitor: expected no sample after finish]`,
  );
});
