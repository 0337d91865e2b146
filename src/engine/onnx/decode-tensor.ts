import { OrreryError } from "../../errors.ts";
import { onnxDataType } from "./data-types.ts";
import type { OnnxTensor } from "./model.ts";
import type { Message } from "./schema.ts";
import { checkTensorSize } from "./tensor-data.ts";

/** ONNX's data type of strings. */
const stringType = 8;

function refuseExternalData(where: string, tensor: Message<"Tensor">): void {
  if (tensor.dataLocation !== 1) return;
  const location = tensor.externalData?.find(({ key }) => key === "location")?.value ?? "";
  throw new OrreryError(
    "unsupported",
    `decodeModel: ${where}: tensor "${tensor.name ?? ""}" keeps its data in another file, "${location}"`,
    { hint: "Save the model as one file, e.g. in Python: onnx.save(onnx.load(path), single_path)." },
  );
}

/** The values as strings. @throws OrreryError `format` naming `where` and the index of one that is not UTF-8 */
export function checkedStrings(where: string, values: readonly (string | Uint8Array)[]): string[] {
  return values.map((text, i) => {
    if (typeof text === "string") return text;
    throw new OrreryError("format", `decodeModel: ${where}: string ${i} is not UTF-8`);
  });
}

/** The elements of a typed field as the bytes that `raw_data` would have. */
function typedBytes(tensor: Message<"Tensor">, bits: number): Uint8Array {
  const { floatData, doubleData, int32Data, int64Data, uint64Data } = tensor;
  if (floatData !== undefined) return bytesOf(Float32Array.from(floatData));
  if (doubleData !== undefined) return bytesOf(Float64Array.from(doubleData));
  if (int64Data !== undefined) return bytesOf(BigInt64Array.from(int64Data));
  if (uint64Data !== undefined) {
    return bits === 32 ? bytesOf(Uint32Array.from(uint64Data, Number)) : bytesOf(BigUint64Array.from(uint64Data));
  }
  if (int32Data === undefined) return new Uint8Array(0);
  // Narrow types take one number each, packed ones a number for each byte.
  if (bits === 32) return bytesOf(Int32Array.from(int32Data));
  return bits === 16 ? bytesOf(Uint16Array.from(int32Data)) : Uint8Array.from(int32Data);
}

function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/**
 * A tensor of its message, the elements as raw bytes whichever field they came in.
 * @throws OrreryError `unsupported` naming the file for external data; `format` when the elements are not as many as the dims say
 */
export function decodeTensor(where: string, message: Message<"Tensor">): OnnxTensor {
  refuseExternalData(where, message);
  const { name = "", dims = [], dataType = 0, rawData, stringData } = message;
  const bits = onnxDataType(dataType)?.bits ?? 8;
  let tensor: OnnxTensor = { name, dims, dataType, data: rawData ?? typedBytes(message, bits) };
  if (dataType === stringType) {
    const strings = checkedStrings(`${where}: tensor "${name}"`, stringData ?? []);
    tensor = { ...tensor, strings };
  }
  checkTensorSize(`decodeModel: ${where}`, tensor);
  return tensor;
}
