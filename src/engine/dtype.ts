/** The element types of a tensor. `int4` values are stored one to a byte in memory and packed two to a byte in ONNX files. */
export type DType = "float32" | "float64" | "int64" | "int32" | "bool" | "uint8" | "int8" | "int4";

/** The typed array that holds the elements of each dtype. */
export interface DTypeArrays {
  float32: Float32Array;
  float64: Float64Array;
  int64: BigInt64Array;
  int32: Int32Array;
  bool: Uint8Array;
  uint8: Uint8Array;
  int8: Int8Array;
  int4: Int8Array;
}

export type TypedArray = DTypeArrays[DType];

interface DTypeFacts {
  readonly array: { new (length: number): TypedArray; new (buffer: ArrayBufferLike): TypedArray };
  /** The number of this type in ONNX's `TensorProto.DataType`. */
  readonly onnx: number;
  readonly kind: "float" | "integer" | "bool";
}

const facts = {
  float32: { array: Float32Array, onnx: 1, kind: "float" },
  float64: { array: Float64Array, onnx: 11, kind: "float" },
  int64: { array: BigInt64Array, onnx: 7, kind: "integer" },
  int32: { array: Int32Array, onnx: 6, kind: "integer" },
  bool: { array: Uint8Array, onnx: 9, kind: "bool" },
  uint8: { array: Uint8Array, onnx: 2, kind: "integer" },
  int8: { array: Int8Array, onnx: 3, kind: "integer" },
  int4: { array: Int8Array, onnx: 22, kind: "integer" },
} as const satisfies Record<DType, DTypeFacts>;

/** All dtypes, floating ones first. */
export const dtypes = Object.keys(facts) as DType[];

/** True for `float32` and `float64`: the types that can be differentiated. */
export function isFloat(dtype: DType): boolean {
  return facts[dtype].kind === "float";
}

/** True for the signed and unsigned integer types; `bool` is none of them. */
export function isInteger(dtype: DType): boolean {
  return facts[dtype].kind === "integer";
}

/** The number of `dtype` in ONNX's `TensorProto.DataType`. */
export function onnxTypeOf(dtype: DType): number {
  return facts[dtype].onnx;
}

/** The dtype with ONNX's type number `code`, or undefined where the engine has none. */
export function dtypeFromOnnx(code: number): DType | undefined {
  return dtypes.find((dtype) => facts[dtype].onnx === code);
}

/** A zeroed typed array for `length` elements of `dtype`. */
export function allocate<D extends DType>(dtype: D, length: number): DTypeArrays[D] {
  return new facts[dtype].array(length) as DTypeArrays[D];
}

/** The dtype whose storage `data` is: `Uint8Array` counts as `uint8`, `Int8Array` as `int8`. */
export function dtypeOfArray(data: TypedArray): DType {
  if (data instanceof Float32Array) return "float32";
  if (data instanceof Float64Array) return "float64";
  if (data instanceof BigInt64Array) return "int64";
  if (data instanceof Int32Array) return "int32";
  if (data instanceof Uint8Array) return "uint8";
  return "int8";
}

/** True if `data` is the storage that `dtype` needs. */
export function storesDType(data: TypedArray, dtype: DType): boolean {
  return data instanceof facts[dtype].array;
}

/** Converts numbers to the storage of `dtype`: floats are rounded to the type, integers truncated towards zero, bool is `x !== 0`. */
export function arrayFrom<D extends DType>(dtype: D, numbers: ArrayLike<number>): DTypeArrays[D] {
  const length = numbers.length;
  const out = allocate(dtype, length) as TypedArray;
  if (out instanceof BigInt64Array) for (let i = 0; i < length; i++) out[i] = BigInt(Math.trunc(numbers[i]));
  else if (dtype === "bool") for (let i = 0; i < length; i++) out[i] = numbers[i] !== 0 ? 1 : 0;
  else out.set(numbers);
  return out as DTypeArrays[D];
}

/** The elements as float64 numbers (exact for every integer below 2^53). */
export function toNumbers(data: TypedArray): Float64Array {
  return data instanceof BigInt64Array ? Float64Array.from(data, Number) : Float64Array.from(data);
}
