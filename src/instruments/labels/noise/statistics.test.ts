import { describe, expect, it } from "vitest";
import { key, NdArray, sampleNormal, sampleUniform } from "../../../engine/index.ts";
import { annotatorAgreement } from "./agreement.ts";
import { generateNoise } from "./generate.ts";
import { labelGeometry } from "./geometry.ts";
import { guideFromStatistics } from "./guide.ts";
import { compareNoise, noiseStatistics } from "./statistics.ts";

const classNames = ["a", "b", "c"];

/** Three classes in the plane, each of four tight groups of five examples. */
const grouped = (() => {
  const jitter = sampleNormal(key(1), 120);
  const points = Float32Array.from({ length: 120 }, (_, at) => {
    const n = Math.floor(at / 2);
    const angle = Math.floor(n / 20) * 2 + Math.floor((n % 20) / 5) * 0.3 + 0.01 * jitter[n];
    return at % 2 === 0 ? Math.cos(angle) : Math.sin(angle);
  });
  return {
    clean: Int32Array.from({ length: 60 }, (_, n) => Math.floor(n / 20)),
    features: new NdArray(points, [60, 2]),
  };
})();

describe("noiseStatistics", () => {
  it("tells rates and the matrix, also of a class without examples", async () => {
    const found = await noiseStatistics({ labels: [0, 1, 1, 0], clean: [0, 0, 1, 0], classNames });
    expect(found.counts).toEqual([
      [2, 1, 0],
      [0, 1, 0],
      [0, 0, 0],
    ]);
    expect(found.transition).toEqual([
      [2 / 3, 1 / 3, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]);
    expect([found.rate, found.classRates]).toEqual([0.25, [1 / 3, 0, Number.NaN]]);
    expect([found.concentration, found.margin, found.clusterTest, found.agreement]).toEqual([null, null, null, null]);
  });

  it("has the concentration that its definition gives", async () => {
    const { clean, features } = grouped;
    const labels = clean.map((y, n) => (n < 5 ? 1 : y));
    const { concentration, margin } = await noiseStatistics({ labels, clean, classNames, features, k: 4 });
    // All four neighbours of a flipped example are its group: 1 over the rate 5/20 in the class.
    expect(concentration?.pooled).toBeCloseTo(4, 12);
    expect(concentration?.byCell[0][1]).toBeCloseTo(4, 12);
    expect(concentration?.byCell[1][0]).toBeNaN();
    // Class b lies at greater angles, and the first group of class a at the least.
    expect(margin?.pooled).toBeLessThan(-1);
    const other = await noiseStatistics({
      labels: clean.map((y, n) => (n % 5 === 0 && y === 0 ? 1 : y)),
      clean,
      classNames,
      features,
      k: 4,
    });
    expect(other.concentration?.pooled).toBe(0);
    expect(Math.abs(other.margin?.pooled ?? 1)).toBeLessThan(0.1);
  });

  it("has margins of mean 0 and deviation 1 in each class", async () => {
    const { clean, features } = grouped;
    const { margins } = await labelGeometry(clean, features, 3, { key: key(1), k: 3 });
    const column = Array.from({ length: 20 }, (_, n) => margins[3 * (20 + n) + 2]);
    expect(column.reduce((sum, x) => sum + x, 0)).toBeCloseTo(0, 4);
    expect(column.reduce((sum, x) => sum + x * x, 0) / 20).toBeCloseTo(1, 4);
    expect(margins[3 * 20 + 1]).toBe(0);
  });

  it("has a χ²/df near 1 for flips that fall evenly and far above for flips of one side", async () => {
    const n = 6000;
    const features = new NdArray(sampleNormal(key(3), 3 * n), [n, 3]);
    const clean = Int32Array.from({ length: n }, (_, i) => i % 3);
    const uniform = sampleUniform(key(4), n);
    const even = clean.map((y, i) => (uniform[i] < 0.2 ? (y + 1) % 3 : y));
    const sided = clean.map((y, i) =>
      uniform[i] < (features.data[3 * i] > 0 ? 0.35 : 0.05) ? (y + 1 + (i % 2)) % 3 : y,
    );
    const geometry = await labelGeometry(clean, features, 3, { key: key(1), clusters: 20 });
    const ratio = async (labels: Int32Array) =>
      (await noiseStatistics({ labels, clean, classNames, geometry })).clusterTest?.ratio ?? 0;
    expect(await ratio(even)).toBeGreaterThan(0.6);
    expect(await ratio(even)).toBeLessThan(1.4);
    expect(await ratio(sided)).toBeGreaterThan(4);
  });

  /** Three overlapping classes, and the labellings in which class y becomes y + 1 with a chance given by the feature toward it. */
  const overlapping = (() => {
    const n = 3000;
    const data = sampleNormal(key(5), 4 * n, "float64").map((x, at) => x + (Math.floor(at / 4) % 3 === at % 4 ? 2 : 0));
    const uniform = sampleUniform(key(7), n, "float64");
    const clean = Int32Array.from({ length: n }, (_, i) => i % 3);
    const labelled = (chance: (x: number) => number) =>
      clean.map((y, i) => (uniform[i] < chance(data[4 * i + ((y + 1) % 3)]) ? (y + 1) % 3 : y));
    return { clean, classNames, features: new NdArray(data, [n, 4]), labelled };
  })();

  it("becomes a guide, and noise made after it is like it", async () => {
    const { labelled, ...target } = overlapping;
    const real = await noiseStatistics({ ...target, labels: labelled((x) => 1 / (1 + Math.exp(1.5 - x))) });
    expect(real.concentration?.pooled).toBeGreaterThan(1.1);
    const guide = guideFromStatistics("mine", "a test", real);
    const noise = await generateNoise({ kind: "realistic", guide }, target, key(6));
    const difference = compareNoise(await noiseStatistics({ ...target, labels: noise.labels }), guide);
    expect([difference.rate, difference.largestCell]).toEqual([expect.closeTo(0, 3), expect.closeTo(0, 2)]);
    expect(Math.abs(difference.concentration ?? 1)).toBeLessThan(0.05);
    expect(Math.abs(difference.margin ?? 1)).toBeLessThan(0.05);
    expect(noise.notes).toEqual([]);
    const even = await generateNoise({ kind: "class-conditional", matrix: guide.transition }, target, key(6));
    const plain = compareNoise(await noiseStatistics({ ...target, labels: even.labels }), guide);
    expect(plain.margin).toBeLessThan(-0.3);
  });

  it("is told apart where noise made after a guide cannot be like it", async () => {
    const { labelled, ...target } = overlapping;
    // A rule on one feature: what it flips lies closer together than chances that rise with the margin can bring about.
    const real = await noiseStatistics({ ...target, labels: labelled((x) => (x > 1 ? 1 : 0)) });
    expect(real.concentration?.pooled).toBeGreaterThan(3.5);
    expect(real.concentration?.pooled).toBeLessThanOrEqual(1 / real.rate);
    const noise = await generateNoise(
      { kind: "realistic", guide: guideFromStatistics("rule", "a test", real) },
      target,
      key(6),
    );
    const { realized, wanted } = noise.realism ?? {};
    expect(realized?.concentration).toBeGreaterThan(2.5);
    expect(realized?.concentration).toBeLessThan((wanted?.concentration ?? 0) - 0.1);
    expect(noise.notes).toContainEqual(
      expect.stringMatching(/^the guide's concentration of 3\.93 is out of reach: \d\.\d\d on average$/),
    );
  });

  it("explains labels that do not fit", async () => {
    const of = (labels: number[], clean = [0, 1]) =>
      noiseStatistics({ labels, clean, classNames }).then(String, String);
    expect([await of([0]), await of([0, 3]), await of([0, 1], [0, -1])]).toMatchInlineSnapshot(`
      [
        "noise statistics: expected 2 labels; got 1",
        "noise statistics: labels: example 1: expected a class in [0, 3); got 3",
        "label noise: clean labels: example 1: expected a class in [0, 3); got -1",
      ]
    `);
    const two = await noiseStatistics({ labels: [0, 1], clean: [0, 1], classNames: ["a", "b"] });
    const three = await noiseStatistics({ labels: [0, 1], clean: [0, 1], classNames });
    expect(() => compareNoise(two, three)).toThrowErrorMatchingInlineSnapshot(
      `[OrreryError: compare noise: expected the same number of classes; got 2 and 3]`,
    );
    expect(() => annotatorAgreement([0, 1], [[0, 1]])).toThrowErrorMatchingInlineSnapshot(
      `[OrreryError: annotator agreement: expected 2 labels of each of two or more annotators; got 2]`,
    );
  });
});

describe("annotatorAgreement", () => {
  it("counts who is wrong together and in the same way", () => {
    const found = annotatorAgreement(
      [0, 0, 0, 0],
      [
        [0, 1, 1, 2],
        [0, 0, 1, 1],
      ],
    );
    expect(found.rates).toEqual([0.75, 0.5]);
    expect(found.wrongCounts).toEqual([0.25, 0.25, 0.5]);
    expect(found.bothWrongLift).toBeCloseTo(0.5 / 0.375, 12);
    expect(found.sameWrongLabel).toBe(0.5);
    expect(found.allDifferent).toBe(0.5);
  });
});
