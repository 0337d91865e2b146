import { beforeAll, describe, expect, it } from "vitest";
import { splitDigits, withNoise } from "../../../../../test/kit/noisy-labels.ts";
import { type Dataset, subset } from "../../../../data/index.ts";
import { key } from "../../../../engine/index.ts";
import { methodNames, methodOf } from "../choice.ts";
import { type RobustTraining, trainRobust } from "../train-robust.ts";
import type { MethodName } from "./index.ts";

/** Test accuracy in percent on the shipped digits with 40 % symmetric noise, where cross-entropy has 69: the measured value ± 6. */
const measured: Readonly<Record<MethodName, number>> = {
  "cross-entropy": 68.9,
  "label-smoothing": 71.3,
  mixup: 80.3,
  forward: 83.1,
  "t-revision": 77.5,
  volminnet: 82.8,
  gce: 89.6,
  sce: 79.0,
  mae: 84.0,
  "nce-rce": 91.0,
  "peer-loss": 75.1,
  cores: 72.1,
  elr: 86.1,
  sop: 88.5,
  pencil: 74.6,
  "co-teaching": 88.1,
  "co-teaching-plus": 80.6,
  jocor: 90.2,
  "confident-learning": 90.0,
  aum: 91.0,
  "meta-weight-net": 71.1,
  "elr-plus": 92.3,
  dividemix: 95.7,
};

let digits: { readonly train: Dataset; readonly test: Dataset };
let noisy: Dataset;

beforeAll(async () => {
  digits = await splitDigits();
  noisy = await withNoise(digits.train, { kind: "symmetric", rate: 0.4, key: key(8) });
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

  const variants: readonly (readonly [string, RobustTraining["method"], number])[] = [
    ["truncated GCE", { name: "gce", truncated: true }, 91.7],
    ["negative label smoothing", { name: "label-smoothing", rate: -0.2, warmUp: 4 }, 64.6],
    ["Forward with a matrix by anchor points", { name: "forward", estimator: "anchor" }, 77],
    ["Forward with a matrix by HOC", { name: "forward", estimator: "hoc" }, 77],
    ["SOP+", { name: "sop", consistency: 0.9, balance: 0.1 }, 89],
  ];

  it.each(variants)("%s trains the digits to where it was measured", async (_, method, value) => {
    const reached = await accuracy(method);
    expect(reached).toBeGreaterThan(value - 6);
    expect(reached).toBeLessThan(value + 6);
  });

  it("Meta-Weight-Net is better with 200 trusted rows than with noisy ones", async () => {
    const rows = Array.from({ length: 200 }, (_, i) => i);
    const reached = await accuracy("meta-weight-net", { trusted: subset(digits.train, rows) });
    expect(reached).toBeGreaterThan(measured["meta-weight-net"] + 3);
    expect(reached).toBeLessThan(measured["meta-weight-net"] + 15);
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
