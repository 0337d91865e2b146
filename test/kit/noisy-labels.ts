import { type Dataset, dataPath, loadDigits, readIdxDataset } from "../../src/data/index.ts";
import { type Key, NdArray, sampleUniform } from "../../src/engine/index.ts";

/** Noise of one rate: any other class alike, or the next class. */
export interface NoiseOptions {
  readonly kind: "symmetric" | "pair";
  readonly rate: number;
  readonly classes: number;
  readonly key: Key;
}

/** Labels of which a part is replaced. */
export function noisyLabels(truth: Int32Array, { kind, rate, classes, key }: NoiseOptions): Int32Array {
  const draws = sampleUniform(key, 2 * truth.length, "float64");
  return truth.map((label, i) => {
    if (draws[2 * i] >= rate) return label;
    const shift = kind === "pair" ? 1 : 1 + Math.floor(draws[2 * i + 1] * (classes - 1));
    return (label + shift) % classes;
  });
}

/** The transition matrix of that noise. */
export function transitionOfNoise({ kind, rate, classes }: Omit<NoiseOptions, "key">): number[][] {
  return Array.from({ length: classes }, (_, i) =>
    Array.from({ length: classes }, (_column, j) => {
      if (i === j) return 1 - rate;
      if (kind === "symmetric") return rate / (classes - 1);
      return j === (i + 1) % classes ? rate : 0;
    }),
  );
}

/** A data set with the labels replaced. */
export function withLabels(dataset: Dataset, labels: Int32Array): Dataset {
  return { inputs: dataset.inputs, labels: new NdArray(labels), classNames: dataset.classNames };
}

/** The USPS digits, 7,291 to learn and 2,007 to test, 16 by 16. */
export async function loadUsps(): Promise<{ readonly train: Dataset; readonly test: Dataset }> {
  const read = (part: string) =>
    readIdxDataset(
      dataPath(`images/usps-${part}-images-idx3-ubyte.gz`),
      dataPath(`images/usps-${part}-labels-idx1-ubyte.gz`),
    );
  const [train, test] = await Promise.all([read("train"), read("test")]);
  return { train, test };
}

/** The shipped digits, 8 by 8, with every third for the test. */
export async function splitDigits(): Promise<{ readonly train: Dataset; readonly test: Dataset }> {
  const { inputs, labels, classNames } = await loadDigits();
  const part = (isTest: boolean): Dataset => {
    const rows = Array.from(labels.data, (_, i) => i).filter((i) => (i % 3 === 0) === isTest);
    const width = inputs.size / inputs.shape[0];
    const data = Float32Array.from(
      rows.flatMap((row) => Array.from(inputs.data.slice(row * width, (row + 1) * width), Number)),
    );
    return {
      inputs: new NdArray(data, [rows.length, ...inputs.shape.slice(1)]),
      labels: new NdArray(Int32Array.from(rows, (row) => labels.data[row])),
      classNames,
    };
  };
  return { train: part(false), test: part(true) };
}
