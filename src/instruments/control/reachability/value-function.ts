import { OrreryError } from "../../../errors.ts";
import { numberArithmetic } from "./arithmetic.ts";
import { beyondEdge } from "./boundary-conditions.ts";
import { type Derivative, stencilRadius, upwind } from "./finite-differences.ts";
import type { Grid, Values } from "./grid.ts";

/** What a value outside the grid is: NaN, the value at the nearest place on the grid, or an error. */
export type Outside = "nan" | "clamp" | "error";

/** The corner below a state and how far the state is from it along each axis, in spacings. */
interface Cell {
  readonly low: number[];
  readonly high: number[];
  readonly fraction: number[];
}

/** The cell that holds `x`; undefined outside the grid when that is to be NaN. Periodic axes wrap. */
function locate(grid: Grid, x: readonly number[], outside: Outside): Cell | undefined {
  if (x.length < grid.axes.length) {
    throw new OrreryError("argument", `state: expected ${grid.axes.length} numbers; got ${x.length}`);
  }
  const cell: Cell = { low: [], high: [], fraction: [] };
  for (let a = 0; a < grid.axes.length; a++) {
    const { name, low, high, points, spacing, boundary } = grid.axes[a];
    let at = (x[a] - low) / spacing;
    if (Number.isNaN(at)) return undefined;
    if (boundary === "periodic") {
      at -= Math.floor(at / points) * points;
      const i = Math.min(Math.floor(at), points - 1);
      cell.low.push(i * grid.strides[a]);
      cell.high.push(((i + 1) % points) * grid.strides[a]);
      cell.fraction.push(at - i);
      continue;
    }
    // A hair of rounding beyond the last point is still on the grid.
    if (at < -1e-9 || at > points - 1 + 1e-9) {
      if (outside === "nan") return undefined;
      if (outside === "error") {
        throw new OrreryError("argument", `state ${name}: expected a number in [${low}, ${high}]; got ${x[a]}`);
      }
    }
    at = Math.min(points - 1, Math.max(0, at));
    const i = Math.min(Math.floor(at), points - 2);
    cell.low.push(i * grid.strides[a]);
    cell.high.push((i + 1) * grid.strides[a]);
    cell.fraction.push(at - i);
  }
  return cell;
}

/** Calls `visit` with the place and weight of every corner of a cell that counts. */
function forCorners({ low, high, fraction }: Cell, visit: (index: number, weight: number) => void): void {
  const d = low.length;
  for (let corner = 0; corner < 1 << d; corner++) {
    let weight = 1;
    let index = 0;
    for (let a = 0; a < d; a++) {
      const isHigh = ((corner >> a) & 1) === 1;
      weight *= isHigh ? fraction[a] : 1 - fraction[a];
      index += isHigh ? high[a] : low[a];
    }
    if (weight !== 0) visit(index, weight);
  }
}

/** The value at `x [d]` by multilinear interpolation between the 2ᵈ points around it. NaN outside the grid unless told otherwise. */
export function interpolate(grid: Grid, values: Values, x: readonly number[], outside: Outside = "nan"): number {
  const cell = locate(grid, x, outside);
  if (cell === undefined) return Number.NaN;
  let sum = 0;
  forCorners(cell, (index, weight) => {
    sum += weight * values[index];
  });
  return sum;
}

/** How gradients are taken from values. */
export interface GradientOptions {
  /** The mean of the left and right derivative of this scheme. Default `weno5`; `first-order` gives central differences. */
  readonly derivative?: Derivative;
  readonly outside?: Outside;
}

/** The gradient `[d]` at the grid point of an index. */
export function gradientAtPoint(grid: Grid, values: Values, index: number, derivative: Derivative = "weno5"): number[] {
  return grid.axes.map((axis, a) => {
    const stride = grid.strides[a];
    const i = Math.floor(index / stride) % axis.points;
    const start = index - i * stride;
    const [left, right] = upwind(
      numberArithmetic,
      derivative,
      stencil(grid, values, { a, start, i, radius: stencilRadius[derivative] }),
      axis.spacing,
    );
    return (left + right) / (2 * axis.spacing);
  });
}

interface StencilPlace {
  readonly a: number;
  /** Index of the first point of the line through the point along axis `a`. */
  readonly start: number;
  readonly i: number;
  /** How many values on each side. */
  readonly radius: number;
}

/** The values around a point along an axis, with those beyond an end made by the axis's rule. */
export function stencil(grid: Grid, values: Values, { a, start, i, radius: r }: StencilPlace): number[] {
  const { points, boundary } = grid.axes[a];
  const stride = grid.strides[a];
  const at = (k: number) => values[start + k * stride];
  return Array.from({ length: 2 * r + 1 }, (_, n) => {
    const k = i + n - r;
    if (boundary === "periodic") return at(((k % points) + points) % points);
    if (k < 0) return beyondEdge(numberArithmetic, boundary, [at(0), at(1)], -k);
    if (k >= points) return beyondEdge(numberArithmetic, boundary, [at(points - 1), at(points - 2)], k - points + 1);
    return at(k);
  });
}

/** The gradient `[d]` at `x`: interpolated between the gradients of the points around it. NaN outside the grid unless told otherwise. */
export function gradientAt(grid: Grid, values: Values, x: readonly number[], options: GradientOptions = {}): number[] {
  const cell = locate(grid, x, options.outside ?? "nan");
  const sum = grid.axes.map(() => (cell === undefined ? Number.NaN : 0));
  if (cell === undefined) return sum;
  forCorners(cell, (index, weight) => {
    gradientAtPoint(grid, values, index, options.derivative).forEach((g, a) => {
      sum[a] += weight * g;
    });
  });
  return sum;
}

/** Values kept at several times, in the order of `times`. */
export interface TimeSlices {
  /** Strictly increasing or strictly decreasing. */
  readonly times: readonly number[];
  readonly values: readonly Values[];
}

/** The two slices around time `t` and the weight of the second; beyond an end, the slice there. */
export function slicesAround(
  { times }: TimeSlices,
  t: number,
): readonly [first: number, second: number, weight: number] {
  const last = times.length - 1;
  const direction = Math.sign(times[last] - times[0]);
  if (last === 0 || (t - times[0]) * direction <= 0) return [0, 0, 0];
  if ((t - times[last]) * direction >= 0) return [last, last, 0];
  let [low, high] = [0, last];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((t - times[middle]) * direction >= 0) low = middle;
    else high = middle;
  }
  return [low, high, (t - times[low]) / (times[high] - times[low])];
}

/** The value at `x` and time `t`, linear in time between slices. */
export function interpolateInTime(
  grid: Grid,
  slices: TimeSlices,
  x: readonly number[],
  t: number,
  outside: Outside = "nan",
): number {
  const [first, second, weight] = slicesAround(slices, t);
  const at = (k: number) => interpolate(grid, slices.values[k], x, outside);
  return weight === 0 ? at(first) : (1 - weight) * at(first) + weight * at(second);
}

/** The gradient `[d]` at `x` and time `t`, of central differences unless told otherwise, linear in time between slices. */
export function gradientInTime(
  grid: Grid,
  slices: TimeSlices,
  x: readonly number[],
  t: number,
  options: GradientOptions = { derivative: "first-order", outside: "clamp" },
): number[] {
  const [first, second, weight] = slicesAround(slices, t);
  const a = gradientAt(grid, slices.values[first], x, options);
  if (weight === 0) return a;
  const b = gradientAt(grid, slices.values[second], x, options);
  return a.map((v, i) => (1 - weight) * v + weight * b[i]);
}
