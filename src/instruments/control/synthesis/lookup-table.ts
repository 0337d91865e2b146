import { numberArithmetic } from "../reachability/arithmetic.ts";
import { beyondEdge } from "../reachability/boundary-conditions.ts";
import type { Axis, Grid, Values } from "../reachability/grid.ts";
import type { TimeSlices } from "../reachability/value-function.ts";

/** Points beyond the low and the high end of every axis: central differences at both corners of any cell, the last of a circle too. */
const [pointsBefore, pointsAfter] = [1, 2];

/** Values with the points beyond the edges that differences along an axis ask for. */
export interface LookupTable {
  /** Increasing. */
  readonly times: readonly number[];
  /** One for each time, `[points]` in row-major order of `shape`. */
  readonly slices: readonly Float32Array[];
}

/** The size of a table along every axis, and how far apart neighbours along it are. */
export function tableLayout({ shape }: Grid): { readonly size: number; readonly strides: readonly number[] } {
  const sizes = shape.map((n) => n + pointsBefore + pointsAfter);
  const strides = sizes.map((_, a) => sizes.slice(a + 1).reduce((product, n) => product * n, 1));
  return { size: strides[0] * sizes[0], strides };
}

/** The place in a table of the grid's first point. */
export function tableOrigin(grid: Grid): number {
  return tableLayout(grid).strides.reduce((sum, stride) => sum + pointsBefore * stride, 0);
}

/** Slices of a value function as a table. */
export function lookupTable(grid: Grid, { times, values }: TimeSlices): LookupTable {
  const order = times.map((_, i) => i).sort((i, j) => times[i] - times[j]);
  return { times: order.map((i) => times[i]), slices: order.map((i) => padded(grid, values[i])) };
}

/** The values with each axis continued by its rule; where several axes are beyond their edges, one after the other. */
function padded(grid: Grid, values: Values): Float32Array {
  let rows: Float32Array = Float32Array.from(values);
  let inner = 1;
  for (const [a, axis] of [...grid.axes.entries()].reverse()) {
    const outer = grid.shape.slice(0, a).reduce((product, n) => product * n, 1);
    rows = padAxis(rows, { axis, outer, inner });
    inner *= axis.points + pointsBefore + pointsAfter;
  }
  return rows;
}

function padAxis(
  x: Float32Array,
  { axis: { points, boundary }, outer, inner }: { readonly axis: Axis; readonly outer: number; readonly inner: number },
): Float32Array {
  const wide = points + pointsBefore + pointsAfter;
  const result = new Float32Array(outer * wide * inner);
  for (let o = 0; o < outer; o++) {
    for (let k = 0; k < inner; k++) {
      const at = (i: number) => x[(o * points + i) * inner + k];
      for (let i = -pointsBefore; i < points + pointsAfter; i++) {
        const value =
          boundary === "periodic"
            ? at((i + points) % points)
            : i < 0
              ? beyondEdge(numberArithmetic, boundary, [at(0), at(1)], -i)
              : i >= points
                ? beyondEdge(numberArithmetic, boundary, [at(points - 1), at(points - 2)], i - points + 1)
                : at(i);
        result[(o * wide + i + pointsBefore) * inner + k] = value;
      }
    }
  }
  return result;
}
