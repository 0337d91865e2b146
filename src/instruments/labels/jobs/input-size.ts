import { open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { constants, gunzipSync } from "node:zlib";
import { decodeCsv } from "../../../data/index.ts";
import type { InputOptions } from "./input-options.ts";

/** How large labelled data are, as far as a look at the beginning of a file tells. */
export interface InputSize {
  /** Exact where a header has it, else guessed from the size of the file. */
  readonly rows: number;
  /** Of a row: `[features]` or `[channels, height, width]`. */
  readonly shape: readonly number[];
  readonly classes: number;
}

/** Bytes that are looked at. */
const lookedAt = 256 * 1024;
/** Where the file does not tell. */
const usualClasses = 10;
const digits: InputSize = { rows: 1797, shape: [1, 8, 8], classes: 10 };

/** The beginning of a file, unpacked, and how many bytes the whole is likely to have. */
async function beginningOf(path: string): Promise<{ readonly head: Buffer; readonly bytes: number }> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(lookedAt), 0, lookedAt, 0);
    const head = buffer.subarray(0, bytesRead);
    if (head[0] !== 0x1f || head[1] !== 0x8b) return { head, bytes: size };
    // What was cut off is no fault.
    const unpacked = gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH });
    return { head: unpacked, bytes: (unpacked.length * size) / bytesRead };
  } finally {
    await file.close();
  }
}

const imageShape = (shape: readonly number[]) => (shape.length === 2 ? [1, ...shape] : shape);

function sizeOfIdx(head: Buffer): InputSize {
  const [rows, ...shape] = Array.from({ length: head[3] }, (_, d) => head.readUInt32BE(4 + 4 * d));
  return { rows, shape: imageShape(shape), classes: usualClasses };
}

function sizeOfNpy(head: Buffer): InputSize | undefined {
  const text = head.subarray(0, 1024).toString("latin1");
  const [, list] = /'shape': \(([\d, ]*)\)/.exec(text) ?? [];
  const [rows, ...shape] = (list ?? "").split(",").flatMap((part) => (part.trim() === "" ? [] : [Number(part)]));
  return rows === undefined ? undefined : { rows, shape: imageShape(shape), classes: usualClasses };
}

/** A table by its first lines: columns of numbers are features, the label's different values are classes. */
function sizeOfTable(head: Buffer, bytes: number, { label, features, ignore, classes }: InputOptions): InputSize {
  const end = head.lastIndexOf(10) + 1 || head.length;
  const { columns, rowCount } = decodeCsv(head.subarray(0, end), {}, "table");
  const named = /^(labels?|class|target|y)$/i;
  const labels = columns.find(({ name }) => (label === undefined ? named.test(name) : name === label));
  const numbers = columns.filter(
    ({ name, kind }) => kind === "number" && name !== labels?.name && !ignore.includes(name),
  );
  const known = classes.length || new Set<unknown>(labels?.values).size || usualClasses;
  const rows = Math.round((rowCount * bytes) / Math.max(1, end));
  return { rows, shape: [Math.max(1, features.length || numbers.length)], classes: known };
}

async function sizeOfFolder(path: string): Promise<InputSize | undefined> {
  const folders = (await readdir(path, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const files = await Promise.all(folders.map(async ({ name }) => readdir(join(path, name))));
  const place = files.findIndex((list) => list.length > 0);
  if (place < 0) return undefined;
  const { default: sharp } = await import("sharp");
  const { width, height, channels } = await sharp(join(path, folders[place].name, files[place][0])).metadata();
  const rows = files.reduce((sum, list) => sum + list.length, 0);
  return { rows, shape: [channels === 1 ? 1 : 3, height, width], classes: folders.length };
}

/** How large the data are that the options name, from headers and sizes alone; undefined for forms that must be read whole. */
export async function inputSize(options: InputOptions): Promise<InputSize | undefined> {
  const { data, cifar } = options;
  if (data === undefined) return digits;
  if ((await stat(data)).isDirectory()) return sizeOfFolder(data);
  const name = data.replace(/\.gz$/i, "").toLowerCase();
  const { head, bytes } = await beginningOf(data);
  if (/\.(csv|tsv|txt)$/.test(name)) return sizeOfTable(head, bytes, options);
  if (name.endsWith(".npy")) return sizeOfNpy(head);
  if (name.endsWith("ubyte")) return sizeOfIdx(head);
  if (!name.endsWith(".bin")) return undefined;
  const record = cifar === "cifar10" ? 3073 : 3074;
  return { rows: Math.round(bytes / record), shape: [3, 32, 32], classes: cifar === "cifar10" ? 10 : 100 };
}
