import { allocate, type DType, isFloat } from "../engine/dtype.ts";
import { NdArray } from "../engine/ndarray.ts";
import { formatShape, sizeOf } from "../engine/shape.ts";
import { OrreryError } from "../errors.ts";
import { readLabels } from "./labels.ts";

/**
 * Labelled examples: `inputs` `[n, …]` (features `[n, d]` as float32, images `[n, channels, height, width]` as uint8
 * in 0…255), `labels` `[n]`, where label `k` means `classNames[k]`.
 */
export interface Dataset {
  readonly inputs: NdArray;
  readonly labels: NdArray<"int32">;
  readonly classNames: readonly string[];
}

/** Examples with real-valued targets: `inputs` `[n, d]`, `targets` `[n, m]`, one name for each column of both. */
export interface RegressionDataset {
  readonly inputs: NdArray<"float32">;
  readonly targets: NdArray<"float32">;
  readonly featureNames: readonly string[];
  readonly targetNames: readonly string[];
}

/** A row that a loader could not use, and why. */
export interface RejectedRow {
  /** 1-based number of the row in its file, a header not counted; of the image in the folder's order. */
  readonly row: number;
  /** 1-based line of a text file on which the row begins. */
  readonly line?: number;
  /** The file, where one load reads many. */
  readonly file?: string;
  readonly reason: string;
}

/** What a loader gives beside the data: where every example came from and which rows it could not use. */
export interface Loaded {
  /** `rows[i]` is the 1-based row of example `i` in its source. */
  readonly rows: Int32Array;
  readonly rejected: readonly RejectedRow[];
}

/** A labelled data set as a loader gives it. `files[i]` is the file of example `i`, where each has its own. */
export interface LoadedDataset extends Dataset, Loaded {
  readonly featureNames?: readonly string[];
  readonly files?: readonly string[];
}

/**
 * The rows `indices` of `array` `[n, …]`, in that order, as a copy `[indices.length, …]`.
 * @throws OrreryError `shape` for a scalar, `argument` when an index is outside `[0, n)`.
 */
export function takeRows<D extends DType>(array: NdArray<D>, indices: ArrayLike<number>): NdArray<D> {
  if (array.shape.length === 0) throw new OrreryError("shape", "takeRows: expected an array with rows; got a scalar");
  const [count, ...rest] = array.shape;
  const width = sizeOf(rest);
  const data = allocate(array.dtype, indices.length * width);
  for (let i = 0; i < indices.length; i++) {
    const row = indices[i];
    if (!Number.isInteger(row) || row < 0 || row >= count) {
      throw new OrreryError("argument", `takeRows: expected indices in [0, ${count}); got ${row} at position ${i}`);
    }
    const part = array.data.subarray(row * width, (row + 1) * width);
    (data as Float64Array).set(part as Float64Array, i * width);
  }
  return new NdArray(data, [indices.length, ...rest], array.dtype);
}

/** The examples `indices` of a data set, in that order. @throws OrreryError `argument` when an index is out of range. */
export function subset(dataset: Dataset, indices: ArrayLike<number>): Dataset {
  return {
    inputs: takeRows(dataset.inputs, indices),
    labels: takeRows(dataset.labels, indices),
    classNames: dataset.classNames,
  };
}

/** What `datasetFromArrays` puts together. */
export interface ArraysOfDataset {
  readonly inputs: NdArray;
  /** Class indices `[n]` of any dtype, whole numbers from 0, or class names. */
  readonly labels: NdArray | readonly string[];
  /** The classes in order; default: `"0"` … up to the largest index, or the distinct names, sorted. */
  readonly classNames?: readonly string[];
  /** Names the file in errors. */
  readonly source: string;
}

/** The first element of row `i` that is NaN or infinite. */
function inputProblem({ data, shape, dtype }: NdArray, i: number): string | undefined {
  if (!isFloat(dtype)) return undefined;
  const width = data.length / shape[0];
  for (let j = 0; j < width; j++) {
    const value = data[i * width + j];
    if (!Number.isFinite(value)) return `input ${j}: expected a finite number; got ${value}`;
  }
  return undefined;
}

/**
 * A data set of arrays: inputs `[n, …]` and a label for each. Rows whose label is no class, or whose inputs are not all
 * finite, are rejected with the reason.
 * @throws OrreryError `format` when inputs and labels have different lengths or no row is left.
 */
export function datasetFromArrays({ inputs, labels, classNames, source }: ArraysOfDataset): LoadedDataset {
  const count = inputs.shape.at(0) ?? 0;
  const shape = "shape" in labels ? labels.shape : [labels.length];
  if (shape.length !== 1 || count !== shape[0]) {
    throw new OrreryError(
      "format",
      `${source}: expected one label for each of ${count} inputs; got labels of shape ${formatShape(shape)}`,
      { hint: "Inputs are [n, …] and labels [n], in the same order." },
    );
  }
  const read = readLabels(labels, classNames);
  const kept: number[] = [];
  const rejected: RejectedRow[] = [];
  for (let i = 0; i < count; i++) {
    const reason = read.classes[i] < 0 ? read.problem(i) : inputProblem(inputs, i);
    if (reason === undefined) kept.push(i);
    else rejected.push({ row: i + 1, reason });
  }
  checkSomeRows(source, kept.length, rejected);
  return {
    inputs: kept.length === count ? inputs : takeRows(inputs, kept),
    labels: new NdArray(Int32Array.from(kept, (i) => read.classes[i])),
    classNames: read.classNames,
    rows: Int32Array.from(kept, (i) => i + 1),
    rejected,
  };
}

/** @throws OrreryError `format`, with the first reason, when a loader has kept no row. */
export function checkSomeRows(source: string, kept: number, rejected: readonly RejectedRow[]): void {
  if (kept > 0) return;
  const first = rejected.at(0);
  const place =
    first === undefined ? "" : (first.file ?? (first.line === undefined ? `row ${first.row}` : `line ${first.line}`));
  const got = first === undefined ? "none" : `${rejected.length} rejected, the first (${place}): ${first.reason}`;
  throw new OrreryError("format", `${source}: expected at least one usable row; got ${got}`);
}
