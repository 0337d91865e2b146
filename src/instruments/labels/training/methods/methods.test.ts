import { beforeAll, describe, expect, it } from "vitest";
import { noisyLabels, splitDigits, withLabels } from "../../../../../test/kit/noisy-labels.ts";
import { type Dataset, subset } from "../../../../data/index.ts";
import { key } from "../../../../engine/index.ts";
import { methodNames, methodOf } from "../choice.ts";
import { type RobustTraining, trainRobust } from "../train-robust.ts";
import type { MethodName } from "./index.ts";

/** Test accuracy in percent on the shipped digits with 40 % symmetric noise, where cross-entropy has 71: the measured value ± 6. */
const measured: Readonly<Record<MethodName, number>> = {
  "cross-entropy": 71.1,
  "label-smoothing": 71.8,
  mixup: 82.1,
  forward: 87.5,
  volminnet: 88.3,
  gce: 92,
  sce: 82.6,
  mae: 83.3,
  "nce-rce": 92.2,
  "peer-loss": 76.8,
  cores: 75,
  elr: 87.6,
  sop: 90.3,
  pencil: 77.1,
  "co-teaching": 89.8,
  "co-teaching-plus": 88.3,
  jocor: 83.8,
  aum: 93,
  "meta-weight-net": 69.3,
  "elr-plus": 93.2,
  dividemix: 95.7,
};

let digits: { readonly train: Dataset; readonly test: Dataset };
let noisy: Dataset;

beforeAll(async () => {
  digits = await splitDigits();
  const noise = { kind: "symmetric", rate: 0.4, classes: 10, key: key(8) } as const;
  noisy = withLabels(digits.train, noisyLabels(digits.train.labels.data, noise));
});

async function accuracy(method: RobustTraining["method"], more: Partial<RobustTraining> = {}): Promise<number> {
  const noise = { rate: 0.4, kind: "symmetric" } as const;
  const options = { ...shared, noise };
  const result = await trainRobust({ method, options, dataset: noisy, test: digits.test, key: key(1), ...more });
  return 100 * (result.last.record.test?.accuracy ?? 0);
}

const shared = { epochs: 30, batchSize: 64, learningRate: 0.05 } as const;

describe("methods for noisy labels", () => {
  it.each(methodNames)("%s trains the digits to where it was measured", async (name) => {
    const value = await accuracy(name);
    expect(value).toBeGreaterThan(measured[name] - 6);
    expect(value).toBeLessThan(measured[name] + 6);
  });

  it("the variants of methods train too", async () => {
    const some = subset(
      digits.train,
      Array.from({ length: 200 }, (_, i) => i),
    );
    expect(await accuracy({ name: "gce", truncated: true })).toBeGreaterThan(88);
    expect(await accuracy({ name: "label-smoothing", rate: -0.2, warmUp: 4 })).toBeGreaterThan(58);
    expect(await accuracy({ name: "forward", estimator: "anchor" })).toBeGreaterThan(74);
    expect(await accuracy({ name: "sop", consistency: 0.9, balance: 0.1 })).toBeGreaterThan(84);
    expect(await accuracy("meta-weight-net", { trusted: some })).toBeGreaterThan(74);
  });

  it("says of each method what it is, where it comes from and what each setting means", () => {
    for (const name of methodNames) {
      const { title, summary, source, fields, defaults } = methodOf(name);
      for (const text of [title, summary]) expect(text.length).toBeGreaterThan(2);
      expect(source).toMatch(/20\d\d/);
      const settings = defaults({ rate: 0.3, kind: "symmetric", classes: 10, epochs: 40 });
      expect(Object.keys(settings).sort()).toEqual(Object.keys(fields).sort());
    }
  });
});
