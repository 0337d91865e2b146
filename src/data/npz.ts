import { crc32 } from "node:zlib";
import { unzipSync, zipSync } from "fflate";
import type { NdArray } from "../engine/ndarray.ts";
import { OrreryError } from "../errors.ts";
import { hintForName } from "../nearest-name.ts";
import { readBytes, writeBytes } from "./file.ts";
import { formatBytes, formatError } from "./format-error.ts";
import { decodeNpy, decodeNpyText, encodeNpy, encodeNpyText } from "./npy.ts";
import { parseNpyHeader } from "./npy-header.ts";
import { zipChecksums } from "./zip-checksums.ts";

/** The named arrays of an npz file; each is unpacked when it is asked for. */
export interface Npz {
  /** The names of the arrays in the order of the file, without `.npy`. */
  readonly names: readonly string[];
  /** True if the array holds strings: read it with `text`. */
  isText(name: string): boolean;
  /** An array of numbers or booleans; see `decodeNpy`. @throws OrreryError `not-found`, `format`, `dtype`. */
  array(name: string): NdArray;
  /** An array of strings in row-major order. @throws OrreryError `not-found`, `format`. */
  text(name: string): readonly string[];
}

function unzip(bytes: Uint8Array, source: string, filter: (name: string) => boolean): Record<string, Uint8Array> {
  try {
    return unzipSync(bytes, { filter: ({ name }) => filter(name) });
  } catch (cause) {
    throw formatError(source, {
      expected: "a zip archive of npy files",
      got: bytes.length === 0 ? "an empty file" : `${bytes.length} bytes that begin ${formatBytes(bytes)}`,
      hint: "If the file is an npz, it is damaged or was cut off: fetch or write it again.",
      cause,
    });
  }
}

/** Opens the bytes of an npz file. @throws OrreryError `format` when they are no zip archive. */
export function decodeNpz(bytes: Uint8Array, source = "npz"): Npz {
  const names: string[] = [];
  unzip(bytes, source, (name) => {
    if (name.endsWith(".npy")) names.push(name.slice(0, -".npy".length));
    return false;
  });
  const checksums = zipChecksums(bytes);
  const entry = (name: string): [Uint8Array, string] => {
    if (!names.includes(name)) {
      throw new OrreryError("not-found", `${source}: no array "${name}"`, {
        hint: hintForName(name, names, "The file holds"),
      });
    }
    const file = `${name}.npy`;
    const content = unzip(bytes, source, (other) => other === file)[file];
    // fflate unpacks without comparing checksums: a flipped bit would pass as data.
    const stated = checksums.get(file);
    if (stated !== undefined && crc32(content) !== stated) {
      throw formatError(`${source}: ${file}`, {
        expected: `data with CRC-32 ${stated.toString(16)}`,
        got: crc32(content).toString(16),
        hint: "The file is damaged: fetch or write it again.",
      });
    }
    return [content, `${source}: ${file}`];
  };
  return {
    names,
    isText: (name) => parseNpyHeader(...entry(name)).elements.kind === "text",
    array: (name) => decodeNpy(...entry(name)),
    text: (name) => decodeNpyText(...entry(name)),
  };
}

/**
 * Arrays and lists of strings as the bytes of a compressed npz file: the same arrays give the same bytes on every day.
 * @throws OrreryError `dtype` for int4.
 */
export function encodeNpz(arrays: Readonly<Record<string, NdArray | readonly string[]>>): Uint8Array {
  const files = Object.entries(arrays).map(([name, values]) => {
    const bytes = "shape" in values ? encodeNpy(values) : encodeNpyText(values);
    return [`${name}.npy`, bytes] as const;
  });
  // Zip stores local time; built from local parts, it is the same in every time zone.
  return zipSync(Object.fromEntries(files), { level: 9, mtime: new Date(1980, 0, 1) });
}

/** Reads an npz file; see `Npz`. @throws OrreryError `not-found`, `format`. */
export async function readNpz(path: string): Promise<Npz> {
  return decodeNpz(await readBytes(path), path);
}

/** Writes an npz file whole or not at all; see `encodeNpz`. */
export async function writeNpz(
  path: string,
  arrays: Readonly<Record<string, NdArray | readonly string[]>>,
): Promise<void> {
  await writeBytes(path, encodeNpz(arrays));
}
