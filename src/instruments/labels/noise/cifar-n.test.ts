import { beforeAll, describe, expect, it } from "vitest";
import { cifar10Classes, dataPath } from "../../../data/index.ts";
import { key } from "../../../engine/index.ts";
import { aggregateLabels } from "./annotators.ts";
import { cifar100Classes } from "./flip-tables.ts";
import { loadAnnotatorGuide, loadGuide } from "./guide.ts";
import { readLabelFile } from "./label-file.ts";
import { noiseStatistics } from "./statistics.ts";

const pt = (column: string) => readLabelFile(dataPath("labels", "CIFAR-10_human.pt"), { column });
const u8 = (index: number) => readLabelFile(dataPath("labels", "cifar10n-labels-50000x6.u8"), { columns: 6, index });
const fractionOf = (n: number, is: (i: number) => boolean) =>
  Array.from({ length: n }, (_, i) => i).filter(is).length / n;

let clean: Int32Array;
let annotators: Int32Array[];
let aggre: Int32Array;
let worst: Int32Array;

beforeAll(async () => {
  [clean, aggre, worst, ...annotators] = await Promise.all(
    ["clean_label", "aggre_label", "worse_label", "random_label1", "random_label2", "random_label3"].map(pt),
  );
});

describe("CIFAR-10N", () => {
  it("is the same in its .pt file and as raw bytes", async () => {
    const columns = [clean, aggre, ...annotators, worst];
    for (const [index, labels] of columns.entries()) expect(await u8(index)).toEqual(labels);
  });

  it("has the published rates", async () => {
    const rate = (labels: Int32Array) => fractionOf(50_000, (i) => labels[i] !== clean[i]);
    expect([aggre, ...annotators, worst].map(rate)).toEqual([0.0901, 0.17234, 0.18122, 0.1764, 0.40208]);
  });

  it("has a wrong worst label exactly where any annotator is wrong, and the majority as aggregate", () => {
    const anyWrong = (i: number) => annotators.some((labels) => labels[i] !== clean[i]);
    expect(clean.every((y, i) => (worst[i] !== y) === anyWrong(i))).toBe(true);
    const majority = aggregateLabels(clean, annotators, "majority", key(1));
    const differ = (i: number) => new Set(annotators.map((labels) => labels[i])).size === 3;
    expect(fractionOf(50_000, differ)).toBeCloseTo(0.06082, 10);
    expect(clean.every((_, i) => differ(i) || aggre[i] === majority[i])).toBe(true);
    const simulated = aggregateLabels(clean, annotators, "any-wrong", key(1));
    expect(clean.every((y, i) => (simulated[i] !== y) === (worst[i] !== y))).toBe(true);
  });

  it("mistakes trucks for automobiles and cats for dogs most", async () => {
    const { transition, agreement, rate, classRates } = await noiseStatistics({
      labels: worst,
      clean,
      classNames: cifar10Classes,
      annotators,
    });
    expect(Math.abs(transition[9][1] - 0.282)).toBeLessThanOrEqual(0.001);
    expect(Math.abs(transition[3][5] - 0.206)).toBeLessThanOrEqual(0.001);
    expect(rate).toBe(0.40208);
    expect(classRates[4]).toBeCloseTo(0.512, 3);
    [0.5979, 0.2955, 0.0852, 0.0213].forEach((fraction, wrong) => {
      expect(agreement?.wrongCounts[wrong]).toBeCloseTo(fraction, 4);
    });
    expect(agreement?.bothWrongLift).toBeGreaterThan(1.55);
    expect(agreement?.bothWrongLift).toBeLessThan(1.65);
    expect(agreement?.sameWrongLabel).toBeCloseTo(0.382, 3);
  });

  it("is what the shipped guides were made of", async () => {
    const labellings = { aggre, rand1: annotators[0], rand2: annotators[1], rand3: annotators[2], worst };
    for (const [name, labels] of Object.entries(labellings)) {
      const { counts, rate, source, classNames } = loadGuide(`cifar10n-${name}`);
      const measured = await noiseStatistics({ labels, clean, classNames });
      expect(counts).toEqual(measured.counts);
      expect(rate).toBeCloseTo(measured.rate, 12);
      expect(source).toContain("Wei et al.");
    }
    expect(loadAnnotatorGuide().agreement.rates).toEqual([0.17234, 0.18122, 0.1764]);
  });
});

describe("CIFAR-100N", () => {
  it("has 40.2 % wrong labels, and its guide has the classes in the data's order", async () => {
    const path = dataPath("labels", "CIFAR-100_human.pt");
    const [fine, noisy, coarse] = await Promise.all(
      ["clean_label", "noisy_label", "clean_coarse_label"].map((column) => readLabelFile(path, { column })),
    );
    expect(fractionOf(50_000, (i) => fine[i] !== noisy[i])).toBeCloseTo(0.402, 4);
    const { counts } = await noiseStatistics({ labels: noisy, clean: fine, classNames: cifar100Classes });
    expect(loadGuide("cifar100n-noisy").counts).toEqual(counts);
    const groupOf = (name: string) => coarse[fine.indexOf(cifar100Classes.indexOf(name))];
    expect(["maple_tree", "oak_tree", "palm_tree", "pine_tree", "willow_tree"].map(groupOf)).toEqual(Array(5).fill(17));
    expect(["shrew", "squirrel", "hamster"].map(groupOf)).toEqual(Array(3).fill(16));
  });
});

describe("label files", () => {
  it("say what they hold when an entry is missing", async () => {
    const path = dataPath("labels", "CIFAR-10_human.pt");
    await expect(readLabelFile(path, { column: "worst_label" })).rejects.toThrow('no entry "worst_label"');
    await expect(readLabelFile(path)).rejects.toThrow("expected the name of an entry");
    const bytes = dataPath("labels", "cifar10n-labels-50000x6.u8");
    await expect(readLabelFile(bytes, { columns: 7 })).rejects.toThrow("expected whole rows of 7 bytes");
  });

  it.each([
    ["IDN_0.2_C10.pt", 0.208],
    ["IDN_0.4_C10.pt", 0.403],
    ["cifar10-pmd-0.35.npy", 0.349],
    ["cifar10-cluster-0.70.npy", 0.702],
  ])("%s has its published rate", async (file, rate) => {
    const labels = await readLabelFile(dataPath("labels", file));
    expect(Math.abs(fractionOf(50_000, (i) => labels[i] !== clean[i]) - rate)).toBeLessThan(0.001);
  });
});
