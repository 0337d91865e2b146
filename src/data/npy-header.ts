import type { Shape } from "../engine/shape.ts";
import type { StoredType } from "./elements.ts";
import { formatBytes, formatError } from "./format-error.ts";

/** What an npy file's elements are: numbers of a stored type, or text of a fixed width (UTF-32 `U`, one byte a character `S`). */
export type NpyElements =
  | { readonly kind: "numbers"; readonly type: StoredType }
  | { readonly kind: "text"; readonly encoding: "U" | "S"; readonly width: number };

/** The header of an npy file. */
export interface NpyHeader {
  readonly elements: NpyElements;
  readonly order: "LE" | "BE";
  readonly isFortranOrder: boolean;
  readonly shape: Shape;
  /** Where the elements begin. */
  readonly dataOffset: number;
}

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** NumPy's names of types, without the order of bytes. */
export const numpyTypes: Readonly<Record<string, StoredType>> = {
  b1: "bool",
  i1: "int8",
  u1: "uint8",
  i2: "int16",
  u2: "uint16",
  i4: "int32",
  u4: "uint32",
  i8: "int64",
  u8: "uint64",
  f2: "float16",
  f4: "float32",
  f8: "float64",
};

function parseDescr(descr: string, source: string): Pick<NpyHeader, "elements" | "order"> {
  const match = /^([<>|=]?)([a-zA-Z])(\d*)$/.exec(descr);
  const order = match?.[1] === ">" ? "BE" : "LE";
  if (match !== null && (match[2] === "U" || match[2] === "S")) {
    return { elements: { kind: "text", encoding: match[2], width: Number(match[3]) }, order };
  }
  const type = match === null ? undefined : numpyTypes[match[2] + match[3]];
  if (type !== undefined) return { elements: { kind: "numbers", type }, order };
  throw formatError(source, {
    expected: "an array of booleans, integers, floats or text",
    got: `NumPy dtype ${descr}`,
    hint: descr.endsWith("O")
      ? "Object arrays need Python to read: save numbers, or text as np.array(names, dtype=str)."
      : 'Convert it in NumPy first, e.g. a.astype("float32").',
  });
}

function readHeaderText(bytes: Uint8Array, source: string): { text: string; dataOffset: number } {
  if (!magic.every((byte, i) => bytes[i] === byte)) {
    throw formatError(source, {
      byte: 0,
      expected: `the npy magic ${formatBytes(Uint8Array.from(magic), 6)}`,
      got: formatBytes(bytes, 6),
      hint: "Arrays are written with np.save or writeNpy.",
    });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const major = bytes[6];
  const start = major === 1 ? 10 : 12;
  if (bytes.length < start || major < 1 || major > 3) {
    throw formatError(source, {
      byte: 6,
      expected: "npy version 1, 2 or 3",
      got: major === undefined ? "the end of the file" : `${major}`,
    });
  }
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (bytes.length < start + length) {
    throw formatError(source, {
      byte: start,
      expected: `a header of ${length} bytes`,
      got: `${bytes.length - start} bytes`,
      hint: "The file was cut off: fetch or write it again.",
    });
  }
  const text = new TextDecoder("utf-8").decode(bytes.subarray(start, start + length));
  return { text: text.trim(), dataOffset: start + length };
}

/** Reads the header of an npy file of version 1, 2 or 3. @throws OrreryError `format`. */
export function parseNpyHeader(bytes: Uint8Array, source: string): NpyHeader {
  const { text, dataOffset } = readHeaderText(bytes, source);
  const descr = /'descr':\s*(?:'([^']*)'|(\[.*?\])\s*,\s*')/.exec(text);
  const fortran = /'fortran_order':\s*(True|False)/.exec(text);
  const shape = /'shape':\s*\(([\d\sL,]*)\)/.exec(text);
  if (descr === null || fortran === null || shape === null) {
    throw formatError(source, { expected: "a header with descr, fortran_order and shape", got: text });
  }
  const sizes = shape[1].split(",").map((size) => size.trim().replace("L", ""));
  return {
    ...parseDescr(descr[1] ?? descr[2], source),
    isFortranOrder: fortran[1] === "True",
    shape: sizes.filter((size) => size !== "").map(Number),
    dataOffset,
  };
}

/** A version 1 header, byte for byte as NumPy writes it: room for the first axis to grow, then padded to a multiple of 64. */
export function encodeNpyHeader(descr: string, shape: Shape): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const room = shape.length === 0 ? 0 : 21 - String(shape[0]).length;
  const dict = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }${" ".repeat(room)}`;
  const text = `${dict}${" ".repeat(64 - ((10 + dict.length + 1) % 64))}\n`;
  const bytes = new Uint8Array(10 + text.length);
  bytes.set(magic);
  bytes[6] = 1;
  new DataView(bytes.buffer).setUint16(8, text.length, true);
  bytes.set(new TextEncoder().encode(text), 10);
  return bytes;
}
