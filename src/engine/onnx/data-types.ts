/** An element type of `TensorProto.DataType`: its name there, in lower case, and the bits of one element in `raw_data`. */
export interface OnnxDataType {
  readonly name: string;
  /** 0 for strings, which have no raw form. */
  readonly bits: number;
  /** The field that holds the elements where `raw_data` is not used. */
  readonly field: "floatData" | "int32Data" | "int64Data" | "doubleData" | "uint64Data" | "stringData";
}

const dataTypes: Readonly<Record<number, OnnxDataType>> = {
  1: { name: "float", bits: 32, field: "floatData" },
  2: { name: "uint8", bits: 8, field: "int32Data" },
  3: { name: "int8", bits: 8, field: "int32Data" },
  4: { name: "uint16", bits: 16, field: "int32Data" },
  5: { name: "int16", bits: 16, field: "int32Data" },
  6: { name: "int32", bits: 32, field: "int32Data" },
  7: { name: "int64", bits: 64, field: "int64Data" },
  8: { name: "string", bits: 0, field: "stringData" },
  9: { name: "bool", bits: 8, field: "int32Data" },
  10: { name: "float16", bits: 16, field: "int32Data" },
  11: { name: "double", bits: 64, field: "doubleData" },
  12: { name: "uint32", bits: 32, field: "uint64Data" },
  13: { name: "uint64", bits: 64, field: "uint64Data" },
  14: { name: "complex64", bits: 64, field: "floatData" },
  15: { name: "complex128", bits: 128, field: "doubleData" },
  16: { name: "bfloat16", bits: 16, field: "int32Data" },
  17: { name: "float8e4m3fn", bits: 8, field: "int32Data" },
  18: { name: "float8e4m3fnuz", bits: 8, field: "int32Data" },
  19: { name: "float8e5m2", bits: 8, field: "int32Data" },
  20: { name: "float8e5m2fnuz", bits: 8, field: "int32Data" },
  21: { name: "uint4", bits: 4, field: "int32Data" },
  22: { name: "int4", bits: 4, field: "int32Data" },
  23: { name: "float4e2m1", bits: 4, field: "int32Data" },
  24: { name: "float8e8m0", bits: 8, field: "int32Data" },
  25: { name: "uint2", bits: 2, field: "int32Data" },
  26: { name: "int2", bits: 2, field: "int32Data" },
};

/** What is known of ONNX's element type number `code`, or undefined for one that ONNX 1.23 does not define or packs otherwise. */
export function onnxDataType(code: number): OnnxDataType | undefined {
  return dataTypes[code];
}

/** ONNX's name of element type `code`, or the number itself where it has none. */
export function onnxDataTypeName(code: number): string {
  return dataTypes[code]?.name ?? `data type ${code}`;
}
