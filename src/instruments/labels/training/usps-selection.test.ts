import { beforeAll, describe, expect, it } from "vitest";
import { loadUsps, withNoise } from "../../../../test/kit/noisy-labels.ts";
import { uspsAccuracies } from "../../../../test/kit/usps-accuracies.ts";
import type { Dataset } from "../../../data/index.ts";
import { key } from "../../../engine/index.ts";
import { trainRobust } from "./train-robust.ts";

let usps: { readonly train: Dataset; readonly test: Dataset };

beforeAll(async () => {
  usps = await loadUsps();
});

describe("choosing rows of USPS with 40 % wrong labels", { timeout: 600_000 }, () => {
  it.each([
    ["symmetric", 87.5, 92],
    ["pair", 82, 91],
  ] as const)("withstands %s noise with Co-teaching", async (kind, low, high) => {
    const { last } = await uspsAccuracies("co-teaching", { usps, kind });
    expect(last).toBeGreaterThanOrEqual(low);
    expect(last).toBeLessThan(high);
  });

  it("withstands symmetric noise with DivideMix", async () => {
    const { last } = await uspsAccuracies("dividemix", { usps, kind: "symmetric" });
    expect(last).toBeGreaterThanOrEqual(91.5);
    expect(last).toBeLessThan(95);
  });

  it("finds the wrong labels by confident learning and is better without them", async () => {
    const truth = usps.train.labels.data;
    const dataset = await withNoise(usps.train, { kind: "symmetric", rate: 0.4, key: key(100) });
    const method = "confident-learning";
    const { last, selection, trainRows } = await trainRobust({ method, dataset, test: usps.test, key: key(0) });
    const isWrong = Array.from(trainRows, (row) => dataset.labels.data[row] !== truth[row]);
    const left = Array.from(selection?.kept ?? [], (kept) => kept === 0);
    const found = left.filter((isLeft, i) => isLeft && isWrong[i]).length;
    const precision = found / left.filter(Boolean).length;
    const recall = found / isWrong.filter(Boolean).length;
    expect(precision).toBeGreaterThanOrEqual(0.87);
    expect(precision).toBeLessThan(0.98);
    expect(recall).toBeGreaterThanOrEqual(0.82);
    expect(recall).toBeLessThan(0.98);
    expect(last.record.test?.accuracy).toBeGreaterThanOrEqual(0.86);
    expect(last.record.test?.accuracy).toBeLessThan(0.93);
  });
});
