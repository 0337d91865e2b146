import { beforeAll, describe, expect, it } from "vitest";
import { cifar10Classes, dataPath, loadDigits, readBytes } from "../../../data/index.ts";
import { key, NdArray } from "../../../engine/index.ts";
import { principalComponents } from "../../../math/principal-components.ts";
import { aggregateLabels } from "./annotators.ts";
import { generateNoise } from "./generate.ts";
import { type LabelGeometry, labelGeometry } from "./geometry.ts";
import { loadAnnotatorGuide, loadGuide } from "./guide.ts";
import type { NoisyLabels } from "./labelling.ts";
import { dependenceOf } from "./realistic.ts";
import { transitionCounts } from "./transition.ts";

const even = { margin: 0, neighborhood: 0 };

/** The true classes of CIFAR-10's 50,000 images and what their features say; made once for all tests of the file. */
let cifar: { readonly clean: Int32Array; readonly classNames: readonly string[]; readonly geometry: LabelGeometry };

beforeAll(async () => {
  const labels = await readBytes(dataPath("labels", "cifar10n-labels-50000x6.u8"));
  const clean = Int32Array.from({ length: 50_000 }, (_, n) => labels[6 * n]);
  const scaleBytes = await readBytes(dataPath("images", "cifar10-feat128-scale.f32"));
  const scale = new Float32Array(Uint8Array.from(scaleBytes).buffer);
  const codes = new Int8Array(await readBytes(dataPath("images", "cifar10-feat128-train50000.i8")));
  const values = Float32Array.from(codes, (code, i) => code * scale[i % 128]);
  const features = new NdArray(values, [50_000, 128]);
  const geometry = await labelGeometry(clean, features, 10, { key: key(1) });
  cifar = { clean, classNames: cifar10Classes, geometry };
}, 600_000);

/** The largest difference of a cell's count from what the guide's matrix asks for at this rate. */
function largestMiss({ counts, matrix }: NoisyLabels): number {
  const sizes = counts.map((row) => row.reduce((sum, count) => sum + count, 0));
  return Math.max(
    ...counts.flatMap((row, i) => row.map((count, j) => Math.abs(count - sizes[i] * (matrix?.[i][j] ?? 0)))),
  );
}

const realistic = (guide: string, seed: number, rate?: number) =>
  generateNoise({ kind: "realistic", guide, rate, geometry: cifar.geometry }, cifar, key(seed));

describe("realistic noise guided by CIFAR-10N", () => {
  it.each([
    { guide: "cifar10n-aggre", con: 1.164, within: 0.06, margin: 0.24, seed: 11 },
    { guide: "cifar10n-rand1", con: 1.071, within: 0.03, margin: 0.17, seed: 12 },
    { guide: "cifar10n-worst", con: 1.037, within: 0.03, margin: 0.13, seed: 13 },
  ])("has the matrix, concentration and margin of $guide", async ({ guide, con, within, margin, seed }) => {
    const noise = await realistic(guide, seed);
    const { counts, rate } = loadGuide(guide);
    const misses = noise.counts.flatMap((row, i) => row.map((count, j) => Math.abs(count - counts[i][j])));
    expect(Math.max(...misses)).toBeLessThanOrEqual(1);
    expect(Math.abs(noise.realizedRate - rate) * 50_000).toBeLessThanOrEqual(1);
    expect(noise.realism?.method).toBe("same");
    const { concentration, margin: lean, clusterRatio } = dependenceOf(cifar.geometry, noise.labels);
    expect(Math.abs((concentration ?? 0) - con)).toBeLessThanOrEqual(within);
    expect(Math.abs((lean ?? 0) - margin)).toBeLessThanOrEqual(0.03);
    expect(clusterRatio).toBeGreaterThan(1.2);
    expect(clusterRatio).toBeLessThan(2);
  });

  it("falls evenly where the strengths are zero", async () => {
    const means = [0, 0, 0];
    for (let seed = 0; seed < 3; seed++) {
      const spec = { kind: "realistic", guide: "cifar10n-worst", geometry: cifar.geometry, strengths: even } as const;
      const { labels } = await generateNoise(spec, cifar, key(20 + seed));
      const { concentration, margin, clusterRatio } = dependenceOf(cifar.geometry, labels);
      [concentration, margin, clusterRatio].forEach((value, i) => {
        means[i] += (value ?? 0) / 3;
      });
    }
    expect(means[0]).toBeGreaterThan(0.97);
    expect(means[0]).toBeLessThan(1.03);
    expect(Math.abs(means[1])).toBeLessThan(0.02);
    expect(means[2]).toBeGreaterThan(0.85);
    expect(means[2]).toBeLessThan(1.15);
  });

  it.each([0.1, 0.2, 0.6])("scales every class's rate for a total of %f", async (rate) => {
    const spec = {
      kind: "realistic",
      guide: "cifar10n-rand1",
      geometry: cifar.geometry,
      rate,
      strengths: even,
    } as const;
    const noise = await generateNoise(spec, cifar, key(31));
    const guide = loadGuide("cifar10n-rand1");
    expect(Math.abs(noise.realizedRate - rate) * 50_000).toBeLessThanOrEqual(1);
    expect(largestMiss(noise)).toBeLessThanOrEqual(1);
    noise.transition.forEach((row, i) => {
      expect(Math.abs((1 - row[i]) / (1 - guide.transition[i][i]) - rate / guide.rate)).toBeLessThan(0.02);
    });
    expect(noise.notes.some((note) => note.includes("commoner"))).toBe(rate === 0.6);
  });

  it("leaves everything as it is at rate 0, and keeps 2 % right in every class at high rates", async () => {
    const base = { kind: "realistic", guide: "cifar10n-worst", geometry: cifar.geometry, strengths: even } as const;
    expect((await generateNoise({ ...base, rate: 0 }, cifar, key(1))).labels).toEqual(cifar.clean);
    const most = await generateNoise({ ...base, rate: 0.95 }, cifar, key(1));
    expect(Math.min(...most.transition.map((row, i) => row[i]))).toBeGreaterThan(0.0195);
    expect(most.realizedRate).toBeCloseTo(0.95, 4);
  });
});

describe("realistic annotators", () => {
  it("err together and alike as CIFAR-10N's do, each with their own matrix", async () => {
    const noise = await generateNoise({ kind: "realistic-annotators", geometry: cifar.geometry }, cifar, key(41));
    const { agreement, annotators } = loadAnnotatorGuide();
    const found = noise.annotatorRealism?.realized;
    expect(Math.abs((found?.bothWrongLift ?? 0) - (agreement.bothWrongLift ?? 0))).toBeLessThan(0.03);
    expect(Math.abs((found?.sameWrongLabel ?? 0) - (agreement.sameWrongLabel ?? 0))).toBeLessThan(0.03);
    found?.wrongCounts.forEach((fraction, wrong) => {
      expect(Math.abs(fraction - agreement.wrongCounts[wrong])).toBeLessThan(0.012);
    });
    annotators.forEach(({ counts, rate }, a) => {
      const drawn = transitionCounts(cifar.clean, noise.annotators?.[a] ?? [], 10);
      const misses = drawn.flatMap((row, i) => row.map((count, j) => Math.abs(count - counts[i][j])));
      expect(Math.max(...misses)).toBeLessThanOrEqual(1);
      expect(found?.rates[a]).toBeCloseTo(rate, 4);
    });
    expect(Math.abs(noise.realizedRate - 0.0901)).toBeLessThan(0.015);
    const worst = aggregateLabels(cifar.clean, noise.annotators ?? [], "any-wrong", key(1));
    expect(Math.abs(worst.filter((label, n) => label !== cifar.clean[n]).length / 50_000 - 0.40208)).toBeLessThan(
      0.012,
    );
  });
});

describe("realistic noise on other data", () => {
  const digits = async () => {
    const { inputs, labels, classNames } = await loadDigits();
    const features = principalComponents(inputs, 32).coordinates;
    return { clean: labels.data, classNames, features };
  };

  it("matches CIFAR's classes to the digits by what is near, and keeps the guide's concentration", async () => {
    const target = await digits();
    const noise = await generateNoise({ kind: "realistic", guide: "cifar10n-aggre", rate: 0.2 }, target, key(5));
    expect(noise.realism?.method).toBe("assignment");
    expect([...(noise.realism?.classMap ?? [])].sort()).toEqual([...cifar10Classes].sort());
    expect(Math.round(noise.realizedRate * 1797)).toBe(359);
    expect(largestMiss(noise)).toBeLessThanOrEqual(1);
    expect(noise.realism?.realized?.margin).toBeGreaterThan(0.1);
    expect(noise.realism?.realized?.margin).toBeLessThan(0.4);
    expect(Math.abs(noise.realism?.matrixOnly?.margin ?? 1)).toBeLessThan(0.15);
    expect(
      (await generateNoise({ kind: "realistic", guide: "cifar10n-aggre", rate: 0.2 }, target, key(5))).labels,
    ).toEqual(noise.labels);
  });

  it("follows a table of classes, and keeps the mere shape where classes are too many", async () => {
    const target = await digits();
    const names = Object.fromEntries(target.classNames.map((name, i) => [name, cifar10Classes[9 - i]]));
    const byTable = {
      kind: "realistic",
      guide: "cifar10n-worst",
      transfer: { table: names },
      strengths: even,
    } as const;
    const noise = await generateNoise(byTable, target, key(6));
    expect(noise.realism?.classMap).toEqual([...cifar10Classes].reverse());
    const { transition } = loadGuide("cifar10n-worst");
    expect(noise.transition[0][8] / transition[9][1]).toBeCloseTo(1, 1);
    const shape = await generateNoise({ ...byTable, transfer: "shape", rate: 0.3 }, target, key(6));
    expect(Math.round(shape.realizedRate * 1797)).toBe(539);
    const rates = shape.transition.map((row, i) => 1 - row[i]);
    expect(Math.max(...rates) / Math.min(...rates)).toBeGreaterThan(1.5);
  });

  it("needs no features where the guide has none to follow", async () => {
    const { classNames } = loadGuide("cifar100n-noisy");
    const clean = Int32Array.from({ length: 10_000 }, (_, n) => n % 100);
    const noise = await generateNoise({ kind: "realistic", guide: "cifar100n-noisy" }, { clean, classNames }, key(1));
    expect(noise.realizedRate).toBeCloseTo(0.402, 3);
    expect(largestMiss(noise)).toBeLessThanOrEqual(1);
    expect(noise.notes[0]).toContain("flips fall evenly");
  });

  it("explains what does not fit", async () => {
    const target = { clean: Int32Array.of(0, 1, 2), classNames: ["cat", "dog", "cow"] };
    const attempt = (spec: object) => generateNoise({ kind: "realistic", ...spec } as never, target, key(1));
    await expect(attempt({ guide: "cifar10n-wurst" })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[OrreryError: label noise: no guide "cifar10n-wurst"]`,
    );
    await expect(attempt({ guide: "cifar10n-worst" })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[OrreryError: realistic noise: this noise depends on the examples' features; got none]`,
    );
    const withFeatures = { ...target, features: new NdArray(Float32Array.of(1, 2, 3), [3, 1]) };
    const table = (entries: object) =>
      generateNoise(
        { kind: "realistic", guide: "cifar10n-worst", transfer: { table: entries as never } },
        withFeatures,
        key(1),
      );
    await expect(table({ cat: "cat", dog: "dug" })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[OrreryError: class table: guide cifar10n-worst has no class "dug"]`,
    );
    await expect(table({ cat: "cat", dog: "dog" })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[OrreryError: class table: expected a guide class for each class; got none for "cow"]`,
    );
    await expect(table({ cat: "cat", dog: "dog", cow: "dog" })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[OrreryError: class table: "dog" stands for two classes]`,
    );
    await expect(table({ cut: "cat" })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[OrreryError: class table: the data have no class "cut"]`,
    );
  });
});
