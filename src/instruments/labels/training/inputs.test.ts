import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { beforeAll, describe, expect, it } from "vitest";
import { splitDigits, withLabels } from "../../../../test/kit/noisy-labels.ts";
import type { Dataset } from "../../../data/index.ts";
import { key, NdArray, ndarray } from "../../../engine/index.ts";
import { augmentationOf } from "./augmentation.ts";
import { symmetricBeta } from "./beta.ts";
import { exportClassifier } from "./export-classifier.ts";
import { fitScaling, scaleInputs } from "./inputs.ts";
import { type RobustResult, trainRobust } from "./train-robust.ts";

let digits: { readonly train: Dataset; readonly test: Dataset };
beforeAll(async () => {
  digits = await splitDigits();
});

describe("the scaling of inputs", () => {
  it("gives every feature mean 0 and deviation 1 on the rows it was fitted on, and leaves constant ones where they are", () => {
    const inputs = ndarray([
      [1, 7, 1e6],
      [3, 7, 1e6 + 1],
      [99, 0, 0],
    ]);
    const scaling = fitScaling(inputs, Int32Array.of(0, 1), "standardize");
    expect(scaling.mean).toEqual([2, 7, 1e6 + 0.5]);
    expect(scaling.scale).toEqual([1, 1, 0.5]);
    expect(Array.from(scaleInputs(inputs, scaling).data.slice(0, 6))).toEqual([-1, 0, -1, 1, 0, 1]);
  });

  it("divides all features by one number when uniform, so that their proportions stay", () => {
    const inputs = ndarray([
      [1, 10, 5],
      [3, 16, 5],
    ]);
    const { mean, scale } = fitScaling(inputs, Int32Array.of(0, 1), "uniform");
    expect(mean).toEqual([2, 13, 5]);
    // The features' variances are 1, 9 and 0.
    expect(scale).toEqual(Array(3).fill(Math.sqrt(10 / 3)));
    expect(fitScaling(inputs, Int32Array.of(0), "uniform").scale).toEqual([1, 1, 1]);
  });

  it("gives every channel of images one mean", () => {
    const images = new NdArray(Uint8Array.from([0, 2, 10, 10, 4, 6, 30, 30]), [2, 2, 1, 2]);
    expect(fitScaling(images, Int32Array.of(0, 1), "standardize").mean).toEqual([3, 20]);
    expect(fitScaling(images, Int32Array.of(0, 1), "none")).toEqual({ mean: [0, 0], scale: [1, 1] });
  });
});

describe("augmentation", () => {
  it("adds noise of the asked deviation, the same for the same key", () => {
    const augment = augmentationOf({ kind: "gaussian", deviation: 0.2 }, [100], key(1));
    const rows = (own: number) => {
      const values = new Float32Array(20_000);
      augment(values, key(own));
      return values;
    };
    const drawn = rows(5);
    const deviation = Math.sqrt(drawn.reduce((sum, x) => sum + x * x, 0) / drawn.length);
    expect(deviation).toBeGreaterThan(0.19);
    expect(deviation).toBeLessThan(0.21);
    expect(rows(5)).toEqual(drawn);
    expect(rows(6)).not.toEqual(drawn);
  });

  it("shifts and mirrors whole images: without padding one is itself or its mirror image", () => {
    const image = Float32Array.from({ length: 12 }, (_, i) => i + 1);
    const mirrored = Float32Array.from({ length: 12 }, (_, i) => 3 * Math.floor(i / 3) + (2 - (i % 3)) + 1);
    const augment = augmentationOf({ kind: "crop-flip", padding: 0 }, [2, 2, 3], key(1));
    const rows = Float32Array.from({ length: 50 * 12 }, (_, i) => image[i % 12]);
    augment(rows, key(2));
    const seen = new Set<string>();
    for (let i = 0; i < 50; i++) seen.add(String(rows.slice(12 * i, 12 * i + 12)));
    expect(seen).toEqual(new Set([String(image), String(mirrored)]));
  });

  it("fills what a shift brings in with zeros", () => {
    const augment = augmentationOf({ kind: "crop-flip", padding: 1, flip: false }, [1, 3, 3], key(1));
    const rows = new Float32Array(200 * 9).fill(1);
    augment(rows, key(4));
    const sums = Array.from({ length: 200 }, (_, i) => rows.slice(9 * i, 9 * i + 9).reduce((a, b) => a + b, 0));
    expect(new Set(sums)).toEqual(new Set([4, 6, 9]));
  });
});

describe("symmetricBeta", () => {
  it.each([0.3, 1, 4])("of %f has mean 1/2 and variance 1 / (4 (2α + 1))", (alpha) => {
    const draws = Array.from({ length: 4000 }, (_, i) => symmetricBeta(alpha, key(7).fold(i)));
    const mean = draws.reduce((a, b) => a + b, 0) / draws.length;
    const variance = draws.reduce((sum, x) => sum + (x - 0.5) ** 2, 0) / draws.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.025);
    expect(Math.abs(variance * 4 * (2 * alpha + 1) - 1)).toBeLessThan(0.1);
  });
});

describe("exportClassifier", () => {
  async function run(result: RobustResult, inputs: NdArray): Promise<OrtTensor> {
    const session = await InferenceSession.create(exportClassifier(result.model));
    const input = new OrtTensor("float32", Float32Array.from(inputs.data as Float32Array), [...inputs.shape]);
    const outputs = await session.run({ input });
    expect(outputs.logits.dims).toEqual([inputs.shape[0], 10]);
    return outputs.probabilities;
  }

  it.each([
    ["gce", { kind: "mlp", hidden: [16] }],
    ["dividemix", { kind: "mlp", hidden: [16] }],
    ["elr", { kind: "cnn", width: 4 }],
    ["co-teaching", { kind: "resnet8", width: 4 }],
  ] as const)(
    "gives the trained probabilities of %s with %o on raw inputs, at any batch size",
    async (method, network) => {
      const isImage = network.kind !== "mlp";
      const { inputs, labels } = digits.train;
      const count = 300;
      const shape = isImage ? [count, 1, 8, 8] : [count, 64];
      const dataset: Dataset = {
        ...withLabels(digits.train, labels.data.slice(0, count)),
        inputs: new NdArray(inputs.data.slice(0, count * 64) as Float32Array, shape),
      };
      const augmentation = isImage
        ? ({ kind: "crop-flip", padding: 1, flip: false } as const)
        : ({ kind: "none" } as const);
      const options = { epochs: 2, network, augmentation };
      const result = await trainRobust({ method, options, dataset, validation: { fraction: 0 }, key: key(1) });
      const { data } = await run(result, dataset.inputs);
      result.probabilities.data.forEach((p, i) => {
        expect(Number(data[i])).toBeCloseTo(p, 4);
      });
    },
  );

  it("trains what it is given: a network of the caller's", async () => {
    const { mlp } = await import("../../../nn/index.ts");
    const dataset = { ...digits.train };
    const network = (shape: readonly number[], classes: number) => mlp({ sizes: [shape[0], 8, classes] }) as never;
    const result = await trainRobust({
      method: "cross-entropy",
      options: { epochs: 6, network },
      dataset,
      key: key(1),
    });
    expect(result.last.record.validation?.accuracy).toBeGreaterThan(0.5);
  });
});
