import { extname } from "node:path";
import { decodeIdx, decodeNpy, decodePt, readBytes, readCsv, textColumn } from "../../../data/index.ts";
import { NdArray } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import { hintForName, listNames } from "../../../nearest-name.ts";

/** Where labels stand in a file. */
export interface LabelFileOptions {
  /** A `.pt` file's entry or a table's column, by name. */
  readonly column?: string;
  /** A raw `.u8` file's columns: `columns` bytes a row, of which byte `index` is taken. */
  readonly columns?: number;
  readonly index?: number;
  /** The classes in order, where a table holds their names. */
  readonly classNames?: readonly string[];
}

/**
 * The labels in a file: `.npy`, `.pt` (one array, or `column` names the entry), `.csv` and `.tsv` (`column`; class names or
 * indices), idx (any other name), `.u8` (raw bytes, see `columns` and `index`); each may be gzipped.
 * @throws OrreryError `not-found`, `format`, `argument` naming the entry or the first line that is no class.
 */
export async function readLabelFile(path: string, options: LabelFileOptions = {}): Promise<Int32Array> {
  const extension = extname(path.replace(/\.gz$/, ""));
  if (extension === ".csv" || extension === ".tsv") return labelsOfTable(path, options);
  const bytes = await readBytes(path);
  if (extension === ".u8") return labelsOfBytes(path, bytes, options);
  if (extension === ".pt" || extension === ".pth") return labelsOfPt(path, bytes, options.column);
  return flat(path, extension === ".npy" ? decodeNpy(bytes, path) : decodeIdx(bytes, path));
}

function flat(path: string, { data, shape }: NdArray): Int32Array {
  if (shape.length !== 1) {
    throw new OrreryError("format", `${path}: expected labels [n]; got shape [${shape.join(", ")}]`);
  }
  return Int32Array.from(data as ArrayLike<number | bigint>, Number);
}

function labelsOfBytes(path: string, bytes: Uint8Array, { columns = 1, index = 0 }: LabelFileOptions): Int32Array {
  if (!Number.isInteger(columns) || columns < 1 || bytes.length % columns !== 0 || !(index >= 0 && index < columns)) {
    throw new OrreryError(
      "format",
      `${path}: expected whole rows of ${columns} bytes and a column below that; got ${bytes.length} bytes, column ${index}`,
    );
  }
  return Int32Array.from({ length: bytes.length / columns }, (_, n) => bytes[n * columns + index]);
}

function labelsOfPt(path: string, bytes: Uint8Array, name: string | undefined): Int32Array {
  const content = decodePt(bytes, path);
  if (content instanceof NdArray) return flat(path, content);
  const isTable = typeof content === "object" && content !== null && !Array.isArray(content);
  const names = isTable ? Object.keys(content) : [];
  const entry = isTable ? (content as Record<string, unknown>)[name ?? ""] : content;
  if (entry === undefined) {
    const what = name === undefined ? "expected the name of an entry; got none" : `no entry "${name}"`;
    throw new OrreryError("not-found", `${path}: ${what}`, {
      hint: name === undefined ? `The file holds ${listNames(names)}.` : hintForName(name, names, "The file holds"),
    });
  }
  if (entry instanceof NdArray) return flat(path, entry);
  if (Array.isArray(entry) && entry.every((value) => typeof value === "number")) return Int32Array.from(entry);
  throw new OrreryError("format", `${path}: expected an array or list of labels; got ${typeof entry}`);
}

async function labelsOfTable(path: string, { column: name, classNames }: LabelFileOptions): Promise<Int32Array> {
  if (name === undefined) {
    throw new OrreryError("argument", `${path}: expected the name of the column with the labels; got none`);
  }
  const table = await readCsv(path);
  const rejected = table.rejected.at(0);
  if (rejected !== undefined) {
    throw new OrreryError("format", `${path}:${rejected.line}: expected a whole row; got: ${rejected.reason}`, {
      hint: "A label file needs a row for every example.",
    });
  }
  return Int32Array.from(textColumn(table, name), (cell, n) => {
    const named = cell === null ? -1 : (classNames?.indexOf(cell) ?? -1);
    if (named >= 0) return named;
    if (cell !== null && /^\d+$/.test(cell)) return Number(cell);
    const line = table.lines?.[n] ?? n + 1;
    throw new OrreryError(
      "format",
      `${path}:${line}: column "${name}": expected a class; got ${JSON.stringify(cell)}`,
      {
        hint: classNames === undefined ? undefined : hintForName(String(cell), classNames, "The classes are"),
      },
    );
  });
}
