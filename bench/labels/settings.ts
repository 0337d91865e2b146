import { cifar10Classes, type Dataset, dataPath, readBytes, readIdxDataset } from "../../src/data/index.ts";
import { key, NdArray } from "../../src/engine/index.ts";
import {
  generateNoise,
  normalizeRows,
  pairTransition,
  symmetricTransition,
  transitionCounts,
} from "../../src/instruments/labels/noise/index.ts";
import type { TrainingOptions } from "../../src/instruments/labels/training/index.ts";

/** A data set whose labels are wrong in one way, and how all methods are trained on it. */
export interface Setting {
  readonly name: string;
  readonly options: Partial<TrainingOptions>;
  /** The observed labels of a seed. */
  observed(seed: number): Promise<Int32Array>;
  readonly train: Dataset;
  readonly test: Dataset;
  readonly truth: Int32Array;
  readonly transition: readonly (readonly number[])[];
  /** Last-epoch accuracy of prototypes in NumPy at the same sizes and schedule, where known. */
  readonly prototypes: Readonly<Record<string, number>>;
}

const images = (name: string) => dataPath("images", name);

/** CIFAR-10's images as 128 unsupervised features with the labels that at least one of three people got wrong. */
async function cifar10nWorst(): Promise<Setting> {
  const scale = new Float32Array((await readBytes(images("cifar10-feat128-scale.f32"))).slice().buffer);
  const features = async (file: string) => {
    const bytes = new Int8Array((await readBytes(images(file))).slice().buffer);
    return new NdArray(
      Float32Array.from(bytes, (value, i) => value * scale[i % 128]),
      [bytes.length / 128, 128],
    );
  };
  const columns = await readBytes(dataPath("labels", "cifar10n-labels-50000x6.u8"));
  const column = (index: number) => Int32Array.from({ length: 50_000 }, (_, i) => columns[6 * i + index]);
  const [truth, observed] = [column(0), column(5)];
  const classNames = cifar10Classes;
  const testLabels = Int32Array.from(await readBytes(images("cifar10-test10000-classorder-labels.u8")));
  return {
    name: "CIFAR-10N worst",
    options: {
      ...{ network: { kind: "mlp", hidden: [256] }, epochs: 30, learningRate: 0.1, standardize: "uniform" },
      noise: { rate: 0.4, kind: "human" },
    },
    observed: async () => observed,
    train: { inputs: await features("cifar10-feat128-train50000.i8"), labels: new NdArray(truth), classNames },
    test: { inputs: await features("cifar10-feat128-test10000.i8"), labels: new NdArray(testLabels), classNames },
    truth,
    transition: normalizeRows(transitionCounts(truth, observed, 10)),
    prototypes: { "cross-entropy": 52.4, gce: 61.7, elr: 60.9, forward: 61.1 },
  };
}

const uspsPrototypes = {
  symmetric: {
    ...{ "cross-entropy": 74.5, "label-smoothing": 78.7, gce: 91.1, sce: 89.1, mixup: 88.2, forward: 87.9 },
    ...{ elr: 92.4, sop: 84.4, "co-teaching": 89, dividemix: 93, "confident-learning": 87.9 },
  },
  pair: {
    ...{ "cross-entropy": 61.5, "label-smoothing": 63.3, gce: 69.7, sce: 64.3, mixup: 68, forward: 92.9 },
    ...{ elr: 86.4, sop: 62.8, "co-teaching": 84.7, dividemix: 91.2, "confident-learning": 69.1 },
  },
} as const;

async function usps(kind: "symmetric" | "pair"): Promise<Setting> {
  const read = (part: string) =>
    readIdxDataset(images(`usps-${part}-images-idx3-ubyte.gz`), images(`usps-${part}-labels-idx1-ubyte.gz`));
  const [train, test] = await Promise.all([read("train"), read("test")]);
  const rate = 0.4;
  const truth = train.labels.data;
  const target = { clean: truth, classNames: train.classNames };
  const observed = async (seed: number) => (await generateNoise({ kind, rate }, target, key(1000 + seed))).labels;
  return {
    ...{ name: `USPS ${kind} 40 %`, options: { noise: { rate, kind } }, observed, train, test, truth },
    transition: (kind === "symmetric" ? symmetricTransition : pairTransition)(10, rate),
    prototypes: uspsPrototypes[kind],
  };
}

/** The settings by the names that the command line knows, the quickest first. */
export const settingNames = ["symmetric", "pair", "cifar"] as const;

/** One of the three settings. */
export function loadSetting(name: (typeof settingNames)[number]): Promise<Setting> {
  return name === "cifar" ? cifar10nWorst() : usps(name);
}
