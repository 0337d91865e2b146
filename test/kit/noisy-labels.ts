import { type Dataset, dataPath, loadDigits, readIdxDataset } from "../../src/data/index.ts";
import { type Key, NdArray } from "../../src/engine/index.ts";
import { generateNoise } from "../../src/instruments/labels/noise/index.ts";

/** Noise of one rate: any other class alike, or the next class. */
export interface NoiseOptions {
  readonly kind: "symmetric" | "pair";
  readonly rate: number;
  readonly key: Key;
}

/** The data set with a part of its labels replaced. */
export async function withNoise(dataset: Dataset, { key, ...noise }: NoiseOptions): Promise<Dataset> {
  const target = { clean: dataset.labels.data, classNames: dataset.classNames };
  return withLabels(dataset, (await generateNoise(noise, target, key)).labels);
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
