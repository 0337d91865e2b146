import { type DType, dtypes } from "../engine/dtype.ts";
import { NdArray } from "../engine/ndarray.ts";
import { formatShape, sizeOf } from "../engine/shape.ts";
import { OrreryError } from "../errors.ts";
import { datasetFromArrays, type LoadedDataset } from "./dataset.ts";
import { bytesPerElement, decodeElements, dtypeOfStored, encodeElements, type StoredType } from "./elements.ts";
import { readBytes, writeBytes } from "./file.ts";
import { formatBytes, formatError } from "./format-error.ts";

const typeOfCode: Readonly<Record<number, StoredType>> = {
  8: "uint8",
  9: "int8",
  11: "int16",
  12: "int32",
  13: "float32",
  14: "float64",
};

/**
 * The array in the bytes of an idx file, MNIST's format: two zero bytes, a type, a rank, big-endian sizes, big-endian elements.
 * int16 becomes int32. `source` names the file in errors.
 * @throws OrreryError `format` when the bytes are no such array.
 */
export function decodeIdx(bytes: Uint8Array, source = "idx"): NdArray {
  const type = typeOfCode[bytes[2]];
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0 || type === undefined) {
    throw formatError(source, {
      byte: 0,
      expected: "an idx magic: 00 00, a type (08, 09, 0b, 0c, 0d or 0e), a rank",
      got: formatBytes(bytes),
    });
  }
  const rank = bytes[3];
  const start = 4 + 4 * rank;
  if (bytes.length < start) {
    throw formatError(source, { byte: 4, expected: `${rank} sizes of 4 bytes`, got: `${bytes.length - 4} bytes` });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const expected = sizeOf(shape) * bytesPerElement(type);
  if (bytes.length - start !== expected) {
    throw formatError(source, {
      byte: start,
      expected: `${expected} bytes for ${type}${formatShape(shape)}`,
      got: `${bytes.length - start} bytes`,
      hint: "The file was cut off or is not idx: fetch it again.",
    });
  }
  return new NdArray(decodeElements(type, bytes.subarray(start), "BE", source), shape, dtypeOfStored(type));
}

/** An array as the bytes of an idx file. @throws OrreryError `dtype` for bool, int64 and int4, which idx has not. */
export function encodeIdx(array: NdArray): Uint8Array {
  const code = Object.keys(typeOfCode)
    .map(Number)
    .find((key) => typeOfCode[key] === array.dtype);
  if (code === undefined) {
    const known = dtypes.filter((dtype: DType) => Object.values<string>(typeOfCode).includes(dtype));
    throw new OrreryError("dtype", `idx: expected one of ${known.join(", ")}; got ${array.dtype}`);
  }
  const start = 4 + 4 * array.shape.length;
  const bytes = new Uint8Array(start + array.data.byteLength);
  bytes.set([0, 0, code, array.shape.length]);
  const view = new DataView(bytes.buffer);
  array.shape.forEach((size, axis) => {
    view.setUint32(4 + 4 * axis, size);
  });
  const width = array.data.BYTES_PER_ELEMENT;
  const little = encodeElements(array.data);
  for (let i = 0; i < little.length; i++) bytes[start + i] = little[i - (i % width) + (width - 1 - (i % width))];
  return bytes;
}

/** Reads an idx file, gzipped or not; see `decodeIdx`. @throws OrreryError `not-found`, `format`. */
export async function readIdx(path: string): Promise<NdArray> {
  return decodeIdx(await readBytes(path), path);
}

/** Writes an idx file whole or not at all; gzipped when the name ends in `.gz`. @throws OrreryError `dtype`. */
export async function writeIdx(path: string, array: NdArray): Promise<void> {
  await writeBytes(path, encodeIdx(array));
}

/** The name of the labels' file that by MNIST's custom stands beside `imagesPath`, or undefined when it has none. */
export function idxLabelsPath(imagesPath: string): string | undefined {
  const path = imagesPath.replace(/images([-.])idx\d(?!.*images[-.]idx)/, "labels$1idx1");
  return path === imagesPath ? undefined : path;
}

/**
 * A pair of idx files. Images `[n, h, w]` become inputs `[n, 1, h, w]`; other shapes stay as they are.
 * @throws OrreryError `not-found`, `format` when a file is damaged or the two have different lengths.
 */
export async function readIdxDataset(
  imagesPath: string,
  labelsPath: string,
  classNames?: readonly string[],
): Promise<LoadedDataset> {
  const [images, labels] = await Promise.all([readIdx(imagesPath), readIdx(labelsPath)]);
  const [count, ...rest] = images.shape;
  const inputs = rest.length === 2 ? images.reshape([count, 1, ...rest]) : images;
  return datasetFromArrays({ inputs, labels, classNames, source: `${imagesPath} with ${labelsPath}` });
}
