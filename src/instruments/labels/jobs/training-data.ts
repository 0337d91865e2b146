import {
  columnNames,
  type Dataset,
  readCsv,
  readDataset,
  readParquet,
  stratifiedSplit,
  subset,
  type Table,
  textColumn,
} from "../../../data/index.ts";
import type { Key } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import type { JobContext } from "../../../lab/index.ts";
import { hintForName } from "../../../nearest-name.ts";
import { noiseFigures } from "../reports/noise.ts";
import type { LabelledInputs } from "../training/index.ts";
import { type Input, putNoise, readInput, reportRejected, withLabels } from "./input.ts";
import type { InputOptions, NoiseOption } from "./input-options.ts";

/** Data to train on, with what is known of the truth. */
export interface TrainingData {
  readonly dataset: Dataset;
  readonly truth?: Int32Array;
  readonly test?: LabelledInputs;
}

interface TrainingDataOptions extends InputOptions {
  readonly test?: string;
  readonly truth?: string;
  readonly noise: NoiseOption;
  readonly rate: number;
  readonly guide: string;
}

async function readTable(path: string): Promise<Table> {
  return /\.(parquet|pq)$/i.test(path) ? readParquet(path) : readCsv(path);
}

/** The column of true labels of a table, for the rows that were read. */
async function truthOf(input: Input, column: string): Promise<Int32Array> {
  const { loaded, name } = input;
  if (loaded === undefined || !/\.(csv|tsv|txt|parquet|pq)(\.gz)?$/i.test(name)) {
    throw new OrreryError("argument", `truth: ${name} is no table with a column "${column}"`);
  }
  const table = await readTable(name);
  if (!columnNames(table).includes(column)) {
    throw new OrreryError("not-found", `${name}: no column "${column}"`, {
      hint: hintForName(column, columnNames(table), "The columns are"),
    });
  }
  const values = textColumn(table, column);
  const at = new Map(Array.from(table.rows, (row, i) => [row, i]));
  return Int32Array.from(loaded.rows, (row) => {
    const value = values[at.get(row) ?? -1];
    const index = loaded.classNames.indexOf(String(value));
    if (index >= 0) return index;
    throw new OrreryError(
      "argument",
      `${name}: row ${row}: expected a true label among the classes; got ${JSON.stringify(value ?? null)}`,
    );
  });
}

/** Reads what the options name, splits off a test set where the shipped digits are used, and puts the noise on. */
export async function trainingData(options: TrainingDataOptions, key: Key, context: JobContext): Promise<TrainingData> {
  const [forSplit, forNoise] = key.split(2);
  const input = await readInput(options);
  await reportRejected(input, context);
  const isShipped = options.data === undefined;
  const parts = isShipped ? stratifiedSplit(input.dataset.labels.data, { train: 0.8, test: 0.2 }, forSplit) : undefined;
  const clean = parts === undefined ? input.dataset : subset(input.dataset, parts.train);
  const test =
    options.test === undefined
      ? parts && subset(input.dataset, parts.test)
      : await readDataset(options.test, { ...options, classNames: clean.classNames });
  const truth = options.truth === undefined ? undefined : await truthOf(input, options.truth);
  const noise = options.noise === "none" && isShipped ? "realistic" : options.noise;
  if (noise === "none") return { dataset: clean, truth, test };
  const made = await putNoise(clean, { ...options, noise }, forNoise, context);
  for (const figure of noiseFigures(made)) context.figure(figure);
  for (const note of made.notes) context.note(note);
  const kept = made.rows === undefined ? clean : subset(clean, made.rows);
  return { dataset: withLabels(kept, made.labels), truth: made.clean, test };
}
