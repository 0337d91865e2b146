import { dirname, resolve } from "node:path";
import { NdArray } from "../engine/ndarray.ts";
import type { LoadedDataset, RejectedRow } from "./dataset.ts";
import { type ImageOptions, readImages } from "./images.ts";
import { encodeLabels, labelProblem } from "./labels.ts";
import { type Table, textColumn } from "./table.ts";
import { labelTexts, usableRows } from "./table-dataset.ts";

/** Which columns of a table hold the images' paths and the labels. */
export interface ImageTableChoice extends ImageOptions {
  /** The column of image files, relative to the folder of the table's file. */
  readonly image: string;
  readonly label: string;
  /** The classes in order; default: the distinct labels, sorted. */
  readonly classNames?: readonly string[];
}

/**
 * The images that a table lists, with their labels, as `readImages` decodes them; `files` holds the paths as listed.
 * Rows without path or label, with an unknown label or a file that cannot be used join the table's rejected ones.
 * @throws OrreryError `not-found` for an unknown column, `format` when no row is left, `argument` for an impossible size.
 */
export async function datasetFromImageTable(
  table: Table,
  choice: ImageTableChoice,
): Promise<LoadedDataset & { readonly files: readonly string[] }> {
  const paths = textColumn(table, choice.image);
  const texts = labelTexts(table, choice.label);
  const { classes, classNames } = encodeLabels(texts, choice.classNames);
  const usable = usableRows(table, (i) => {
    if (paths[i] === null) return `${JSON.stringify(choice.image)} is missing`;
    return classes[i] < 0 ? labelProblem(texts[i], classNames) : undefined;
  });
  const listed = usable.kept.map((i) => paths[i] as string);
  const folder = dirname(table.source);
  const read = await readImages(
    listed.map((path) => resolve(folder, path)),
    choice,
    table.source,
  );
  const broken = read.rejected.map(({ row, reason }): RejectedRow => {
    const i = usable.kept[row - 1];
    return { row: table.rows[i], line: table.lines?.[i], file: listed[row - 1], reason };
  });
  return {
    inputs: read.images,
    labels: new NdArray(Int32Array.from(read.rows, (row) => classes[usable.kept[row - 1]])),
    classNames,
    files: Array.from(read.rows, (row) => listed[row - 1]),
    rows: read.rows.map((row) => usable.rows[row - 1]),
    rejected: [...usable.rejected, ...broken].sort((a, b) => a.row - b.row),
  };
}
