import { NdArray } from "../engine/ndarray.ts";
import { datasetFromArrays, type LoadedDataset } from "./dataset.ts";
import { readBytes } from "./file.ts";
import { formatError } from "./format-error.ts";

/** Which of the two CIFAR sets: 10 classes, or 100 fine classes in 20 coarse ones. */
export type CifarVariant = "cifar10" | "cifar100";

/** The classes of CIFAR-10 in the order of their numbers. */
export const cifar10Classes: readonly string[] = [
  "airplane",
  "automobile",
  "bird",
  "cat",
  "deer",
  "dog",
  "frog",
  "horse",
  "ship",
  "truck",
];

const pixels = 3 * 32 * 32;

/** Where a record holds the label that `labels` names, and how many bytes come before its pixels. */
function recordLayout(
  variant: CifarVariant,
  labels: "fine" | "coarse",
): { labelAt: number; pixelsAt: number; classes: number } {
  if (variant === "cifar10") return { labelAt: 0, pixelsAt: 1, classes: 10 };
  return labels === "fine" ? { labelAt: 1, pixelsAt: 2, classes: 100 } : { labelAt: 0, pixelsAt: 2, classes: 20 };
}

/** How CIFAR records are read. */
export interface CifarOptions {
  /** Default `cifar10`. */
  readonly variant?: CifarVariant;
  /** Which labels of CIFAR-100; default `fine`. */
  readonly labels?: "fine" | "coarse";
  /** Default: CIFAR-10's names; numbers for CIFAR-100. */
  readonly classNames?: readonly string[];
}

/**
 * The images in the bytes of a CIFAR file of the binary version: records of one label (CIFAR-100: coarse, fine) and
 * 3,072 pixels, red, green and blue planes of 32×32. Inputs are uint8 `[n, 3, 32, 32]`.
 * @throws OrreryError `format` when the size is no whole number of records.
 */
export function decodeCifar(bytes: Uint8Array, options: CifarOptions = {}, source = "cifar"): LoadedDataset {
  const { variant = "cifar10", labels: kind = "fine" } = options;
  const { labelAt, pixelsAt, classes } = recordLayout(variant, kind);
  const record = pixelsAt + pixels;
  const count = Math.floor(bytes.length / record);
  if (count === 0 || bytes.length % record !== 0) {
    const other: CifarVariant = variant === "cifar10" ? "cifar100" : "cifar10";
    const fitsOther = bytes.length > 0 && bytes.length % (recordLayout(other, "fine").pixelsAt + pixels) === 0;
    throw formatError(source, {
      byte: count * record,
      expected: `whole records of ${record} bytes (${variant})`,
      got: `${bytes.length - count * record} bytes after ${count} records`,
      hint: fitsOther ? `The size fits ${other}: set variant.` : "The file was cut off: fetch it again.",
    });
  }
  const labels = new Uint8Array(count);
  const images = new Uint8Array(count * pixels);
  for (let i = 0; i < count; i++) {
    labels[i] = bytes[i * record + labelAt];
    images.set(bytes.subarray(i * record + pixelsAt, (i + 1) * record), i * pixels);
  }
  const names = variant === "cifar10" ? cifar10Classes : Array.from({ length: classes }, (_, k) => String(k));
  return datasetFromArrays({
    inputs: new NdArray(images, [count, 3, 32, 32]),
    labels: new NdArray(labels),
    classNames: options.classNames ?? names,
    source,
  });
}

/**
 * Reads one CIFAR file or several as one set, gzipped or not; see `decodeCifar`. Rows are counted through all files.
 * @throws OrreryError `not-found`, `format`.
 */
export async function readCifar(path: string | readonly string[], options: CifarOptions = {}): Promise<LoadedDataset> {
  const paths = typeof path === "string" ? [path] : path;
  const files = await Promise.all(paths.map(readBytes));
  if (files.length === 1) return decodeCifar(files[0], options, paths[0]);
  // Each file must be whole by itself, or records would shift unseen.
  files.forEach((bytes, i) => {
    decodeCifar(bytes, options, paths[i]);
  });
  return decodeCifar(Buffer.concat(files), options, paths.join(", "));
}
