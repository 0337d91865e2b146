import { OrreryError } from "../../../errors.ts";

/** Values on a grid, one number a point, the last axis fastest. */
export type Values = Float32Array | Float64Array;

/**
 * What lies beyond the ends of an axis: the other end (`periodic`); a straight line through the last two points (`linear`);
 * a line with the same steepness that always leads away from zero, so that no set enters from outside (`away-from-zero`);
 * or the last value (`constant`).
 */
export type BoundaryRule = "periodic" | "linear" | "away-from-zero" | "constant";

/** One axis as a user gives it. */
export interface AxisSpec {
  /** For messages; the state's name. */
  readonly name?: string;
  readonly low: number;
  /** A periodic axis has no point at `high`, which is the same place as `low`. */
  readonly high: number;
  /** At least 2; a scheme may ask for more. */
  readonly points: number;
  /** The same as `boundary: "periodic"`. */
  readonly periodic?: boolean;
  /** Defaults to `away-from-zero`. */
  readonly boundary?: BoundaryRule;
}

/** One axis of a grid: equally spaced points. */
export interface Axis {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  readonly points: number;
  readonly spacing: number;
  readonly boundary: BoundaryRule;
  /** `low + i·spacing`. */
  readonly coordinates: Float64Array;
}

/** A rectangular grid of one to six axes. */
export interface Grid {
  readonly axes: readonly Axis[];
  readonly shape: readonly number[];
  /** How many points apart neighbours along each axis are in an array of values. */
  readonly strides: readonly number[];
  /** The number of points. */
  readonly size: number;
}

const boundaryRules: readonly BoundaryRule[] = ["periodic", "linear", "away-from-zero", "constant"];

/** No machine's memory holds more in all; and along one axis there would be more coordinates than values elsewhere. */
const [mostPoints, mostAlongAxis] = [2 ** 32, 2 ** 24];

/**
 * A grid with the given axes. `low` is always a point; `high` is one unless the axis is periodic.
 * @throws OrreryError `argument` for no or more than six axes, an empty range, fewer than two points, an unknown rule,
 * more points than any memory holds.
 */
export function createGrid(specs: readonly AxisSpec[]): Grid {
  if (specs.length < 1 || specs.length > 6) {
    throw new OrreryError("argument", `grid: expected one to six axes; got ${specs.length}`);
  }
  const size = specs.reduce((product, { points }) => product * points, 1);
  if (size > mostPoints) {
    const got = `${size.toPrecision(3)} of ${specs.map(({ points }) => points).join("×")}`;
    const share = (mostPoints / size) ** (1 / specs.length);
    const fits = specs.map(({ points }) => Math.max(2, Math.floor(points * share)));
    throw new OrreryError("argument", `grid: expected at most ${mostPoints} points; got ${got}`, {
      hint: `${fits.join("×")} points are that many; memory and time may ask for fewer.`,
    });
  }
  const axes = specs.map(createAxis);
  const shape = axes.map((axis) => axis.points);
  const strides = shape.map((_, i) => shape.slice(i + 1).reduce((a, b) => a * b, 1));
  return { axes, shape, strides, size: shape.reduce((a, b) => a * b, 1) };
}

function createAxis(spec: AxisSpec, index: number): Axis {
  const { low, high, points, name = `x${index}` } = spec;
  const boundary = spec.periodic === true ? "periodic" : (spec.boundary ?? "away-from-zero");
  const fail = (expected: string, got: unknown) => {
    throw new OrreryError("argument", `grid axis ${name}: expected ${expected}; got ${got}`);
  };
  if (!Number.isFinite(low) || !Number.isFinite(high) || low >= high) fail("finite low < high", `${low} and ${high}`);
  if (!Number.isInteger(points) || points < 2) fail("at least 2 points", points);
  if (points > mostAlongAxis) fail(`at most ${mostAlongAxis} points`, points);
  if (!boundaryRules.includes(boundary)) fail(`one of ${boundaryRules.join(", ")}`, JSON.stringify(boundary));
  if (spec.periodic === true && (spec.boundary ?? "periodic") !== "periodic") fail("one boundary rule", spec.boundary);
  const spacing = (high - low) / (boundary === "periodic" ? points : points - 1);
  const coordinates = Float64Array.from({ length: points }, (_, i) => low + i * spacing);
  return { name, low, high, points, spacing, boundary, coordinates };
}

/** The coordinates `x [d]` of the point at `index` in an array of values, written to `x`. */
export function stateAt(grid: Grid, index: number, x: number[] = []): number[] {
  let rest = index;
  for (let a = 0; a < grid.axes.length; a++) {
    const i = Math.floor(rest / grid.strides[a]);
    rest -= i * grid.strides[a];
    x[a] = grid.axes[a].coordinates[i];
  }
  return x;
}

/** A function of the state on every point of the grid, in double precision. The array that `f` sees is reused. */
export function sample(grid: Grid, f: (x: readonly number[]) => number): Float64Array {
  const values = new Float64Array(grid.size);
  fillBy(grid, f, values);
  return values;
}

/** Writes a function of the state on every point of the grid. */
export function fillBy(grid: Grid, f: (x: readonly number[]) => number, values: Values): void {
  const x: number[] = [];
  for (let i = 0; i < grid.size; i++) values[i] = f(stateAt(grid, i, x));
}
