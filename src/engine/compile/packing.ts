import { allocate, type DTypeArrays } from "../dtype.ts";
import { NdArray } from "../ndarray.ts";
import { concat, split } from "../ops/joining.ts";
import { flatten, reshape } from "../ops/reshape.ts";
import { type Shape, sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";

/**
 * Each tensor that enters or leaves a run costs as much as copying some ten thousand numbers.
 * So small float32 tensors travel together in one buffer, and large ones alone, without a copy.
 */
export const packedBelow = 32_768;

/** The places of packed tensors in their buffer. */
export interface Packing {
  readonly shapes: readonly Shape[];
  readonly size: number;
}

export function isPackable(x: { readonly dtype: string; readonly shape: Shape }): boolean {
  return x.dtype === "float32" && sizeOf(x.shape) < packedBelow;
}

export function packingOf(shapes: readonly Shape[]): Packing {
  return { shapes, size: shapes.reduce((n, shape) => n + sizeOf(shape), 0) };
}

/** The packed tensors as expressions of their buffer. */
export function unpackTensors(buffer: Tensor, { shapes }: Packing): Tensor[] {
  return split(buffer, shapes.map(sizeOf)).map((part, i) => reshape(part, shapes[i]));
}

/** Tensors as one vector, in order. */
export function packTensors(tensors: readonly Tensor[]): Tensor {
  return concat(tensors.map(flatten));
}

/** The packed arrays as views of their buffer. */
export function unpackArrays(buffer: Float32Array, { shapes }: Packing): NdArray[] {
  let offset = 0;
  return shapes.map((shape) => {
    const start = offset;
    offset += sizeOf(shape);
    return new NdArray(buffer.subarray(start, offset), shape, "float32");
  });
}

/** One buffer with all arrays in order: the buffer that they are views of already, or a new one that they are copied to. */
export function packArrays(arrays: readonly NdArray[], size: number): Float32Array {
  const first = arrays[0].data as DTypeArrays["float32"];
  let offset = first.byteOffset;
  const isContiguous = arrays.every(({ data }) => {
    const isNext = data.buffer === first.buffer && data.byteOffset === offset;
    offset += data.byteLength;
    return isNext;
  });
  if (isContiguous) return new Float32Array(first.buffer, first.byteOffset, size);
  const buffer = allocate("float32", size);
  let position = 0;
  for (const { data } of arrays) {
    buffer.set(data as Float32Array, position);
    position += data.length;
  }
  return buffer;
}
