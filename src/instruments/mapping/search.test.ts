import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { defineArchitecture, defineLevel, withLevel } from "./architecture.ts";
import type { LevelConstraint } from "./constraints.ts";
import { Counts } from "./counts.ts";
import { eyeriss, simba } from "./designs.ts";
import { explainNoMapping } from "./explanation.ts";
import { countFactorizations, factorizations } from "./factorization.ts";
import { Mapspace } from "./mapspace.ts";
import { Nest } from "./nest.ts";
import { WorkerPool } from "./parallel.ts";
import { type Bits, convolution, defineProblem, type Problem } from "./problem.ts";
import { type SearchCheckpoint, search } from "./search.ts";
import type { SearchSpec } from "./search-task.ts";
import { metricValue } from "./tally.ts";
import { TrafficBound } from "./traffic-bound.ts";

const alexnet1 = (bits: Bits = {}) =>
  convolution({ name: "AlexNet L1", C: 3, M: 96, R: 11, S: 11, P: 55, Q: 55, strideP: 4, strideQ: 4, bits });
const alexnet2 = convolution({ name: "AlexNet L2", C: 96, M: 256, R: 5, S: 5, P: 27, Q: 27 });
const mobilenet2 = (bits: Bits) => convolution({ name: "dw2", C: 32, M: 32, R: 3, S: 3, P: 112, Q: 112, bits });
const onEyeriss = (problem: Problem): SearchSpec => {
  const design = eyeriss(16);
  return { problem, architecture: design.architecture, constraints: design.constraintsFor(problem) };
};
const bitsOf = (text: string): Bits => {
  const [Inputs, Weights, Outputs] = text.split("/").map(Number);
  return { Inputs, Weights, Outputs };
};

/** A small two-level machine with a free mesh, free orders and free storage, to search without constraints. */
const free = defineArchitecture({
  name: "free",
  levels: [
    defineLevel({ name: "Spad", entries: 24, meshX: 3, meshY: 2, energy: { read: 1, write: 1.5 }, readBandwidth: 2 }),
    defineLevel({ name: "Buffer", entries: 200, blockSize: 2, energy: { read: 6, write: 7 }, writeBandwidth: 1 }),
    defineLevel({ name: "DRAM", blockSize: 4, energy: { read: 200, write: 210 } }),
  ],
  arithmetic: { name: "mac", meshX: 3, meshY: 2, energyPicojoules: 1 },
  timeloopVersion: "3.0.3",
});
const roomy = withLevel({ ...free, arithmetic: { ...free.arithmetic, meshX: 4 ** 7, meshY: 4 ** 7 } }, "Spad", {
  meshX: 4 ** 7,
  meshY: 4 ** 7,
  entries: 1e9,
});
const smallProblem = fc
  .tuple(...Array.from({ length: 6 }, () => fc.integer({ min: 1, max: 4 })), fc.integer({ min: 1, max: 3 }))
  .map(([C, M, R, S, P, Q, stride]) =>
    convolution({ C, M, R, S: S > 2 ? 1 : S, P, Q, strideP: stride, dilationS: stride }),
  );

/** A transposed convolution along one axis: its result has gaps where the stride is longer than the filter. */
const transposedProblem = fc
  .tuple(...Array.from({ length: 4 }, () => fc.integer({ min: 1, max: 4 })))
  .map(([C, P, R, stride]) =>
    defineProblem({
      ...{ name: "transposed", dimensions: ["C", "P", "R"], bounds: { C, P, R } },
      dataSpaces: [
        { name: "Weights", ranks: [[["C", 1]], [["R", 1]]], readWrite: false },
        { name: "Inputs", ranks: [[["C", 1]], [["P", 1]]], readWrite: false },
        {
          name: "Outputs",
          ranks: [
            [
              ["P", stride],
              ["R", 1],
            ],
          ],
          readWrite: true,
        },
      ],
    }),
  );

describe("the map space of Eyeriss", () => {
  test.each([
    ["16/16/16", 653],
    ["16/3/16", 678],
    ["8/8/8", 724],
    ["8/4/8", 740],
    ["4/4/4", 1095],
  ])("AlexNet L1 with %s-bit operands has %i valid mappings of 10,080", async (bits, valid) => {
    const result = await search({ ...onEyeriss(alexnet1(bitsOf(bits))), strategy: "exhaustive" });
    expect([result.tried, result.valid, result.size]).toEqual([10_080, valid, 10_080n]);
  });

  test.each([
    ["16/16/16", 11_778],
    ["8/8/8", 15_021],
    ["8/4/8", 15_054],
    ["4/4/4", 16_417],
    ["2/2/2", 16_877],
  ])(
    "the second layer of MobileNetV1, taken dense, has %i valid mappings with %s-bit operands",
    async (bits, valid) => {
      const result = await search({ ...onEyeriss(mobilenet2(bitsOf(bits))), strategy: "exhaustive" });
      expect([result.tried, result.valid]).toEqual([70_560, valid]);
    },
  );

  test("the best energy-delay products of AlexNet L1 and L2 are Timeloop's", async () => {
    const first = await search({ ...onEyeriss(alexnet1()), strategy: "exhaustive" });
    expect(first.best!.evaluation.energyDelayProduct).toBeCloseTo(511.3406, 4);
    expect(first.best!.energyPicojoules / 1e6).toBeCloseTo(586.938, 3);
    const second = await search(onEyeriss(alexnet2));
    expect(second.best!.evaluation.energyDelayProduct).toBeCloseTo(9983.603, 3);
    expect([second.gap, second.isComplete]).toEqual([0, true]);
  });
});

describe("search", () => {
  test("branch and bound finds the optimum of the exhaustive search, whatever the metric", async () => {
    await fc.assert(
      fc.asyncProperty(
        smallProblem,
        fc.constantFrom("edp", "energy", "cycles", "last-level accesses"),
        async (problem, m) => {
          const constraints: LevelConstraint[] = [
            { level: "Spad", keep: ["Weights"], bypass: ["Inputs"] },
            {
              level: "Buffer",
              temporal: { factors: { M: 1 }, innermost: ["N", "C"] },
              keep: ["Weights", "Inputs", "Outputs"],
            },
            { level: "DRAM", temporal: { factors: { R: 1, S: 1 } } },
          ];
          const spec = { problem, architecture: free, constraints, metrics: [m] as const };
          const all = await search({ ...spec, strategy: "exhaustive" });
          const pruned = await search(spec);
          expect(pruned.lowerBound).toBeLessThanOrEqual(metricValue(m, all.best!) * (1 + 1e-12));
          if (pruned.gap === 0) expect(metricValue(m, pruned.best!)).toBe(metricValue(m, all.best!));
          expect(metricValue(m, pruned.best!)).toBeGreaterThanOrEqual(metricValue(m, all.best!));
        },
      ),
      { numRuns: 12, seed: 2 },
    );
  }, 60_000);

  test("the bound of compulsory traffic is never above the cost, and no count below zero", () => {
    fc.assert(
      fc.property(fc.oneof(smallProblem, transposedProblem), fc.infiniteStream(fc.nat(5000)), (problem, stream) => {
        const space = new Mapspace(problem, roomy);
        const nest = new Nest(space.layout);
        const rows = space.tables.map((t) => stream.next().value % t.rows);
        const storage = stream.next().value % space.storages.length;
        space.place({ rows, storage, orders: space.orders.map((_, l) => space.firstOrder(l)) }, nest);
        const counts = new Counts(nest);
        counts.evaluate();
        const sequence = space.tables.map((t) => t.dimension);
        for (const metric of ["energy", "cycles", "last-level accesses"] as const) {
          const bound = new TrafficBound(space, metric);
          bound.start(nest, sequence);
          expect(bound.evaluate(sequence.length)).toBeLessThanOrEqual(metricValue(metric, counts) * (1 + 1e-12));
        }
        expect(Math.min(...counts.reads, ...counts.fills)).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 300, seed: 3 },
    );
  });

  test("worker threads find what one thread finds, down to every count, front and reason", async () => {
    const problem = convolution({ C: 32, M: 32, R: 3, S: 3, P: 16, Q: 16 });
    const design = simba(16);
    const onSimba = {
      problem,
      architecture: design.architecture,
      constraints: design.constraintsFor(problem),
      front: true,
    };
    const pool = new WorkerPool(2);
    try {
      for (const spec of [onSimba, { ...onSimba, maxSteps: 60_000 }]) {
        const { seconds: _, ...alone } = await search(spec);
        const isWhole = !("maxSteps" in spec);
        const { seconds: __, ...together } = await search(spec, { workers: pool });
        expect(together).toEqual(alone);
        expect(alone.cutUps).toBeGreaterThan(400_000n);
        expect([alone.isComplete, alone.gap === 0]).toEqual([isWhole, isWhole]);
      }
    } finally {
      await pool.close();
    }
  });

  test("however few steps it takes, the bound is never above the optimum nor the best below", async () => {
    const { best } = await search(onEyeriss(alexnet2));
    for (const maxSteps of [1, 10_000, 100_000]) {
      const short = await search({ ...onEyeriss(alexnet2), maxSteps });
      expect(short.lowerBound).toBeLessThanOrEqual(best!.evaluation.energyDelayProduct);
      expect(short.best!.evaluation.energyDelayProduct).toBeGreaterThanOrEqual(best!.evaluation.energyDelayProduct);
      expect(short.isComplete).toBe(false);
    }
  });

  test("a search resumed from any checkpoint ends like one that was not interrupted", async () => {
    const spec: SearchSpec = { ...onEyeriss(alexnet1()), front: true };
    const checkpoints: string[] = [];
    const { seconds: _, ...whole } = await search(spec, {
      onCheckpoint: (take) => checkpoints.push(JSON.stringify(take())),
    });
    for (const at of [0, 3, checkpoints.length - 1]) {
      const resume = JSON.parse(checkpoints[at]) as SearchCheckpoint;
      const { seconds: __, ...resumed } = await search(spec, { resume });
      expect(resumed).toEqual(whole);
    }
    const resume = JSON.parse(checkpoints[0]) as SearchCheckpoint;
    await expect(search({ ...spec, metrics: ["energy"] }, { resume })).rejects.toThrow(
      "mapping search: the checkpoint belongs to another search",
    );
  });

  test("2,000 random mappings come within 10 % of the optimum, the same for the same seed", async () => {
    const spec: SearchSpec = { ...onEyeriss(alexnet2), strategy: "random", samples: 2000 };
    const found: number[] = [];
    for (const seed of [1, 2, 3]) found.push((await search({ ...spec, seed })).best!.evaluation.energyDelayProduct);
    for (const edp of found) expect(edp / 9983.603).toBeLessThan(1.1);
    expect((await search({ ...spec, seed: 1 })).best!.evaluation.energyDelayProduct).toBe(found[0]);
  });

  test("free loop orders are searched too: Simba's best beats its random mappings", async () => {
    const design = simba(16);
    const problem = convolution({ C: 16, M: 16, R: 3, S: 3, P: 8, Q: 8 });
    const spec = { problem, architecture: design.architecture, constraints: design.constraintsFor(problem) };
    const random = await search({ ...spec, strategy: "random", samples: 500 });
    const best = await search(spec);
    expect(best.isComplete).toBe(true);
    expect(best.best!.evaluation.energyDelayProduct).toBeLessThan(random.best!.evaluation.energyDelayProduct);
  });

  test("when nothing fits the reason and the nearest miss are known", async () => {
    const spec = onEyeriss(alexnet1());
    const architecture = withLevel(spec.architecture, "ifmap_spad", { entries: 4 });
    const result = await search({ ...spec, architecture });
    expect(result.best).toBeNull();
    expect(explainNoMapping({ ...spec, architecture }, result.invalid)).toBe(
      "no valid mapping: ifmap_spad: capacity: needs 11 words, has 4 under every mapping the constraints allow",
    );
    const narrow = withLevel(spec.architecture, "shared_glb", { entries: 3000 });
    const tight = { ...onEyeriss(alexnet2), architecture: narrow };
    expect(explainNoMapping(tight, (await search(tight)).invalid)).toMatch(
      /^no valid mapping: \d+ cut-ups break DummyBuffer fan-out y.*nearest miss of memory: shared_glb: capacity: needs \d+ words, has 3000$/,
    );
  });

  test("time is bounded and the bound still holds", async () => {
    const result = await search({ ...onEyeriss(alexnet2), strategy: "exhaustive" }, { maxSeconds: 0.05 });
    expect(result.isComplete).toBe(false);
    expect(result.seconds).toBeLessThan(10);
    expect(result.lowerBound).toBeLessThan(9983.6);
  });

  test("an aborted search says so", async () => {
    await expect(search(onEyeriss(alexnet2), { signal: AbortSignal.abort() })).rejects.toThrow(
      "mapping search: cancelled",
    );
  });
});

describe("factorizations", () => {
  test("are as many as the formula says, all different, with the right product", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 4 }), (n, slots) => {
        const all = [...factorizations(n, slots)];
        expect(BigInt(all.length)).toBe(countFactorizations(n, slots));
        expect(new Set(all.map(String)).size).toBe(all.length);
        for (const f of all) expect(f.reduce((a, b) => a * b, 1)).toBe(n);
      }),
    );
  });
});
