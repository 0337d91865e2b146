import { OrreryError } from "../errors.ts";
import { allocate, arrayFrom, type DType, type DTypeArrays, dtypeOfArray, storesDType, toNumbers } from "./dtype.ts";
import { checkShape, formatShape, type Shape, sizeOf } from "./shape.ts";

/** Numbers (or booleans) in nested lists, as people write matrices. */
export type NestedNumbers = number | boolean | readonly NestedNumbers[];

/**
 * A concrete array: values in row-major order with a shape and a dtype. Compiled functions take and return these;
 * an expression (`Tensor`) can be made of one with `tensor`.
 */
export class NdArray<D extends DType = DType> {
  readonly data: DTypeArrays[D];
  readonly shape: Shape;
  readonly dtype: D;

  /** @throws OrreryError `shape` when `data` has not as many elements as `shape`, `dtype` when its storage does not fit. */
  constructor(data: DTypeArrays[D], shape: Shape = [data.length], dtype: D = dtypeOfArray(data) as D) {
    checkShape("ndarray", shape);
    if (data.length !== sizeOf(shape)) {
      throw new OrreryError(
        "shape",
        `ndarray: shape ${formatShape(shape)} needs ${sizeOf(shape)} elements; got ${data.length}`,
      );
    }
    if (!storesDType(data, dtype)) {
      throw new OrreryError("dtype", `ndarray: ${dtype} cannot be stored in a ${data.constructor.name}`);
    }
    this.data = data;
    this.shape = shape;
    this.dtype = dtype;
  }

  get size(): number {
    return this.data.length;
  }

  /** The only element, as a number. @throws OrreryError `shape` when there is not exactly one. */
  item(): number {
    if (this.size !== 1) {
      throw new OrreryError("shape", `item: expected one element; got shape ${formatShape(this.shape)}`, {
        hint: "Use toNested() or data for more than one.",
      });
    }
    return Number(this.data[0]);
  }

  /** The values as nested lists of numbers (booleans for dtype `bool`). */
  toNested(): NestedNumbers {
    const build = (axis: number, offset: number): NestedNumbers => {
      if (axis === this.shape.length)
        return this.dtype === "bool" ? this.data[offset] !== 0 : Number(this.data[offset]);
      const step = sizeOf(this.shape.slice(axis + 1));
      return Array.from({ length: this.shape[axis] }, (_, i) => build(axis + 1, offset + i * step));
    };
    return build(0, 0);
  }

  /** The same elements under another shape; the storage is shared. */
  reshape(shape: Shape): NdArray<D> {
    return new NdArray(this.data, shape, this.dtype);
  }

  /** A copy with the values converted as `arrayFrom` tells. */
  astype<T extends DType>(dtype: T): NdArray<T> {
    return new NdArray(arrayFrom(dtype, toNumbers(this.data)), this.shape, dtype);
  }

  /** Dtype, shape and values as people read them, e.g. `float32[2, 2] [[1, 2], [3, 4]]`; the middle of long axes is left out. */
  toString(): string {
    return `${this.dtype}${formatShape(this.shape)} ${formatNested(this, 0, 0)}`;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

/** Elements shown at each end of an axis that is longer than twice this. */
const shownEnds = 4;

function formatElement({ dtype }: NdArray, value: number | bigint): string {
  if (dtype === "bool") return String(value !== 0);
  return dtype === "float32" ? String(Number(Number(value).toPrecision(7))) : String(value);
}

function formatNested(array: NdArray, axis: number, offset: number): string {
  const { shape, data } = array;
  if (axis === shape.length) return formatElement(array, data[offset]);
  const step = sizeOf(shape.slice(axis + 1));
  const part = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => formatNested(array, axis + 1, offset + (from + i) * step));
  const n = shape[axis];
  if (array.size <= 64 || n <= 2 * shownEnds) return `[${part(0, n).join(", ")}]`;
  return `[${[...part(0, shownEnds), "…", ...part(n - shownEnds, n)].join(", ")}]`;
}

function nestedShape(value: NestedNumbers): number[] {
  if (!Array.isArray(value)) return [];
  return value.length === 0 ? [0] : [value.length, ...nestedShape(value[0])];
}

/**
 * A concrete array of nested numbers, e.g. `ndarray([[1, 2], [3, 4]])`. Numbers become `float32` and booleans `bool` unless `dtype` says otherwise.
 * @throws OrreryError `shape` when the lists are ragged.
 */
export function ndarray(values: NestedNumbers, dtype?: DType): NdArray {
  const shape = nestedShape(values);
  const flat: number[] = [];
  let isBoolean = false;
  const visit = (value: NestedNumbers, depth: number, path: string): void => {
    if (Array.isArray(value)) {
      if (value.length !== shape[depth]) {
        throw new OrreryError(
          "shape",
          `ndarray: rows must have equal lengths; values${path} has ${value.length}, expected ${shape[depth] ?? "a number"}`,
        );
      }
      value.forEach((item, i) => {
        visit(item, depth + 1, `${path}[${i}]`);
      });
      return;
    }
    if (depth !== shape.length) {
      throw new OrreryError(
        "shape",
        `ndarray: rows must have equal lengths; values${path} is a number, expected a list`,
      );
    }
    if (typeof value === "boolean") isBoolean = true;
    flat.push(Number(value));
  };
  visit(values, 0, "");
  const type = dtype ?? (isBoolean ? "bool" : "float32");
  return new NdArray(arrayFrom(type, flat), shape, type);
}

/** A concrete array filled with zeros. */
export function zerosArray<D extends DType = "float32">(shape: Shape, dtype: D = "float32" as D): NdArray<D> {
  return new NdArray(allocate(dtype, sizeOf(shape)), shape, dtype);
}
