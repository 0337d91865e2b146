import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { OrreryError } from "../errors.ts";
import { listNames } from "../nearest-name.ts";
import { type CifarVariant, readCifar } from "./cifar.ts";
import { readCsv } from "./csv.ts";
import { datasetFromArrays, type LoadedDataset } from "./dataset.ts";
import { fileError } from "./file.ts";
import { formatError } from "./format-error.ts";
import { idxLabelsPath, readIdxDataset } from "./idx.ts";
import { readImageFolder } from "./image-folder.ts";
import { datasetFromImageTable } from "./image-table.ts";
import type { ImageOptions } from "./images.ts";
import { readNpy } from "./npy.ts";
import { readNpz } from "./npz.ts";
import { readParquet } from "./parquet.ts";
import { columnNames, type Table } from "./table.ts";
import { datasetFromTable, type FeatureChoice } from "./table-dataset.ts";

/** What `readDataset` may be told beside the path; each option names the formats that it concerns. */
export interface ReadDatasetOptions extends ImageOptions, FeatureChoice {
  /** Tables, npz: the column or array of labels; default: the first called label, labels, class, target or y. */
  readonly label?: string;
  /** Npz: the array of inputs; default: the first called inputs, x, X, features, images or data. */
  readonly inputs?: string;
  /** Tables: the column of image files, relative to the table's folder; the inputs are then images. */
  readonly image?: string;
  /** Idx, npy: the file of labels; default for idx: the one that by MNIST's custom stands beside the images. */
  readonly labelsFile?: string;
  /** CIFAR binary; default `cifar10`. */
  readonly cifar?: CifarVariant;
  /** All formats: the classes in order. */
  readonly classNames?: readonly string[];
}

interface Wanted {
  readonly option: "label" | "inputs";
  readonly given: string | undefined;
  readonly usual: readonly string[];
}

function wantedLabel({ label }: ReadDatasetOptions): Wanted {
  return { option: "label", given: label, usual: ["label", "labels", "class", "target", "y"] };
}

function wantedInputs({ inputs }: ReadDatasetOptions): Wanted {
  return { option: "inputs", given: inputs, usual: ["inputs", "x", "X", "features", "images", "data"] };
}

/** The name that was given, else the first usual one that is there. */
function pickName({ option, given, usual }: Wanted, names: readonly string[], source: string): string {
  const picked = given ?? usual.find((name) => names.includes(name));
  if (picked !== undefined) return picked;
  throw new OrreryError(
    "argument",
    `${source}: expected a name among ${usual.join(", ")}; got ${listNames(names, 12)}`,
    {
      hint: `Say which one it is with the option "${option}".`,
    },
  );
}

async function fromTable(table: Table, options: ReadDatasetOptions): Promise<LoadedDataset> {
  const label = pickName(wantedLabel(options), columnNames(table), table.source);
  if (options.image === undefined) return datasetFromTable(table, { ...options, label });
  return datasetFromImageTable(table, { ...options, label, image: options.image });
}

async function fromNpz(path: string, options: ReadDatasetOptions): Promise<LoadedDataset> {
  const npz = await readNpz(path);
  const label = pickName(wantedLabel(options), npz.names, path);
  const inputs = pickName(wantedInputs(options), npz.names, path);
  return datasetFromArrays({
    inputs: npz.array(inputs),
    labels: npz.isText(label) ? npz.text(label) : npz.array(label),
    classNames: options.classNames,
    source: path,
  });
}

/** The file of labels that goes with `path`. */
function labelsFileOf(path: string, given: string | undefined, usual: string | undefined): string {
  const file = given ?? usual;
  if (file !== undefined) return file;
  throw new OrreryError("argument", `${path}: expected a file of labels beside it; got none`, {
    hint: 'Name it with the option "labelsFile".',
  });
}

async function fromNpy(path: string, { labelsFile, classNames }: ReadDatasetOptions): Promise<LoadedDataset> {
  const file = labelsFileOf(path, labelsFile, undefined);
  const [inputs, labels] = await Promise.all([readNpy(path), readNpy(file)]);
  return datasetFromArrays({ inputs, labels, classNames, source: `${path} with ${file}` });
}

const readers: readonly (readonly [RegExp, (path: string, options: ReadDatasetOptions) => Promise<LoadedDataset>])[] = [
  [/\.(csv|tsv|txt)$/i, async (path, options) => fromTable(await readCsv(path), options)],
  [/\.(parquet|pq)$/i, async (path, options) => fromTable(await readParquet(path), options)],
  [/\.npz$/i, fromNpz],
  [/\.npy$/i, fromNpy],
  [
    /(idx\d-ubyte|\.idx\d?(-ubyte)?)$/i,
    (path, { labelsFile, classNames }) =>
      readIdxDataset(path, labelsFileOf(path, labelsFile, idxLabelsPath(path)), classNames),
  ],
  [/\.bin$/i, (path, { cifar, classNames }) => readCifar(path, { variant: cifar, classNames })],
];

/**
 * Reads a labelled data set of any supported form: a folder of images with a sub-folder for each class, a csv, tsv or
 * parquet table of features or of image files, npz, a pair of npy or idx files, a CIFAR binary file; all but parquet
 * also gzipped. The form is told by the name. Rows that cannot be used are in `rejected`, with the reason.
 * @throws OrreryError `not-found`, `format` and `argument` as the reader of each form does.
 */
export async function readDataset(path: string, options: ReadDatasetOptions = {}): Promise<LoadedDataset> {
  const found = await stat(path).catch(async (cause) => {
    throw await fileError(path, cause);
  });
  if (found.isDirectory()) return readImageFolder(path, options);
  const name = path.replace(/\.gz$/i, "");
  const read = readers.find(([pattern]) => pattern.test(name))?.[1];
  if (read !== undefined) return read(path, options);
  throw formatError(path, {
    expected:
      "a folder of images, or a name that ends in .csv, .tsv, .parquet, .npz, .npy, idx3-ubyte or .bin, perhaps with .gz",
    got: `"${basename(path)}"`,
    hint: "Rename the file, or call the reader of its format.",
  });
}
