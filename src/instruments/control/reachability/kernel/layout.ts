import type { Grid } from "../grid.ts";
import { type Precision, sizeOf } from "./vector-emitter.ts";

/** Numbers before the first point of a row: three ghost points, and one beyond that writing them as a vector touches. */
const padding = 4;
/** Numbers after the last point. The fourth ghost, which no scheme looks at, may lie in the next row's padding. */
const beyond = 3;

/**
 * How values lie in a kernel's memory: the rows along the last axis one after the other, each with room for ghost points at
 * both ends. Ghost rows of the other axes are made where they are needed and never kept.
 */
export interface Layout {
  readonly precision: Precision;
  /** Bytes of a number. */
  readonly size: number;
  readonly rows: number;
  /** Points in a row. */
  readonly points: number;
  /** Bytes from a row's start to its first point. */
  readonly paddingBytes: number;
  /** Bytes from row to row. */
  readonly rowBytes: number;
  /** Bytes of the vectors that cover a row's points. */
  readonly vectorBytes: number;
  /** Bytes of all rows, with room for a store beyond the last. */
  readonly bufferBytes: number;
  /** Bytes from neighbour to neighbour along each axis but the last. */
  readonly strideBytes: readonly number[];
}

/** The layout of values on a grid. */
export function createLayout(grid: Grid, precision: Precision): Layout {
  const size = sizeOf[precision];
  const points = grid.shape[grid.shape.length - 1];
  const rows = grid.size / points;
  const rowBytes = size * (padding + points + beyond);
  return {
    precision,
    size,
    rows,
    points,
    paddingBytes: size * padding,
    rowBytes,
    vectorBytes: roundUp(size * points, 16),
    bufferBytes: rows * rowBytes + 32,
    strideBytes: grid.strides.slice(0, -1).map((stride) => (stride / points) * rowBytes),
  };
}

/** The least multiple of `unit` that is at least `value`. */
export function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}

/** A view of numbers in a kernel's memory. */
export function viewOf(
  buffer: ArrayBufferLike,
  precision: Precision,
  address: number,
  length: number,
): Float32Array | Float64Array {
  return precision === "f32" ? new Float32Array(buffer, address, length) : new Float64Array(buffer, address, length);
}

/** Copies dense values into the rows of a buffer. */
export function scatter(
  layout: Layout,
  memory: ArrayBufferLike,
  address: number,
  values: ArrayLike<number> & { subarray(from: number, to: number): ArrayLike<number> },
): void {
  for (let row = 0; row < layout.rows; row++) {
    const start = address + row * layout.rowBytes + layout.paddingBytes;
    viewOf(memory, layout.precision, start, layout.points).set(
      values.subarray(row * layout.points, (row + 1) * layout.points),
    );
  }
}

/** The dense copy of the rows of a buffer. */
export function gather(layout: Layout, memory: ArrayBufferLike, address: number): Float32Array | Float64Array {
  const length = layout.rows * layout.points;
  const values = layout.precision === "f32" ? new Float32Array(length) : new Float64Array(length);
  for (let row = 0; row < layout.rows; row++) {
    const start = address + row * layout.rowBytes + layout.paddingBytes;
    values.set(viewOf(memory, layout.precision, start, layout.points), row * layout.points);
  }
  return values;
}
