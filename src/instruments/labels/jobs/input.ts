import { type Dataset, type LoadedDataset, loadDigits, type RejectedRow, readDataset } from "../../../data/index.ts";
import { type Key, NdArray } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import type { JobContext } from "../../../lab/index.ts";
import { outOfFoldProbabilities } from "../audit/index.ts";
import { generateNoise, type NoiseSpec, type NoisyLabels } from "../noise/index.ts";
import type { RobustResult } from "../training/index.ts";
import type { InputOptions, NoiseOption } from "./input-options.ts";

/** Labelled data with where it came from. */
export interface Input {
  readonly dataset: Dataset;
  /** Known for files, not for the shipped digits. */
  readonly loaded?: LoadedDataset;
  readonly name: string;
  readonly rejected: readonly RejectedRow[];
}

/** The digits as images, 8×8 in 0…16. */
async function digits(): Promise<Input> {
  const { inputs, labels, classNames } = await loadDigits();
  const images = inputs.reshape([inputs.shape[0], 1, 8, 8]);
  return { dataset: { inputs: images, labels, classNames }, name: "the shipped handwritten digits", rejected: [] };
}

/** What to do about a table that cannot be read, in the options' words: the readers speak of their own arguments. */
function inOptions(error: unknown): unknown {
  if (!(error instanceof OrreryError)) return error;
  const column = /: column ("(?:[^"\\]|\\.)*"): expected (?:a number|numbers)/.exec(error.message)?.[1];
  const hint =
    column !== undefined
      ? `Features are numbers: leave the column out with --ignore ${column}, name the features with --features, or write it in numbers.`
      : error.message.includes("expected class names or whole numbers")
        ? "Labels are classes: name another column with --label, or give each range of values a name."
        : error.message.includes("expected column names that do not repeat")
          ? "Rename one; a table needs a first line with the names of its columns."
          : error.hint;
  const { code, message, cause } = error;
  return new OrreryError(code, message, { cause, ...(hint === undefined ? {} : { hint }) });
}

/** Reads the data that the options name; the shipped digits when they name none. @throws OrreryError of the reader. */
export async function readInput(options: InputOptions): Promise<Input> {
  const { data, classes, features, ...rest } = options;
  if (data === undefined) return digits();
  const loaded = await readDataset(data, {
    ...rest,
    ...(features.length > 0 ? { features } : {}),
    ...(classes.length > 0 ? { classNames: classes } : {}),
  }).catch((error: unknown) => {
    throw inOptions(error);
  });
  return { dataset: loaded, loaded, name: data, rejected: loaded.rejected };
}

/** Keeps the rows that could not be used as a table, and warns of them. */
export async function reportRejected(
  { rejected = [] }: { readonly rejected?: readonly RejectedRow[] },
  context: JobContext,
): Promise<void> {
  if (rejected.length === 0) return;
  const lines = rejected.map(({ row, line, file, reason }) =>
    [row, line ?? "", file ?? "", reason].map(csvCell).join(","),
  );
  await context.artifact(
    "rejected-rows.csv",
    `row,line,file,reason\n${lines.join("\n")}\n`,
    "Rows that could not be used, and why",
  );
  context.warn(
    `${rejected.length} rows could not be used; rejected-rows.csv tells each with its reason. The first: ${rejected[0].reason}`,
  );
}

function csvCell(value: string | number): string {
  const text = String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** What noise is put on a data set, and how. */
export interface NoiseChoice {
  readonly noise: NoiseOption;
  readonly rate: number;
  readonly guide: string;
}

function namedSpec({ noise, rate, guide }: Omit<NoiseChoice, "noise"> & { readonly noise: string }): NoiseSpec {
  switch (noise) {
    case "none":
      return { kind: "clean" };
    case "symmetric-inclusive":
      return { kind: "symmetric", rate, inclusive: true };
    case "asymmetric":
      return { kind: "asymmetric", rate, table: "mnist" };
    case "realistic":
      return { kind: "realistic", guide, rate };
    case "symmetric":
    case "pair":
    case "random-matrix":
    case "instance-dependent":
    case "cluster":
    case "realistic-annotators":
      return { kind: noise, rate };
    default:
      throw new OrreryError("not-found", `label noise: no kind "${noise}"`);
  }
}

/** Noise that follows a reference model is given the probabilities of one trained on the true labels, out of fold. */
async function specOf(choice: NoiseChoice, dataset: Dataset, key: Key, signal: AbortSignal): Promise<NoiseSpec> {
  const { noise, guide } = choice;
  if (typeof noise === "string") return namedSpec({ ...choice, noise });
  if (noise.kind === "realistic") return { guide, ...noise };
  if (noise.kind === "polynomial-margin" || noise.kind === "teacher") {
    const probabilities = await outOfFoldProbabilities(dataset, { method: "cross-entropy", key, signal });
    return noise.kind === "teacher" ? { ...noise, probabilities } : { ...noise, posterior: probabilities };
  }
  if (noise.kind === "imbalanced") return { ...noise, base: noise.base as NoiseSpec };
  return noise as NoiseSpec;
}

/**
 * Puts noise on a data set whose labels are taken for true. Realistic noise tells its calibration as progress.
 * @throws OrreryError `argument` for settings that do not fit the data.
 */
export async function putNoise(
  dataset: Dataset,
  choice: NoiseChoice,
  key: Key,
  context: JobContext,
): Promise<NoisyLabels> {
  const [forReference, forNoise] = key.split(2);
  context.progress({ done: 0, label: "making noise" });
  const spec = await specOf(choice, dataset, forReference, context.signal);
  const target = { clean: dataset.labels.data, classNames: dataset.classNames, features: dataset.inputs };
  return generateNoise(spec, target, forNoise);
}

/** The data set with other labels. */
export function withLabels(dataset: Dataset, labels: Int32Array): Dataset {
  return { ...dataset, labels: new NdArray(labels, [labels.length], "int32") };
}

/** Keeps what a method thinks of its training rows, where it chooses: a table of rows, labels, trust and proposals. */
export async function writeSelection(
  { selection, trainRows }: Pick<RobustResult, "selection" | "trainRows">,
  { labels, classNames }: Dataset,
  context: JobContext,
): Promise<void> {
  if (selection === undefined) return;
  const lines = Array.from(trainRows, (row, i) => {
    const given = classNames[labels.data[row]];
    return [row + 1, given, selection.kept[i], selection.weights[i].toPrecision(4), classNames[selection.labels[i]]]
      .map(csvCell)
      .join(",");
  });
  await context.artifact(
    "selection.csv",
    `row,label,trusted,weight,proposed\n${lines.join("\n")}\n`,
    "What the method thinks of each training row: whether it trusts the label, and which one it would give",
  );
}
