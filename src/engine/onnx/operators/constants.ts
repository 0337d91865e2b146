import { OrreryError } from "../../../errors.ts";
import { allocate, type TypedArray } from "../../dtype.ts";
import { NdArray, ndarray } from "../../ndarray.ts";
import { broadcastTo, reshape } from "../../ops/index.ts";
import { sizeOf } from "../../shape.ts";
import { type Tensor, tensor } from "../../tensor.ts";
import type { ImportedNode, OperatorTable } from "./operator.ts";

/** The value in whichever attribute it stands. */
function importConstant(node: ImportedNode): Tensor {
  const array = node.array("value");
  if (array !== undefined) return tensor(array);
  const { attributes } = node.node;
  for (const [name, dtype] of [
    ["value_float", "float32"],
    ["value_floats", "float32"],
    ["value_int", "int64"],
    ["value_ints", "int64"],
  ] as const) {
    const attribute = attributes[name];
    if (attribute?.kind === "float" || attribute?.kind === "int") return tensor(ndarray(attribute.value, dtype));
    if (attribute?.kind === "floats" || attribute?.kind === "ints") return tensor(ndarray([...attribute.value], dtype));
  }
  throw node.unsupported(
    `a constant in ${Object.keys(attributes).join(", ")}`,
    "Only constants of numbers are supported.",
  );
}

function importShape(node: ImportedNode): Tensor {
  const { shape } = node.input(0);
  const sizes = shape.slice(node.int("start", 0), node.has("end") ? node.int("end", 0) : undefined);
  return tensor(ndarray(sizes, "int64"));
}

function constantOfShape(node: ImportedNode): Tensor {
  const value = node.array("value") ?? ndarray([0]);
  return broadcastTo(reshape(tensor(value), []), node.numbers(0) ?? []);
}

/** `start, start + delta, …` up to but without `limit`, in the dtype of its bounds. */
function importRange(node: ImportedNode): Tensor {
  const [start, limit, delta] = [0, 1, 2].map((i) => node.numbers(i)?.[0] ?? 0);
  const { dtype } = node.input(0);
  const length = Math.max(0, Math.ceil((limit - start) / delta));
  if (!Number.isFinite(length)) throw new OrreryError("argument", `${node.title}: delta must not be 0; got ${delta}`);
  const data = allocate(dtype, length) as TypedArray;
  for (let i = 0; i < length; i++) {
    const value = start + i * delta;
    data[i] = data instanceof BigInt64Array ? BigInt(value) : value;
  }
  return tensor(new NdArray(data, [length], dtype));
}

/** Values that follow from the file and the shapes alone. */
export const constants: OperatorTable = {
  Constant: importConstant,
  ConstantOfShape: constantOfShape,
  Range: importRange,
  Shape: importShape,
  Size: (node) => tensor(ndarray(sizeOf(node.input(0).shape), "int64")),
};
