import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cifar10Classes, encodeNpy } from "../../../data/index.ts";
import { key, NdArray, sampleIntegers, sampleNormal } from "../../../engine/index.ts";
import { cifar100Classes } from "./flip-tables.ts";
import { generateNoise, type NoiseSpec, noiseKinds } from "./generate.ts";
import type { NoiseTarget, NoisyLabels } from "./labelling.ts";
import { matrixOf, randomTransition } from "./transition.ts";

const digitNames = Array.from("0123456789");
const count = 50_000;
const clean = sampleIntegers(key(1), count, 0, 10);
const features = new NdArray(sampleNormal(key(2), count * 16), [count, 16]);
const target: NoiseTarget = { clean, classNames: digitNames };
const make = (spec: NoiseSpec, on: NoiseTarget = target, seed = 7) => generateNoise(spec, on, key(seed));

const rest = (noise: NoisyLabels) => noise.transition.flatMap((row, i) => row.filter((_, j) => j !== i));
const cellsOf = (noise: NoisyLabels) =>
  noise.counts.flatMap((row, i) => row.flatMap((n, j) => (n > 0 && i !== j ? [`${i}>${j}`] : [])));

describe("noise by class", () => {
  it("is spread evenly over the other classes when symmetric", async () => {
    const noise = await make({ kind: "symmetric", rate: 0.4 });
    expect(Math.abs(noise.realizedRate - 0.4)).toBeLessThanOrEqual(0.007);
    // A cell's standard deviation is 0.0029; of 90 cells the farthest lies near 3 of them.
    const gaps = rest(noise).map((cell) => Math.abs(cell - 0.4 / 9));
    expect(Math.max(...gaps)).toBeLessThan(0.0115);
    expect(gaps.filter((gap) => gap > 0.006).length).toBeLessThanOrEqual(9);
    const pooled = rest(noise).reduce((sum, cell) => sum + cell, 0) / 90;
    expect(Math.abs(pooled - 0.0444)).toBeLessThanOrEqual(0.0006);
    expect([noise.nominalRate, noise.expectedRate]).toEqual([0.4, expect.closeTo(0.4, 12)]);
  });

  it("spares a tenth of the flips when the true class may be drawn again", async () => {
    const noise = await make({ kind: "symmetric", rate: 0.4, inclusive: true });
    expect(Math.abs(noise.realizedRate - 0.36)).toBeLessThanOrEqual(0.007);
    expect([noise.nominalRate, noise.expectedRate]).toEqual([0.4, expect.closeTo(0.36, 12)]);
  });

  it("goes only to the next class when in pairs", async () => {
    const noise = await make({ kind: "pair", rate: 0.4 });
    expect(cellsOf(noise)).toEqual(digitNames.map((_, i) => `${i}>${(i + 1) % 10}`));
    expect(Math.abs(noise.realizedRate - 0.4)).toBeLessThanOrEqual(0.007);
  });

  it("follows the customary tables and the user's own", async () => {
    const cifar = await make(
      { kind: "asymmetric", rate: 0.4, table: "cifar10" },
      { clean, classNames: cifar10Classes },
    );
    expect(cellsOf(cifar)).toEqual(["2>0", "3>5", "4>7", "5>3", "9>1"]);
    expect(Math.abs(cifar.realizedRate - 0.2)).toBeLessThan(0.007);
    expect(cellsOf(await make({ kind: "asymmetric", rate: 0.4, table: "mnist" }))).toEqual([
      "2>7",
      "3>8",
      "5>6",
      "6>5",
      "7>1",
    ]);
    expect(cellsOf(await make({ kind: "asymmetric", rate: 1, table: { 4: "9" } }))).toEqual(["4>9"]);
    const fine = { clean: sampleIntegers(key(4), 5000, 0, 100), classNames: cifar100Classes };
    const next = await make({ kind: "asymmetric", rate: 1, table: "cifar100" }, fine);
    expect(next.realizedRate).toBe(1);
    expect(cifar100Classes[next.labels[fine.clean.indexOf(cifar100Classes.indexOf("woman"))]]).toBe("baby");
  });

  it("follows any matrix, given or random with the wanted rate", async () => {
    const matrix = matrixOf(10, (i, j) => (i === j ? 0.7 : i === 0 && j === 9 ? 0.3 : i > 0 && j === 0 ? 0.3 : 0));
    const given = await make({ kind: "class-conditional", matrix });
    expect(Math.abs(given.transition[0][9] - 0.3)).toBeLessThan(0.03);
    expect(given.nominalRate).toBeCloseTo(0.3, 12);
    const random = await make({ kind: "random-matrix", rate: 0.3 });
    const gaps = random.matrix?.flatMap((row, i) => row.map((p, j) => Math.abs(p - random.transition[i][j]))) ?? [1];
    expect(Math.max(...gaps)).toBeLessThan(0.03);
  });

  it("has random matrices whose rows sum to 1 and whose diagonal has the wanted sum", () => {
    const rates = fc.record({
      classes: fc.integer({ min: 2, max: 30 }),
      rate: fc.double({ min: 0, max: 0.9, noNaN: true }),
    });
    fc.assert(
      fc.property(rates, fc.constantFrom(0.1, 1, 10), fc.nat(), ({ classes, rate }, concentration, seed) => {
        const matrix = randomTransition(classes, rate, concentration, key(seed));
        for (const row of matrix) {
          expect(row.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 10);
          expect(Math.min(...row)).toBeGreaterThanOrEqual(-1e-12);
        }
        const trace = matrix.reduce((sum, row, i) => sum + row[i], 0);
        expect(trace / classes).toBeCloseTo(1 - rate, 10);
      }),
      { numRuns: 60 },
    );
  });
});

describe("noise by example", () => {
  it.each(["part-dependent", "shared"] as const)("has examples of different rates, %s", async (variant) => {
    const noise = await make({ kind: "instance-dependent", rate: 0.4, variant }, { ...target, features });
    expect(Math.abs(noise.realizedRate - 0.4)).toBeLessThanOrEqual(0.02);
    const rates = noise.itemRates ?? new Float64Array(0);
    const mean = rates.reduce((sum, rate) => sum + rate, 0) / count;
    const deviation = Math.sqrt(rates.reduce((sum, rate) => sum + (rate - mean) ** 2, 0) / count);
    expect(deviation).toBeGreaterThan(0.095);
    expect(deviation).toBeLessThan(0.105);
    expect(noise.labels.some((label, n) => label !== clean[n])).toBe(true);
  });

  it("chooses among more classes when the temperature is high", async () => {
    const at = async (temperature: number) => {
      const spec: NoiseSpec = { kind: "instance-dependent", rate: 0.4, temperature };
      const noise = await make(spec, { ...target, features });
      return Math.max(...rest(noise)) - Math.min(...rest(noise));
    };
    expect(await at(100)).toBeLessThan(0.025);
    const same = new Float32Array(count * 16).fill(1);
    const cold = await make(
      { kind: "instance-dependent", rate: 0.4 },
      { ...target, features: new NdArray(same, [count, 16]) },
    );
    expect(Math.max(...rest(cold))).toBeGreaterThan(0.3);
  });

  /** A posterior that is the surer of an example's class the larger its index is. */
  const posterior = new NdArray(
    Float64Array.from({ length: count * 10 }, (_, at) => {
      const [n, j] = [Math.floor(at / 10), at % 10];
      const sure = n / count;
      return j === clean[n] ? 0.5 + sure / 2 : j === (clean[n] + 3) % 10 ? 0.5 - sure / 2 : 0;
    }),
    [count, 10],
  );

  it.each(["I", "II", "III"] as const)(
    "flips to the runner-up where the posterior is unsure, type %s",
    async (type) => {
      const noise = await make({ kind: "polynomial-margin", rate: 0.3, type, posterior });
      expect(Math.abs(noise.realizedRate - 0.3)).toBeLessThan(0.007);
      expect(cellsOf(noise)).toHaveLength(10);
      expect(noise.transition[0][3]).toBeGreaterThan(0.25);
      const half = count / 2;
      const wrong = (from: number, to: number) =>
        noise.flipped.subarray(from, to).reduce((sum, flip) => sum + flip, 0) / (to - from);
      expect(wrong(0, half)).toBeGreaterThan(wrong(half, count) + 0.1);
      const chance = {
        I: (m: number) => 0.5 - 0.5 * m ** 2,
        II: (m: number) => 1 - m ** 3,
        III: (m: number) => 1 - (m ** 3 + m ** 2 + m) / 3,
      }[type];
      const rates = noise.itemRates ?? [];
      expect(rates[half] / rates[1000]).toBeCloseTo(chance(0.5) / chance(0.02), 6);
    },
  );

  it("takes a weak teacher's most doubtful examples, exactly as many as asked", async () => {
    const noise = await make({ kind: "teacher", rate: 0.123, probabilities: posterior });
    expect(noise.flipped.reduce((sum, flip) => sum + flip, 0)).toBe(6150);
    expect(noise.flipped.subarray(0, 6150).every((flip) => flip === 1)).toBe(true);
  });

  it("turns whole neighbourhoods wrong as clusters, for a rate or a radius", async () => {
    const few = { clean: clean.subarray(0, 3000), classNames: digitNames };
    const embedding = new NdArray(sampleNormal(key(3), 6000), [3000, 2]);
    const noise = await make({ kind: "cluster", rate: 0.35, centroids: 5, embedding }, few);
    expect(noise.flipped.reduce((sum, flip) => sum + flip, 0)).toBe(1050);
    const radius = Number(/radius ([\d.]+)/.exec(noise.notes[0])?.[1]);
    const again = await make({ kind: "cluster", radius, centroids: 5, embedding }, few);
    expect(Math.abs(again.realizedRate - 0.35)).toBeLessThan(0.01);
    const own = await make({ kind: "cluster", rate: 0.2 }, { ...few, features: embedding });
    expect(own.realizedRate).toBe(0.2);
  });
});

describe("noise by annotators", () => {
  it("comes from hammers, spammers and adversaries as each is", async () => {
    const noise = await make({
      kind: "annotators",
      annotators: [
        { type: "hammer", accuracy: 0.8 },
        { type: "spammer" },
        { type: "adversary", accuracy: 0.1 },
        { type: "spammer", answer: 3 },
      ],
    });
    const wrong =
      noise.annotators?.map((labels) => labels.filter((label, n) => label !== clean[n]).length / count) ?? [];
    [0.2, 0.9, 0.9, 0.9].forEach((rate, a) => {
      expect(Math.abs(wrong[a] - rate)).toBeLessThan(0.007);
    });
    expect(noise.nominalRate).toBeCloseTo(0.725, 2);
    expect(new Set(noise.annotators?.[3])).toEqual(new Set([3]));
  });

  it("errs together on difficult examples, and rises or falls with the aggregation", async () => {
    const three = Array.from({ length: 3 }, () => ({ type: "hammer", accuracy: 0.82 }) as const);
    const of = (aggregation: "majority" | "any-wrong" | "random", difficulty: number) =>
      make({ kind: "annotators", annotators: three, aggregation, difficulty });
    const [majority, worst, random, independent] = await Promise.all([
      of("majority", 1),
      of("any-wrong", 1),
      of("random", 1),
      of("any-wrong", 0),
    ]);
    expect(majority.realizedRate).toBeLessThan(random.realizedRate - 0.03);
    expect(worst.realizedRate).toBeGreaterThan(random.realizedRate + 0.1);
    expect(independent.realizedRate).toBeCloseTo(1 - 0.82 ** 3, 2);
    expect(worst.realizedRate).toBeLessThan(independent.realizedRate - 0.03);
  });
});

describe("what noise is put on", () => {
  it("may be replaced by outside examples that keep their labels", async () => {
    const noise = await make({ kind: "open-set", rate: 0.2, sources: 300, base: { kind: "symmetric", rate: 0.25 } });
    const { rows, sources } = noise.replaced ?? { rows: new Int32Array(0), sources: new Int32Array(0) };
    expect(new Set(rows).size).toBe(10_000);
    expect(rows.every((row) => noise.labels[row] === clean[row])).toBe(true);
    expect([Math.min(...sources), Math.max(...sources)]).toEqual([0, 299]);
    expect(new Set(sources.subarray(0, 300)).size).toBe(300);
    expect(noise.nominalRate).toBeCloseTo(0.4, 12);
    expect(Math.abs(noise.realizedRate - 0.4)).toBeLessThan(0.007);
    expect(noise.counts.flat().reduce((sum, n) => sum + n, 0)).toBe(40_000);
  });

  it("may first be made imbalanced", async () => {
    for (const profile of ["exponential", "step"] as const) {
      const noise = await make({ kind: "imbalanced", ratio: 20, profile, base: { kind: "pair", rate: 0.3 } });
      const sizes = noise.counts.map((row) => row.reduce((sum, n) => sum + n, 0));
      expect(Math.abs(sizes[0] / sizes[9] - 20)).toBeLessThan(1.5);
      expect(sizes[4] / sizes[0] > 0.9).toBe(profile === "step");
      expect(noise.rows?.every((row, n) => clean[row] === noise.clean[n])).toBe(true);
      expect(Math.abs(noise.realizedRate - 0.3)).toBeLessThan(0.02);
    }
  });

  it("may come from a file", async () => {
    const folder = await mkdtemp(join(tmpdir(), "labels-"));
    try {
      const small = { clean: Int32Array.of(0, 1, 2), classNames: ["cat", "dog", "cow"] };
      await writeFile(join(folder, "a.npy"), encodeNpy(new NdArray(Int32Array.of(0, 2, 2))));
      await writeFile(join(folder, "b.csv"), "file,label\nx,cat\ny,dog\nz,dog\n");
      await writeFile(join(folder, "c.csv"), "file,label\nx,cat\ny,dig\nz,dog\n");
      const npy = await make({ kind: "file", path: join(folder, "a.npy") }, small);
      expect([Array.from(npy.labels), npy.nominalRate, npy.realizedRate]).toEqual([[0, 2, 2], null, 1 / 3]);
      const csv = await make({ kind: "file", path: join(folder, "b.csv"), column: "label" }, small);
      expect(Array.from(csv.labels)).toEqual([0, 1, 1]);
      const wrong = make({ kind: "file", path: join(folder, "c.csv"), column: "label" }, small);
      await expect(wrong).rejects.toThrow(/c\.csv:3: column "label": expected a class; got "dig"/);
      const short = make({ kind: "file", path: join(folder, "a.npy") });
      await expect(short).rejects.toThrow(/expected 50000 labels; got 3/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("generateNoise", () => {
  const small: NoiseTarget = {
    clean: clean.subarray(0, 400),
    classNames: digitNames,
    features: new NdArray(features.data.subarray(0, 6400) as Float32Array, [400, 16]),
  };
  const table = new NdArray(new Float64Array(4000).fill(0.1), [400, 10]);
  const specs = (rate: number): NoiseSpec[] => [
    { kind: "symmetric", rate },
    { kind: "symmetric", rate, inclusive: true },
    { kind: "pair", rate },
    { kind: "asymmetric", rate, table: "mnist" },
    { kind: "random-matrix", rate },
    { kind: "instance-dependent", rate },
    { kind: "instance-dependent", rate, variant: "shared" },
    { kind: "polynomial-margin", rate, type: "II", posterior: table },
    { kind: "teacher", rate, probabilities: table },
    { kind: "cluster", rate, centroids: 5 },
    { kind: "open-set", rate, sources: 9 },
    { kind: "realistic", guide: "cifar10n-worst", rate },
  ];

  it("gives the same labels for the same key and others for another", async () => {
    for (const spec of specs(0.3)) {
      const first = await make(spec, small);
      const again = await make(spec, small);
      expect(again.labels).toEqual(first.labels);
      expect(again.replaced).toEqual(first.replaced);
      if (spec.kind === "teacher") continue;
      const other = await make(spec, small, 8);
      expect([other.labels, other.replaced]).not.toEqual([first.labels, first.replaced]);
    }
  });

  it("changes nothing at rate 0", async () => {
    for (const spec of specs(0)) {
      const noise = await make(spec, small);
      expect([spec.kind, noise.realizedRate, noise.labels]).toEqual([spec.kind, 0, small.clean]);
    }
  });

  it("counts every example once and has rows that sum to 1", async () => {
    for (const spec of specs(0.4)) {
      const noise = await make(spec, small);
      const open = noise.replaced?.rows.length ?? 0;
      expect(noise.counts.flat().reduce((sum, n) => sum + n, 0)).toBe(400 - open);
      for (const row of noise.transition) expect(row.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
      expect(noise.flipped.reduce((sum, flip) => sum + flip, 0) / 400).toBe(noise.realizedRate);
    }
  });

  it("names every kind", () => {
    expect(new Set(noiseKinds).size).toBe(noiseKinds.length);
    for (const { kind } of specs(0.1)) expect(noiseKinds).toContain(kind);
  });

  it("explains what does not fit", async () => {
    const errors = [
      { spec: { kind: "symetric", rate: 0.1 } },
      { spec: { kind: "symmetric", rate: 40 } },
      { spec: { kind: "asymmetric", rate: 0.2, table: "cifar10" } },
      { spec: { kind: "asymmetric", rate: 0.2, table: "minst" } },
      { spec: { kind: "class-conditional", matrix: [[1]] } },
      { spec: { kind: "class-conditional", matrix: matrixOf(10, () => 0.2) } },
      { spec: { kind: "instance-dependent", rate: 0.2 } },
      { spec: { kind: "teacher", rate: 0.2, probabilities: table } },
      { spec: { kind: "cluster" } },
      { spec: { kind: "annotators", annotators: [] } },
      { spec: { kind: "annotators", annotators: [{ type: "spammer", answer: 10 }] } },
      { spec: { kind: "open-set", rate: 0.2, sources: 0 } },
      { spec: { kind: "imbalanced", ratio: 0.5, base: { kind: "clean" } } },
      { spec: { kind: "imbalanced", ratio: 5, base: { kind: "teacher", rate: 0.2, probabilities: table } } },
      { spec: { kind: "pair", rate: 0.1 }, on: { clean: [0, 1, 5], classNames: ["a", "b"] } },
      { spec: { kind: "pair", rate: 0.1 }, on: { clean: [], classNames: ["a", "b"] } },
    ];
    const texts: string[] = [];
    for (const { spec, on } of errors) texts.push(await make(spec as NoiseSpec, on ?? target).then(String, String));
    expect(texts).toMatchInlineSnapshot(`
      [
        "label noise: no kind "symetric". Did you mean "symmetric"?",
        "symmetric noise: the rate must be in [0, 1]; got 40. Write 40 % as 0.4.",
        "asymmetric noise: no class "truck". The classes are: "0", "1", "2", "3", "4", "5", "6", "7" and 2 more.",
        "asymmetric noise: no table "minst". Did you mean "mnist"?",
        "class-conditional noise: expected 10 rows, one for each class; got 1",
        "class-conditional noise: row 0: expected probabilities that sum to 1; got a sum of 2. Row i holds P(label j | true class i).",
        "instance-dependent noise: this noise depends on the examples' features; got none. Pass features [n, d]: an embedding, principal components or pixels.",
        "teacher noise: expected probabilities [50000, 10]; got [400, 10]",
        "cluster noise: expected a rate or a radius from 0, and at least one centroid; got rate undefined, radius undefined, centroids 57",
        "annotators: expected at least one annotator and a difficulty from 0; got 0 and 0",
        "spammer: expected an answer in [0, 10); got 10",
        "open-set noise: expected at least one outside example; got 0",
        "imbalance: the ratio of largest to smallest class must be at least 1; got 0.5",
        "imbalance: noise of kind "teacher" cannot be put on a part of the rows. Take the rows first (base: { kind: "clean" }), then generate the noise for them.",
        "label noise: clean labels: example 2: expected a class in [0, 2); got 5",
        "label noise: expected at least one label; got none",
      ]
    `);
  });
});
