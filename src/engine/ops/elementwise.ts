import { OrreryError } from "../../errors.ts";
import { type DType, isFloat, isInteger } from "../dtype.ts";
import type { GradientContext, Operation, ReferenceArray } from "../operation.ts";
import { broadcastShapes, type Shape, sizeOf, stridesOf } from "../shape.ts";
import { apply, operands, type Tensor, type TensorLike } from "../tensor.ts";

/** The attributes of an operation that has none. */
export const noAttributes: object = Object.freeze({});

/** Strides that walk an array of shape `from` in the order of the broadcast shape `to`: 0 along repeated axes. */
export function broadcastStrides(from: Shape, to: Shape): number[] {
  const strides = stridesOf(from);
  const offset = to.length - from.length;
  return to.map((_, axis) => (axis < offset || from[axis - offset] === 1 ? 0 : strides[axis - offset]));
}

/** Calls `visit(outputIndex, offsets)` for every element of `shape` in row-major order, with one running offset per stride list. */
export function forEachElement(
  shape: Shape,
  strideLists: readonly (readonly number[])[],
  visit: (index: number, offsets: readonly number[]) => void,
): void {
  const size = sizeOf(shape);
  const position = new Array<number>(shape.length).fill(0);
  const offsets = new Array<number>(strideLists.length).fill(0);
  for (let index = 0; index < size; index++) {
    visit(index, offsets);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      position[axis]++;
      for (let k = 0; k < offsets.length; k++) offsets[k] += strideLists[k][axis];
      if (position[axis] < shape[axis]) break;
      for (let k = 0; k < offsets.length; k++) offsets[k] -= strideLists[k][axis] * shape[axis];
      position[axis] = 0;
    }
  }
}

/** Applies `f` elementwise with broadcasting in float64. */
export function mapReference(
  inputs: readonly ReferenceArray[],
  shape: Shape,
  f: (...values: number[]) => number,
): ReferenceArray {
  const data = new Float64Array(sizeOf(shape));
  const strides = inputs.map((input) => broadcastStrides(input.shape, shape));
  forEachElement(shape, strides, (index, offsets) => {
    data[index] = f(...inputs.map((input, k) => Number(input.data[offsets[k]])));
  });
  return { data, shape };
}

/** Kinds of dtypes: floats; numbers; numbers of at least 32 bits; numbers with a sign; truth values. */
export type Accepted = "float" | "number" | "wide" | "signed" | "bool";

const kinds: Record<
  Accepted,
  { readonly words: string; readonly has: (dtype: DType) => boolean; readonly cast: DType }
> = {
  float: { words: "float32 or float64", has: isFloat, cast: "float32" },
  number: { words: "a number type", has: (dtype) => dtype !== "bool", cast: "float32" },
  wide: {
    words: "float32, float64, int32 or int64",
    has: (dtype) => isFloat(dtype) || dtype === "int32" || dtype === "int64",
    cast: "int32",
  },
  signed: {
    words: "a number type with a sign",
    has: (dtype) => dtype !== "bool" && dtype !== "uint8",
    cast: "int32",
  },
  bool: { words: "bool", has: (dtype) => dtype === "bool", cast: "bool" },
};

/** @throws OrreryError `dtype`, naming the operation and the conversion, unless `dtype` is of the kind. */
export function checkDType(where: string, accepted: Accepted, dtype: DType): void {
  const { words, has, cast } = kinds[accepted];
  if (has(dtype)) return;
  throw new OrreryError("dtype", `${where}: expected ${words}; got ${dtype}`, {
    hint: `Convert with cast(x, "${cast}").`,
  });
}

interface ElementwiseRecord {
  readonly name: string;
  /** The ONNX operator. */
  readonly onnx: string;
  /** The function on numbers. */
  readonly f: (...values: number[]) => number;
  /** The function on integers, where it is another one. */
  readonly integerF?: (...values: number[]) => number;
  readonly gradient: (context: GradientContext & { readonly g: Tensor }) => readonly (Tensor | undefined)[];
  /** What the operands may be; every dtype where it is left out. */
  readonly accepts?: Accepted;
  /** The result's dtype where it is not the operands'. */
  readonly result?: DType;
}

/** An operation that works element by element, with broadcasting when it has several operands. */
export function elementwiseOperation(record: ElementwiseRecord): Operation {
  return {
    name: record.name,
    isElementwise: true,
    infer: (inputs) => {
      if (record.accepts !== undefined) checkDType(record.name, record.accepts, inputs[0].dtype);
      const shape = broadcastShapes(record.name, ...inputs.map((input) => input.shape));
      return [{ shape, dtype: record.result ?? inputs[0].dtype }];
    },
    gradient: (context) => {
      const g = context.cotangents[0];
      return g === undefined ? [] : record.gradient({ ...context, g });
    },
    lower: ({ graph, inputs }) => [graph.node(record.onnx, inputs)],
    evaluate: (inputs, _, [output]) => {
      const f = isInteger(output.dtype) ? (record.integerF ?? record.f) : record.f;
      return [mapReference(inputs, output.shape, f)];
    },
  };
}

/** Declares an elementwise operation of one tensor and returns the function that applies it. */
export function unary(record: ElementwiseRecord): (x: TensorLike) => Tensor {
  const operation = elementwiseOperation(record);
  return (x) => apply(operation, operands(record.name, x), noAttributes);
}

/** Declares an elementwise operation of two tensors and returns the function that applies it. */
export function binary(record: ElementwiseRecord): (a: TensorLike, b: TensorLike) => Tensor {
  const operation = elementwiseOperation(record);
  return (a, b) => apply(operation, operands(record.name, a, b), noAttributes);
}
