import { type Dataset, dataPath, readBytes, readIdxDataset } from "../../src/data/index.ts";
import { key, NdArray } from "../../src/engine/index.ts";
import {
  generateNoise,
  normalizeRows,
  pairTransition,
  symmetricTransition,
  transitionCounts,
} from "../../src/instruments/labels/noise/index.ts";
import {
  type MethodChoice,
  type MethodName,
  methodNames,
  type RobustResult,
  type TrainingOptions,
  trainRobust,
} from "../../src/instruments/labels/training/index.ts";
import { type BenchResult, type BenchRow, rowOf } from "../result.ts";

/** A data set whose labels are wrong in one way, and how all methods are trained on it. */
interface Setting {
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
  const classNames = Array.from({ length: 10 }, (_, i) => String(i));
  const testLabels = Int32Array.from(await readBytes(images("cifar10-test10000-classorder-labels.u8")));
  return {
    name: "CIFAR-10N worst",
    options: {
      ...{ network: { kind: "mlp", hidden: [256] }, epochs: 30, learningRate: 0.1 },
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
    ...{ elr: 92.4, sop: 84.4, "co-teaching": 89, dividemix: 93 },
  },
  pair: {
    ...{ "cross-entropy": 61.5, "label-smoothing": 63.3, gce: 69.7, sce: 64.3, mixup: 68, forward: 92.9 },
    ...{ elr: 86.4, sop: 62.8, "co-teaching": 84.7, dividemix: 91.2 },
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

const percent = (values: readonly number[]): string => {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const spread = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / Math.max(values.length - 1, 1));
  return `${(100 * mean).toFixed(1)} ± ${(100 * spread).toFixed(1)}`;
};

/** The rows of one method: its last epoch, with the other two choices in the note. */
async function rowFor(
  setting: Setting,
  method: MethodChoice,
  { seeds, epochs, title }: { readonly seeds: number; readonly epochs: number | undefined; readonly title: string },
): Promise<BenchRow> {
  const results: RobustResult[] = [];
  for (let seed = 0; seed < seeds; seed++) {
    const { train, test, options } = setting;
    results.push(
      await trainRobust({
        ...{ method, test, key: key(seed), options: epochs === undefined ? options : { ...options, epochs } },
        dataset: {
          inputs: train.inputs,
          labels: new NdArray(await setting.observed(seed)),
          classNames: train.classNames,
        },
      }),
    );
  }
  const accuracy = (pick: (result: RobustResult) => number | undefined) => results.map((result) => pick(result) ?? 0);
  const last = accuracy((result) => result.last.record.test?.accuracy);
  const best = accuracy((result) => result.model.record.test?.accuracy);
  const oracle = accuracy((result) => result.oracle?.record.test?.accuracy);
  const seconds = results.reduce((sum, result) => sum + result.seconds, 0) / seeds;
  const row = rowOf(
    `${setting.name}: ${title}`,
    (100 * last.reduce((a, b) => a + b, 0)) / seeds,
    setting.prototypes[title] ?? null,
    {
      note: `last ${percent(last)}, best by noisy validation ${percent(best)}, oracle ${percent(oracle)}, ${seconds.toFixed(1)} s`,
    },
  );
  console.error(`${row.workload}: ${row.note}`);
  return row;
}

/**
 * Test accuracy in percent of every method: the last epoch, with the best by noisy validation and the oracle beside it.
 * Arguments: `--seeds 3`, `--epochs N` (the published numbers when left out), `--data cifar|symmetric|pair`, then method names (all when none).
 */
export async function benchMethods(args: readonly string[]): Promise<BenchResult> {
  const value = (name: string) => {
    const place = args.indexOf(name);
    return place === -1 ? undefined : args[place + 1];
  };
  const isOption = (i: number) => args[i].startsWith("--") || args[i - 1]?.startsWith("--");
  const named = args.filter((_, i) => !isOption(i));
  const wanted = value("--data");
  const seeds = Number(value("--seeds") ?? 3);
  const epochs = value("--epochs") === undefined ? undefined : Number(value("--epochs"));
  const settings: Setting[] = [];
  if (wanted === undefined || wanted === "cifar") settings.push(await cifar10nWorst());
  for (const kind of ["symmetric", "pair"] as const) {
    if (wanted === undefined || wanted === kind) settings.push(await usps(kind));
  }
  const rows: BenchRow[] = [];
  for (const setting of settings) {
    for (const name of named.length === 0 ? methodNames : (named as MethodName[])) {
      const { transition } = setting;
      if (name === "forward") {
        rows.push(await rowFor(setting, { name, transition }, { seeds, epochs, title: "forward" }));
        rows.push(await rowFor(setting, name, { seeds, epochs, title: "forward, estimated matrix" }));
      } else rows.push(await rowFor(setting, name, { seeds, epochs, title: name }));
    }
  }
  return {
    question: `test accuracy in percent of the last epoch with wrong labels, ${seeds} seeds; the peer is a NumPy prototype at the same sizes`,
    rows,
  };
}
