import type { DType } from "../engine/dtype.ts";
import { NdArray } from "../engine/ndarray.ts";
import type { Shape } from "../engine/shape.ts";
import { OrreryError } from "../errors.ts";
import { hintForName } from "../nearest-name.ts";
import { decodeElements, dtypeOfStored, encodeElements } from "./elements.ts";
import { readRange, sizeOfFile, writeBytes } from "./file.ts";
import { formatError } from "./format-error.ts";
import {
  maxHeaderBytes,
  parseSafetensorsHeader,
  type SafetensorsEntry,
  type SafetensorsHeader,
  safetensorsTypes,
} from "./safetensors-header.ts";

/** A safetensors file whose header has been read; tensors are read from disk when they are asked for. */
export interface Safetensors {
  /** The tensors' names in the order of their bytes. */
  readonly names: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  /** The type as the file names it (e.g. `BF16`) and the shape. @throws OrreryError `not-found`. */
  info(name: string): { readonly type: string; readonly shape: Shape };
  /** One tensor; halves become float32, int16 and uint16 int32, uint32 and uint64 int64. @throws OrreryError `not-found`, `format`, `dtype`. */
  read(name: string): Promise<NdArray>;
}

async function readHeader(path: string): Promise<{ header: SafetensorsHeader; dataAt: number }> {
  const size = await sizeOfFile(path);
  if (size < 8) throw formatError(path, { byte: 0, expected: "a header length of 8 bytes", got: `${size} bytes` });
  const start = await readRange(path, 0, 8);
  const length = Number(new DataView(start.buffer).getBigUint64(0, true));
  if (length > Math.min(size - 8, maxHeaderBytes)) {
    throw formatError(path, {
      byte: 0,
      expected: `a header length of at most ${Math.min(size - 8, maxHeaderBytes)}`,
      got: `${length}`,
      hint: "The file is cut off or is not safetensors.",
    });
  }
  const json = await readRange(path, 8, 8 + length);
  return { header: parseSafetensorsHeader(json, size - 8 - length, path), dataAt: 8 + length };
}

/**
 * Opens a safetensors file: reads and checks its header only.
 * @throws OrreryError `not-found`, `format` when the header is wrong or the data is cut off.
 */
export async function openSafetensors(path: string): Promise<Safetensors> {
  const { header, dataAt } = await readHeader(path);
  const names = [...header.entries.keys()];
  const entryOf = (name: string): SafetensorsEntry => {
    const entry = header.entries.get(name);
    if (entry !== undefined) return entry;
    throw new OrreryError("not-found", `${path}: no tensor "${name}"`, {
      hint: hintForName(name, names, "The file holds"),
    });
  };
  return {
    names,
    metadata: header.metadata,
    info: (name) => entryOf(name),
    read: async (name) => {
      const { type, shape, begin, end } = entryOf(name);
      const stored = safetensorsTypes[type];
      if (stored === undefined) {
        throw formatError(path, {
          expected: `one of ${Object.keys(safetensorsTypes).join(", ")} for tensor "${name}"`,
          got: type,
          hint: "Convert the tensor to F32 with the library that wrote it.",
        });
      }
      const bytes = await readRange(path, dataAt + begin, dataAt + end);
      return new NdArray(
        decodeElements(stored, bytes, "LE", `${path}: tensor "${name}"`),
        shape,
        dtypeOfStored(stored),
      );
    },
  };
}

/** The types that can be written, widest alignment first: the order in which the reference implementation lays them out. */
const written: readonly (readonly [DType, string])[] = [
  ["int64", "I64"],
  ["float64", "F64"],
  ["float32", "F32"],
  ["int32", "I32"],
  ["int8", "I8"],
  ["uint8", "U8"],
  ["bool", "BOOL"],
];

/**
 * Tensors as the bytes of a safetensors file, the same that the reference implementation writes.
 * @throws OrreryError `dtype` for int4, which the format has not.
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, NdArray>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const rank = (dtype: DType): number => written.findIndex(([own]) => own === dtype);
  const sorted = Object.entries(tensors)
    .map(([name, array]) => ({ name, array, utf8: Buffer.from(name) }))
    .sort((a, b) => rank(a.array.dtype) - rank(b.array.dtype) || Buffer.compare(a.utf8, b.utf8));
  const entries: [string, object][] = Object.keys(metadata).length > 0 ? [["__metadata__", metadata]] : [];
  let offset = 0;
  for (const { name, array } of sorted) {
    const type = written[rank(array.dtype)]?.[1];
    if (type === undefined || name === "__metadata__") {
      const got = type === undefined ? array.dtype : `the name "${name}"`;
      throw new OrreryError(
        "dtype",
        `safetensors: tensor "${name}": expected a dtype and a name of the format; got ${got}`,
      );
    }
    entries.push([name, { dtype: type, shape: array.shape, data_offsets: [offset, offset + array.data.byteLength] }]);
    offset += array.data.byteLength;
  }
  // Written pair by pair, because an object would put names that look like numbers first.
  const json = Buffer.from(
    `{${entries.map(([name, entry]) => `${JSON.stringify(name)}:${JSON.stringify(entry)}`).join(",")}}`,
  );
  const padding = (8 - (json.length % 8)) % 8;
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length + padding));
  return Buffer.concat([
    length,
    json,
    Buffer.alloc(padding, " "),
    ...sorted.map(({ array }) => encodeElements(array.data)),
  ]);
}

/** Writes a safetensors file whole or not at all; see `encodeSafetensors`. */
export async function writeSafetensors(
  path: string,
  tensors: Readonly<Record<string, NdArray>>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  await writeBytes(path, encodeSafetensors(tensors, metadata));
}
