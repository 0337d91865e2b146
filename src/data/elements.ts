import { endianness } from "node:os";
import type { DType, DTypeArrays, TypedArray } from "../engine/dtype.ts";
import { OrreryError } from "../errors.ts";

/** The element types found in numeric files. The engine's own keep their type, the others widen without loss. */
export type StoredType =
  | "bool"
  | "int8"
  | "uint8"
  | "int16"
  | "uint16"
  | "int32"
  | "uint32"
  | "int64"
  | "uint64"
  | "float16"
  | "bfloat16"
  | "float32"
  | "float64";

interface StoredFacts {
  readonly bytes: number;
  readonly dtype: DType;
  /** From the bytes in this machine's order to the engine's storage. */
  readonly widen: (buffer: ArrayBuffer, source: string) => TypedArray;
}

const facts: Record<StoredType, StoredFacts> = {
  bool: { bytes: 1, dtype: "bool", widen: (b) => new Uint8Array(b).map((x) => (x === 0 ? 0 : 1)) },
  int8: { bytes: 1, dtype: "int8", widen: (b) => new Int8Array(b) },
  uint8: { bytes: 1, dtype: "uint8", widen: (b) => new Uint8Array(b) },
  int16: { bytes: 2, dtype: "int32", widen: (b) => Int32Array.from(new Int16Array(b)) },
  uint16: { bytes: 2, dtype: "int32", widen: (b) => Int32Array.from(new Uint16Array(b)) },
  int32: { bytes: 4, dtype: "int32", widen: (b) => new Int32Array(b) },
  uint32: {
    bytes: 4,
    dtype: "int64",
    widen: (b) => BigInt64Array.from(new Uint32Array(b) as ArrayLike<number>, BigInt),
  },
  int64: { bytes: 8, dtype: "int64", widen: (b) => new BigInt64Array(b) },
  uint64: { bytes: 8, dtype: "int64", widen: widenUint64 },
  float16: { bytes: 2, dtype: "float32", widen: (b) => Float32Array.from(new Uint16Array(b), float16ToNumber) },
  bfloat16: { bytes: 2, dtype: "float32", widen: widenBfloat16 },
  float32: { bytes: 4, dtype: "float32", widen: (b) => new Float32Array(b) },
  float64: { bytes: 8, dtype: "float64", widen: (b) => new Float64Array(b) },
};

/** The size of one stored element. */
export function bytesPerElement(type: StoredType): number {
  return facts[type].bytes;
}

/** The engine's dtype that holds every value of a stored type: int16 and uint16 become int32, uint32 and uint64 int64, halves float32. */
export function dtypeOfStored(type: StoredType): DType {
  return facts[type].dtype;
}

/** The value of an IEEE 754 half with these 16 bits. */
export function float16ToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function widenBfloat16(buffer: ArrayBuffer): Float32Array {
  const words = Uint32Array.from(new Uint16Array(buffer), (bits) => bits << 16);
  return new Float32Array(words.buffer);
}

function widenUint64(buffer: ArrayBuffer, source: string): BigInt64Array {
  const values = new BigInt64Array(buffer);
  const index = values.findIndex((value) => value < 0n);
  if (index >= 0) {
    throw new OrreryError(
      "dtype",
      `${source}: uint64 element ${index}: expected a value below 2^63; got ${BigInt.asUintN(64, values[index])}`,
      { hint: "The engine's widest integer is int64: store such values as float64 or as text." },
    );
  }
  return values;
}

function swapBytes(bytes: Uint8Array, width: number): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (width === 2) buffer.swap16();
  if (width === 4) buffer.swap32();
  if (width === 8) buffer.swap64();
}

/**
 * The elements in `bytes` (a whole number of them; the bytes are copied) in the engine's storage. `source` names the file in errors.
 * @throws OrreryError `dtype` when a uint64 does not fit into int64.
 */
export function decodeElements(type: StoredType, bytes: Uint8Array, order: "LE" | "BE", source: string): TypedArray {
  const copy = Uint8Array.from(bytes);
  if (order !== endianness()) swapBytes(copy, facts[type].bytes);
  return facts[type].widen(copy.buffer, source);
}

/** The elements as little-endian bytes; the storage itself where the machine has that order. */
export function encodeElements(data: DTypeArrays[DType]): Uint8Array {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (endianness() === "LE") return bytes;
  const copy = Uint8Array.from(bytes);
  swapBytes(copy, data.BYTES_PER_ELEMENT);
  return copy;
}
