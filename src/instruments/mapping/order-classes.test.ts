import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { defineArchitecture, defineLevel } from "./architecture.ts";
import { Counts } from "./counts.ts";
import { simba } from "./designs.ts";
import { Mapspace } from "./mapspace.ts";
import { Nest } from "./nest.ts";
import { OrderClasses } from "./order-classes.ts";
import { searchOrders } from "./orders.ts";
import { convolution, defineProblem, matrixProduct, type Problem } from "./problem.ts";
import { type Metric, metricValue } from "./tally.ts";

const level = (name: string, energy: number, bandwidth = Number.POSITIVE_INFINITY) =>
  defineLevel({ name, meshX: 64, energy: { read: energy, write: 1.2 * energy }, readBandwidth: bandwidth });
const machine = defineArchitecture({
  name: "open",
  levels: [level("A", 1, 2), level("B", 5), { ...level("C", 20, 1), meshX: 8 }, { ...level("D", 200), meshX: 1 }],
  arithmetic: { name: "mac", meshX: 64, meshY: 1, energyPicojoules: 1 },
  timeloopVersion: "2023-fork",
});
const metrics: readonly Metric[] = ["energy", "cycles", "edp", "last-level accesses"];

/** Convolutions with windows that slide evenly, meet and skip; products; one tensor read along a diagonal. */
const problems = fc.oneof(
  fc
    .record({
      C: fc.constantFrom(1, 4),
      M: fc.constantFrom(1, 2, 4),
      R: fc.constantFrom(1, 2, 3, 4),
      P: fc.constantFrom(2, 4, 8),
      Q: fc.constantFrom(1, 4),
      stride: fc.constantFrom(1, 2),
      dilation: fc.constantFrom(1, 2),
    })
    .map(({ stride, dilation, ...sizes }) =>
      convolution({ ...sizes, S: 1, strideP: stride, strideQ: stride, dilationR: dilation }),
    ),
  fc
    .record({
      M: fc.constantFrom(2, 4),
      N: fc.constantFrom(4, 8),
      K: fc.constantFrom(2, 4),
      batch: fc.constantFrom(1, 2),
    })
    .map(matrixProduct),
  fc.constant(
    defineProblem({
      name: "diagonal",
      dimensions: ["I", "J", "K"],
      bounds: { I: 4, J: 4, K: 4 },
      dataSpaces: [
        {
          name: "Band",
          ranks: [
            [["I", 1]],
            [
              ["I", 1],
              ["J", 1],
            ],
          ],
          readWrite: false,
        },
        {
          name: "X",
          ranks: [
            [
              ["J", 1],
              ["K", 2],
            ],
          ],
          readWrite: false,
        },
        { name: "Y", ranks: [[["I", 1]], [["K", 1]]], readWrite: true },
      ],
    }),
  ),
);

/** A random cut-up of a random storage choice, placed in a nest. */
function placeRandomly(space: Mapspace, draw: () => number): Nest {
  const nest = new Nest(space.layout);
  const rows = space.tables.map((t) => draw() % t.rows);
  const orders = space.orders.map((_, l) => space.firstOrder(l));
  space.place({ rows, storage: draw() % space.storages.length, orders }, nest);
  return nest;
}

function everyOrder(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((first, i) => everyOrder(items.toSpliced(i, 1)).map((rest) => [first, ...rest]));
}

/** The least value of each metric over all orders of the loops with a factor above 1. */
function leastOfAll(space: Mapspace, nest: Nest): number[] {
  const { L, D } = space.layout;
  const counts = new Counts(nest);
  const least = metrics.map(() => Number.POSITIVE_INFINITY);
  const visit = (l: number) => {
    if (l === L) {
      counts.evaluate();
      metrics.forEach((m, i) => {
        least[i] = Math.min(least[i], metricValue(m, counts));
      });
      return;
    }
    const all = [...Array(D).keys()];
    const moving = all.filter((d) => nest.temporal[l * D + d] > 1);
    for (const order of everyOrder(moving)) {
      nest.order.set([...order, ...all.filter((d) => !moving.includes(d))], l * D);
      visit(l + 1);
    }
  };
  visit(0);
  return least;
}

describe("loop orders", () => {
  test("the visited ones hold the best of all orders, for every metric", () => {
    let visits = 0;
    let skipped = 0;
    fc.assert(
      fc.property(problems, fc.infiniteStream(fc.nat(100_000)), (problem: Problem, stream) => {
        const space = new Mapspace(problem, machine);
        const nest = placeRandomly(space, () => stream.next().value);
        const counts = new Counts(nest);
        const best = metrics.map(() => Number.POSITIVE_INFINITY);
        const isSure = searchOrders(new OrderClasses(space), counts, true, () => {
          visits++;
          counts.evaluate();
          metrics.forEach((m, i) => {
            best[i] = Math.min(best[i], metricValue(m, counts));
          });
        });
        expect(isSure).toBe(true);
        expect(best).toEqual(leastOfAll(space, nest));
        skipped++;
      }),
      { numRuns: 600, seed: 11 },
    );
    expect(skipped).toBe(600);
    expect(visits).toBeGreaterThan(150);
  }, 60_000);

  test("of a thousand orders of a pointwise layer on Simba nine are looked at", () => {
    const design = simba(16);
    const problem = convolution({ C: 64, M: 64, R: 1, S: 1, P: 16, Q: 16 });
    const space = new Mapspace(problem, design.architecture, design.constraintsFor(problem));
    const rowWith = (d: number) => {
      const t = space.tables[d];
      const { L } = space.layout;
      for (let row = 0; row < t.rows; row++) {
        if (t.temporal[row * L + 4] > 1 && t.temporal[row * L + 5] > 1) return row;
      }
      return 0;
    };
    const nest = new Nest(space.layout);
    const rows = space.tables.map((_, d) => rowWith(d));
    space.place({ rows, storage: 0, orders: space.orders.map((_, l) => space.firstOrder(l)) }, nest);
    let visits = 0;
    expect(searchOrders(new OrderClasses(space), new Counts(nest), false, () => visits++)).toBe(true);
    expect(visits).toBe(9);
  });
});
