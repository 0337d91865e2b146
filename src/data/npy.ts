import { allocate, type DType, type TypedArray } from "../engine/dtype.ts";
import { NdArray } from "../engine/ndarray.ts";
import { formatShape, type Shape, sizeOf, stridesOf } from "../engine/shape.ts";
import { OrreryError } from "../errors.ts";
import { bytesPerElement, decodeElements, dtypeOfStored, encodeElements } from "./elements.ts";
import { readBytes, writeBytes } from "./file.ts";
import { formatError } from "./format-error.ts";
import { encodeNpyHeader, type NpyHeader, parseNpyHeader } from "./npy-header.ts";

/** For each element in row-major order, its place in column-major order. */
function fortranPlaces(shape: Shape): Int32Array {
  const places = new Int32Array(sizeOf(shape));
  const strides = stridesOf([...shape].reverse()).reverse();
  const index = new Array<number>(shape.length).fill(0);
  for (let i = 0, place = 0; i < places.length; i++) {
    places[i] = place;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      place += strides[axis];
      if (++index[axis] < shape[axis]) break;
      place -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return places;
}

function elementBytes(bytes: Uint8Array, header: NpyHeader, width: number, source: string): Uint8Array {
  const expected = sizeOf(header.shape) * width;
  const got = bytes.length - header.dataOffset;
  if (got === expected) return bytes.subarray(header.dataOffset);
  throw formatError(source, {
    byte: header.dataOffset,
    expected: `${expected} bytes for shape ${formatShape(header.shape)}`,
    got: `${got} bytes`,
    hint:
      got < expected
        ? "The file was cut off: fetch or write it again."
        : "Several arrays in one file belong in an npz.",
  });
}

/**
 * The array in the bytes of an npy file (version 1 to 3, either byte order, C or Fortran order), in row-major order.
 * Booleans, int8, uint8, int32, int64, float32 and float64 keep their type; int16 and uint16 become int32, uint32 and
 * uint64 int64, float16 float32. `source` names the file in errors.
 * @throws OrreryError `format` when the bytes are not such an array, `dtype` when a uint64 is 2^63 or more.
 */
export function decodeNpy(bytes: Uint8Array, source = "npy"): NdArray {
  const header = parseNpyHeader(bytes, source);
  if (header.elements.kind === "text") {
    throw formatError(source, {
      expected: "numbers",
      got: `text of shape ${formatShape(header.shape)}`,
      hint: "Read text with decodeNpyText, or text() of an npz.",
    });
  }
  const { type } = header.elements;
  const stored = decodeElements(type, elementBytes(bytes, header, bytesPerElement(type), source), header.order, source);
  const dtype = dtypeOfStored(type);
  if (!header.isFortranOrder) return new NdArray(stored, header.shape, dtype);
  const data: TypedArray = allocate(dtype, stored.length);
  const places = fortranPlaces(header.shape);
  for (let i = 0; i < places.length; i++) data[i] = stored[places[i]];
  return new NdArray(data, header.shape, dtype);
}

/**
 * The strings in the bytes of an npy file of NumPy dtype `U` or `S`, in row-major order.
 * @throws OrreryError `format` when the bytes are not such an array.
 */
export function decodeNpyText(bytes: Uint8Array, source = "npy"): readonly string[] {
  const header = parseNpyHeader(bytes, source);
  if (header.elements.kind === "numbers") {
    throw formatError(source, { expected: "text", got: header.elements.type, hint: "Read numbers with decodeNpy." });
  }
  const { encoding, width } = header.elements;
  const step = encoding === "U" ? 4 * width : width;
  const data = elementBytes(bytes, header, step, source);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const isLittle = header.order === "LE";
  const places = header.isFortranOrder ? fortranPlaces(header.shape) : undefined;
  return Array.from({ length: sizeOf(header.shape) }, (_, i) => {
    const start = (places?.[i] ?? i) * step;
    const points = Array.from({ length: width }, (_, j) =>
      encoding === "U" ? view.getUint32(start + 4 * j, isLittle) : data[start + j],
    );
    while (points.at(-1) === 0) points.pop();
    return String.fromCodePoint(...points);
  });
}

const descrOf: Record<Exclude<DType, "int4">, string> = {
  bool: "|b1",
  int8: "|i1",
  uint8: "|u1",
  int32: "<i4",
  int64: "<i8",
  float32: "<f4",
  float64: "<f8",
};

/**
 * An array as the bytes of an npy file, the same that NumPy writes.
 * @throws OrreryError `dtype` for int4, which NumPy has not.
 */
export function encodeNpy(array: NdArray): Uint8Array {
  if (array.dtype === "int4") {
    throw new OrreryError("dtype", "npy: expected a dtype that NumPy has; got int4", { hint: 'Use astype("int8").' });
  }
  return Buffer.concat([encodeNpyHeader(descrOf[array.dtype], array.shape), encodeElements(array.data)]);
}

/** Strings `[n]` as the bytes of an npy file of NumPy dtype `U`. Trailing NUL characters are lost, as in NumPy. */
export function encodeNpyText(values: readonly string[]): Uint8Array {
  const points = values.map((value) => Array.from(value, (character) => character.codePointAt(0) as number));
  const width = points.reduce((most, { length }) => Math.max(most, length), 1);
  const data = new DataView(new ArrayBuffer(4 * width * values.length));
  points.forEach((row, i) => {
    row.forEach((point, j) => {
      data.setUint32(4 * (i * width + j), point, true);
    });
  });
  return Buffer.concat([encodeNpyHeader(`<U${width}`, [values.length]), new Uint8Array(data.buffer)]);
}

/** Reads an npy file, gzipped or not; see `decodeNpy`. @throws OrreryError `not-found`, `format`, `dtype`. */
export async function readNpy(path: string): Promise<NdArray> {
  return decodeNpy(await readBytes(path), path);
}

/** Writes an npy file whole or not at all; gzipped when the name ends in `.gz`. @throws OrreryError `dtype` for int4. */
export async function writeNpy(path: string, array: NdArray): Promise<void> {
  await writeBytes(path, encodeNpy(array));
}
