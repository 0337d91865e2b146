import { OrreryError } from "../../errors.ts";
import { allocate, type DType, dtypeFromOnnx, onnxTypeOf, type TypedArray } from "../dtype.ts";
import { NdArray } from "../ndarray.ts";
import { formatShape, sizeOf } from "../shape.ts";
import { onnxDataType, onnxDataTypeName } from "./data-types.ts";
import type { OnnxTensor } from "./model.ts";

type Widening = { readonly dtype: DType; readonly read: (view: DataView, i: number) => number | bigint };

/** Element types that the engine lacks, and the wider one that holds all their values exactly. */
const widenings: Readonly<Record<number, Widening>> = {
  4: { dtype: "int32", read: (view, i) => view.getUint16(2 * i, true) },
  5: { dtype: "int32", read: (view, i) => view.getInt16(2 * i, true) },
  10: { dtype: "float32", read: (view, i) => float16Value(view.getUint16(2 * i, true)) },
  12: { dtype: "int64", read: (view, i) => BigInt(view.getUint32(4 * i, true)) },
  16: { dtype: "float32", read: (view, i) => bfloat16Value(view.getUint16(2 * i, true)) },
  21: { dtype: "uint8", read: (view, i) => (view.getUint8(i >> 1) >> (4 * (i & 1))) & 15 },
  22: { dtype: "int4", read: (view, i) => (view.getUint8(i >> 1) << (28 - 4 * (i & 1))) >> 28 },
};

/** The number with IEEE 754's binary16 bits. */
function float16Value(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 0x3ff;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

const word = new DataView(new ArrayBuffer(4));

/** The number whose float32 has `bits` as its upper half. */
function bfloat16Value(bits: number): number {
  word.setUint16(0, bits);
  return word.getFloat32(0);
}

/**
 * Checks that a tensor's bytes are as many as its dims and element type say.
 * @throws OrreryError `format`, naming the tensor and `where` the check is made
 */
export function checkTensorSize(where: string, tensor: OnnxTensor): void {
  const type = onnxDataType(tensor.dataType);
  const size = sizeOf(tensor.dims);
  const got = type?.bits === 0 ? (tensor.strings?.length ?? 0) : tensor.data.length;
  const expected = type === undefined ? got : type.bits === 0 ? size : Math.ceil((size * type.bits) / 8);
  if (got === expected && tensor.dims.every((n) => n >= 0)) return;
  const unit = type?.bits === 0 ? "strings" : "bytes";
  throw new OrreryError(
    "format",
    `${where}: tensor "${tensor.name}" of ${onnxDataTypeName(tensor.dataType)} ${formatShape(tensor.dims)} needs ${expected} ${unit}; got ${got}`,
  );
}

/**
 * The tensor's values, copied. Types that the engine lacks are widened without loss: float16 and bfloat16 to float32, int16 and uint16 to
 * int32, uint32 to int64, uint4 to uint8.
 * @throws OrreryError `unsupported` for strings, uint64, complex numbers and floats of eight bits or less; `format` for a wrong number of bytes
 */
export function tensorToArray(tensor: OnnxTensor): NdArray {
  checkTensorSize("tensorToArray", tensor);
  const widening = widenings[tensor.dataType];
  const dtype = widening?.dtype ?? dtypeFromOnnx(tensor.dataType);
  if (dtype === undefined) {
    throw new OrreryError(
      "unsupported",
      `tensorToArray: tensor "${tensor.name}" holds ${onnxDataTypeName(tensor.dataType)}, which no dtype of the engine can represent`,
      { hint: "Cast it to float32 or int64 before exporting the model." },
    );
  }
  const { data } = tensor;
  const out = allocate(dtype, sizeOf(tensor.dims)) as TypedArray;
  if (widening === undefined) {
    new Uint8Array(out.buffer).set(data);
    if (dtype === "bool") for (let i = 0; i < out.length; i++) out[i] = out[i] === 0 ? 0 : 1;
  } else {
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    for (let i = 0; i < out.length; i++) out[i] = widening.read(view, i);
  }
  return new NdArray(out, [...tensor.dims], dtype);
}

/** A constant of a concrete array. Its bytes are the array's own, not a copy, except for int4, which is packed two to a byte. */
export function tensorFromArray(name: string, array: NdArray): OnnxTensor {
  const { data, dtype, shape } = array;
  const bytes = dtype === "int4" ? packNibbles(data) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { name, dims: shape, dataType: onnxTypeOf(dtype), data: bytes };
}

function packNibbles(values: TypedArray): Uint8Array {
  const packed = new Uint8Array((values.length + 1) >> 1);
  for (let i = 0; i < values.length; i++) packed[i >> 1] |= (Number(values[i]) & 15) << (4 * (i & 1));
  return packed;
}
