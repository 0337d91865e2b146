import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { key } from "../../engine/random/key.ts";
import type { Nsga2State } from "../../math/nsga2.ts";
import { hypervolume } from "../../math/pareto.ts";
import { accuracyTable, type BitSetting, fitSensitivity, predictAccuracy } from "./accuracy.ts";
import { defineArchitecture, defineLevel, withLevel } from "./architecture.ts";
import { fileCache, memoryCache, searchKey } from "./cache.ts";
import type { LevelConstraint } from "./constraints.ts";
import { eyeriss } from "./designs.ts";
import { type ExplorationOptions, exploreBits, quantizeLayers } from "./exploration.ts";
import { mapLayers, mapNetwork, mergeEqualLayers, type NetworkLayer } from "./network.ts";
import { convolution } from "./problem.ts";

const tiny = defineArchitecture({
  name: "tiny",
  levels: [
    defineLevel({ name: "Spad", entries: 12, meshX: 4, energy: { read: 0.3, write: 0.4 } }),
    defineLevel({ name: "Buffer", entries: 256, energy: { read: 6, write: 7 }, readBandwidth: 4 }),
    defineLevel({ name: "DRAM", blockSize: 4, energy: { read: 512, write: 512 } }),
  ],
  arithmetic: { name: "mac", meshX: 4, meshY: 1, energyPicojoules: 2 },
  timeloopVersion: "3.0.3",
});
const constraintsFor = (): LevelConstraint[] => [
  {
    level: "Spad",
    keep: ["Weights", "Outputs"],
    bypass: ["Inputs"],
    temporal: { factors: { C: 1, P: 1 }, innermost: [..."CRSNPQM"] },
  },
  {
    level: "Buffer",
    keep: ["Inputs", "Outputs"],
    bypass: ["Weights"],
    temporal: { factors: { R: 1 }, innermost: [..."RSCPQNM"] },
  },
  { level: "DRAM", temporal: { factors: { R: 1 }, innermost: [..."RSCPQNM"] } },
];
const channels = [2, 4, 4, 8, 8, 8, 4, 4, 8, 4, 2];
const layers: NetworkLayer[] = channels.slice(1).map((M, i) => ({
  count: 1,
  problem: convolution({ name: `conv${i}`, C: channels[i], M, R: 3, S: 1, P: 4, Q: 1 }),
}));
const widths = [2, 3, 4, 5, 8];

/** Loss of a setting in steps of 1/2000: 64, 16, 4, 1, 0 for the widths, times a sensitivity of each gene. */
const steps = (bits: number) => [64, 16, 4, 1, 0][widths.indexOf(bits)];
const sensitivity = Array.from({ length: 20 }, (_, g) => 1 + ((g * 7) % 3));
const lossOf = (setting: BitSetting) =>
  setting.reduce(
    (sum, b, l) => sum + sensitivity[2 * l] * steps(b.activations) + sensitivity[2 * l + 1] * steps(b.weights),
    0,
  );
const options: ExplorationOptions = {
  ...{ architecture: tiny, constraintsFor, key: key(3) },
  accuracy: (setting) => 1 - lossOf(setting) / 2600,
};

/** The exact front by dynamic programming over layers: least cost for each total loss and width of the next activations. */
async function exactFront(cache: ReturnType<typeof memoryCache>): Promise<number[][]> {
  const most = 2600;
  let least = new Map<number, Float64Array>([[8, new Float64Array(most + 1).fill(Number.POSITIVE_INFINITY)]]);
  least.get(8)![0] = 0;
  for (let l = layers.length - 1; l >= 0; l--) {
    const before = new Map(widths.map((q) => [q, new Float64Array(most + 1).fill(Number.POSITIVE_INFINITY)]));
    for (const [next, costs] of least) {
      for (const activations of widths) {
        for (const weights of widths) {
          const setting = [
            { activations, weights },
            ...(l === layers.length - 1 ? [] : [{ activations: next, weights: 8 }]),
          ];
          const [layer] = quantizeLayers(layers.slice(l, l + 2).slice(0, setting.length), setting);
          const { totals } = await mapNetwork([layer], { architecture: tiny, constraintsFor, cache });
          const loss = sensitivity[2 * l] * steps(activations) + sensitivity[2 * l + 1] * steps(weights);
          const target = before.get(activations)!;
          for (let k = 0; k + loss <= most; k++) {
            target[k + loss] = Math.min(target[k + loss], costs[k] + totals.sumOfEnergyDelayProducts);
          }
        }
      }
    }
    least = before;
  }
  const best = new Float64Array(most + 1).fill(Number.POSITIVE_INFINITY);
  for (const costs of least.values())
    costs.forEach((c, k) => {
      best[k] = Math.min(best[k], c);
    });
  return [...best].map((c, k) => [k / 2600, c]).filter(([, c]) => Number.isFinite(c));
}

describe("exploreBits", () => {
  test("covers 98 % of the exact front of a ten-layer network in 1,000 evaluations", async () => {
    const cache = memoryCache();
    const result = await exploreBits(layers, { ...options, cache, maxEvaluations: 1000, generations: 60 });
    const worst = result.uniform.find((u) => u.setting[0].weights === 8 && u.setting[0].activations === 8)!;
    const reference = [1, 1.01 * worst.cost];
    const exact = hypervolume(await exactFront(cache), reference);
    const found = hypervolume(
      result.state.evaluated.map((i) => i.objectives),
      reference,
    );
    expect(result.state.evaluated.length).toBeLessThanOrEqual(1000);
    expect(found / exact).toBeGreaterThan(0.98);
    expect(found / exact).toBeLessThanOrEqual(1 + 1e-9);
    const eight = result.uniform.find((u) => u.setting[0].weights === 8 && u.setting[0].activations === 8)!;
    const four = result.uniform.find((u) => u.setting[0].weights === 4 && u.setting[0].activations === 4)!;
    expect(four.cost).toBeLessThan(eight.cost);
    expect(result.front.some((p) => p.accuracy >= four.accuracy && p.cost < four.cost)).toBe(true);
  }, 180_000);

  test("resumed after a generation it ends like a run that was not interrupted", async () => {
    const states: string[] = [];
    const short = { ...options, cache: memoryCache(), populationSize: 12, generations: 4 };
    const whole = await exploreBits(layers.slice(0, 3), {
      ...short,
      onGeneration: (s) => states.push(JSON.stringify(s)),
    });
    const resume = JSON.parse(states[1]) as Nsga2State;
    expect(await exploreBits(layers.slice(0, 3), { ...short, resume })).toEqual(whole);
  });
});

describe("mapNetwork", () => {
  test("searches equal layers once and adds every layer up", async () => {
    const same = { problem: { ...layers[3].problem, name: "again" }, count: 2 };
    const result = await mapNetwork([layers[3], same, layers[2]], { architecture: tiny, constraintsFor });
    expect(result.searches).toBe(2);
    const [a, , c] = result.layers.map((l) => l.evaluation);
    expect(result.totals.energyPicojoules).toBeCloseTo(3 * a.energyPicojoules + c.energyPicojoules, 6);
    expect(result.totals.cycles).toBe(3 * a.cycles + c.cycles);
    expect(result.totals.networkEnergyDelayProduct).toBeGreaterThan(result.totals.sumOfEnergyDelayProducts);
    expect(mergeEqualLayers([layers[3], same, layers[2]]).map((l) => l.count)).toEqual([3, 1]);
  });

  test("every layer that fits nowhere is named with the reason and what to change, the others are mapped", async () => {
    const architecture = withLevel(tiny, "Spad", { entries: 1 });
    const rejected = expect(mapNetwork(layers, { architecture, constraintsFor })).rejects;
    await rejected.toThrow(
      "layer conv0: no valid mapping: Spad: capacity: needs 2 words, has 1 under every mapping the constraints allow",
    );
    const fitting = { count: 1, problem: convolution({ C: 1, M: 1, R: 1, S: 1, P: 1, Q: 1 }) };
    const roomy = withLevel(tiny, "Buffer", { entries: 3 });
    const result = await mapLayers([layers[5], fitting], { architecture: roomy, constraintsFor });
    expect([result.layers.length, result.unmapped.length]).toEqual([1, 1]);
    expect(result.unmapped[0].remedy).toMatch(/^Give Buffer \d+ words \(it has 3\)/);
    expect(result.totals.computes).toBe(1);
  });

  test("a cache in a file answers after a restart, even if its last line was cut off", async () => {
    const dir = mkdtempSync(join(tmpdir(), "mapping-"));
    try {
      const path = join(dir, "cache", "mappings.jsonl");
      const first = await mapNetwork(layers, { architecture: tiny, constraintsFor, cache: fileCache(path) });
      writeFileSync(path, `${readFileSync(path, "utf8")}\n{"key": "cut`);
      const again = await mapNetwork(layers, { architecture: tiny, constraintsFor, cache: fileCache(path) });
      expect(first.searches).toBeGreaterThan(4);
      expect(again.searches).toBe(0);
      expect(again.totals).toEqual(first.totals);
      const more = [...layers, { count: 1, problem: convolution({ C: 3, M: 3, R: 1, S: 1, P: 2, Q: 2 }) }];
      await mapNetwork(more, { architecture: tiny, constraintsFor, cache: fileCache(path) });
      expect((await mapNetwork(more, { architecture: tiny, constraintsFor, cache: fileCache(path) })).searches).toBe(0);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  test("the key of a search depends on everything but names", () => {
    const spec = { problem: layers[0].problem, architecture: tiny };
    expect(searchKey({ ...spec, problem: { ...spec.problem, name: "x" } })).toBe(searchKey(spec));
    expect(searchKey({ ...spec, architecture: withLevel(tiny, "Buffer", { entries: 257 }) })).not.toBe(searchKey(spec));
    expect(searchKey({ ...spec, metrics: ["energy"] })).not.toBe(searchKey(spec));
    expect(searchKey({ ...spec, constraints: constraintsFor() })).not.toBe(searchKey(spec));
  });

  test("mixed widths on Eyeriss save energy over uniform eight bits, and a depthwise layer costs less than a dense one", async () => {
    const { architecture, constraintsFor: rows } = eyeriss(16);
    const sizes = { name: "dw", C: 64, M: 64, R: 3, S: 3, P: 28, Q: 28, groups: 64 };
    const network = (bits: number, paperCompatible: boolean) =>
      mapNetwork(
        quantizeLayers(
          [{ count: 1, problem: convolution({ ...sizes, paperCompatible }) }],
          [{ activations: 8, weights: bits }],
        ),
        { architecture, constraintsFor: rows },
      );
    const [eight, two, dense] = [await network(8, false), await network(2, false), await network(8, true)];
    expect(two.totals.energyPicojoules).toBeLessThan(eight.totals.energyPicojoules);
    expect(eight.totals.computes * 64).toBe(dense.totals.computes);
    expect(eight.totals.energyPicojoules * 4).toBeLessThan(dense.totals.energyPicojoules);
  });
});

describe("accuracy evaluators", () => {
  const setting = (...bits: readonly number[]): BitSetting =>
    Array.from({ length: bits.length / 2 }, (_, l) => ({ activations: bits[2 * l], weights: bits[2 * l + 1] }));

  test("a sensitivity model fitted to its own predictions is found again", () => {
    const truth = { baseline: 0.93, activations: [0.1, 0.02, 0], weights: [0.05, 0.2, 0.01], rootMeanSquaredError: 0 };
    const settings = Array.from({ length: 30 }, (_, i) =>
      setting(...[0, 1, 2, 3, 4, 5].map((g) => 2 + Math.floor((7.31 * (i + 1) * (g + 2)) % 5))),
    );
    const fitted = fitSensitivity(settings.map((s) => ({ setting: s, accuracy: predictAccuracy(truth, s) })));
    expect(fitted.rootMeanSquaredError).toBeLessThan(1e-5);
    for (const s of [setting(2, 8, 3, 3, 8, 2), setting(8, 8, 8, 8, 8, 8)]) {
      expect(predictAccuracy(fitted, s)).toBeCloseTo(predictAccuracy(truth, s), 3);
    }
  });

  test("a table answers what was measured and says what was not", () => {
    const evaluate = accuracyTable([{ setting: setting(8, 8), accuracy: 0.9 }]);
    expect(evaluate(setting(8, 8))).toBe(0.9);
    expect(() => evaluate(setting(8, 4))).toThrow("accuracy table: no measurement of 8/4");
  });

  test("measurements of different networks are refused", () => {
    const two = [setting(8, 8), setting(8, 8, 4, 4)].map((s) => ({ setting: s, accuracy: 0.9 }));
    expect(() => fitSensitivity(two)).toThrow("sensitivity model: expected 1 layers; got 2");
  });
});
