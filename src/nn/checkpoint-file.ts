import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { allocate, type DType, type TypedArray } from "../engine/dtype.ts";
import { NdArray } from "../engine/ndarray.ts";
import { sizeOf } from "../engine/shape.ts";
import { leavesOf, mapTree } from "../engine/tree.ts";
import { OrreryError } from "../errors.ts";
import type { Checkpoint, CheckpointStore } from "./checkpoint.ts";

/** The names of dtypes in safetensors. */
const typeNames = {
  float32: "F32",
  float64: "F64",
  int64: "I64",
  int32: "I32",
  bool: "BOOL",
  uint8: "U8",
  int8: "I8",
} as const satisfies Partial<Record<DType, string>>;
type StoredDType = keyof typeof typeNames;

const format = "orrery checkpoint 1";

/** What a checkpoint file can hold. */
interface StoredCheckpoint {
  readonly arrays: Readonly<Record<string, unknown>>;
}

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** JSON has no infinite numbers: they are written as texts, which no field of a checkpoint can have otherwise. */
const writeNumber = (_: string, value: unknown) =>
  typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
const readNumber = (_: string, value: unknown) =>
  ["NaN", "Infinity", "-Infinity"].includes(value as string) ? Number(value) : value;

/**
 * A checkpoint as the bytes of a safetensors file: the arrays under their paths, which any tool can read, and the rest as
 * JSON in the metadata.
 */
export function encodeCheckpoint({ arrays, ...rest }: StoredCheckpoint): Uint8Array {
  const header: Record<string, unknown> = {};
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const { leaf, path } of leavesOf(arrays)) {
    const { data, dtype, shape } = leaf as NdArray<StoredDType>;
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    header[path] = { dtype: typeNames[dtype], shape, data_offsets: [offset, offset + bytes.length] };
    parts.push(bytes);
    offset += bytes.length;
  }
  const structure = mapTree(arrays, (_, path) => path);
  header.__metadata__ = { format, checkpoint: JSON.stringify(rest, writeNumber), structure: JSON.stringify(structure) };
  const json = Buffer.from(JSON.stringify(header));
  const padding = (8 - (json.length % 8)) % 8;
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length + padding));
  return Buffer.concat([length, json, Buffer.alloc(padding, " "), ...parts]);
}

function readEntry(bytes: Uint8Array, { dtype, shape, data_offsets: [begin, end] }: Entry): NdArray {
  const type = (Object.keys(typeNames) as StoredDType[]).find((name) => typeNames[name] === dtype);
  const values = allocate(type as StoredDType, sizeOf(shape)) as TypedArray;
  const part = bytes.subarray(begin, end);
  if (part.length !== values.byteLength) throw new RangeError(`${values.byteLength} bytes expected`);
  new Uint8Array(values.buffer).set(part);
  return new NdArray(values, shape, type);
}

/**
 * The checkpoint that `encodeCheckpoint` wrote.
 * @param source the file's name, for the error
 * @throws OrreryError `format` when the bytes are no checkpoint or are cut off.
 */
export function decodeCheckpoint<C extends StoredCheckpoint = Checkpoint>(bytes: Uint8Array, source: string): C {
  try {
    const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
    const { __metadata__: metadata, ...entries } = header as Record<string, Entry> & {
      __metadata__: Readonly<Record<"format" | "checkpoint" | "structure", string>>;
    };
    if (metadata.format !== format) throw new TypeError(`format ${metadata.format}`);
    const data = bytes.subarray(8 + length);
    const arrays = mapTree(JSON.parse(metadata.structure), (path) => readEntry(data, entries[path as string]));
    return { ...JSON.parse(metadata.checkpoint, readNumber), arrays } as C;
  } catch (cause) {
    throw new OrreryError("format", `${source}: expected a whole checkpoint; got ${bytes.length} bytes`, {
      hint: "The file was cut off, or something else wrote it: remove it to begin anew, or restore a copy.",
      cause,
    });
  }
}

/** Writes a file so that after a crash at any moment it holds the old bytes or the new ones. */
async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const aside = join(folder, `.${basename(path)}.tmp`);
  try {
    const file = await open(aside, "w");
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(aside, path);
  } catch (cause) {
    await rm(aside, { force: true });
    throw cause;
  }
  // The new name itself is on disk only with its folder; Windows opens no folders.
  if (process.platform === "win32") return;
  const directory = await open(folder);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** Keeps the checkpoint in one safetensors file, replaced whole or not at all. */
export function fileCheckpoints<C extends StoredCheckpoint = Checkpoint>(path: string): CheckpointStore<C> {
  return {
    save: (checkpoint) => replaceFile(path, encodeCheckpoint(checkpoint)),
    async load() {
      const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
        if (cause.code === "ENOENT") return undefined;
        throw new OrreryError("argument", `${path}: cannot be read`, { cause });
      });
      return bytes === undefined ? undefined : decodeCheckpoint<C>(bytes, path);
    },
  };
}
