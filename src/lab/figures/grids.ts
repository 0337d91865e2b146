import type { Row } from "../figure.ts";

type Options = Readonly<Record<string, unknown>>;
type Accessor = (row: Row) => unknown;

/** Rows of a full grid in the order in which rasters are laid out, with the grid's size and outer bounds. */
export interface Grid {
  readonly rows: readonly Row[];
  readonly bounds: {
    readonly width: number;
    readonly height: number;
    readonly x1: number;
    readonly x2: number;
    readonly y1: number;
    readonly y2: number;
  };
}

/** Evenly spaced values, sorted; undefined where they are not. */
function evenSteps(values: readonly number[]): number[] | undefined {
  const sorted = [...new Set(values)].sort((a, b) => a - b);
  if (sorted.length < 2) return undefined;
  const step = (sorted[sorted.length - 1] - sorted[0]) / (sorted.length - 1);
  return sorted.every((value, i) => Math.abs(value - sorted[0] - i * step) < 1e-3 * step) ? sorted : undefined;
}

/** The grid that rows form by two accessors, each place taken once; undefined when they form none. Bounds are half a step outside the outer samples. */
export function gridOf(rows: readonly Row[], x: Accessor, y: Accessor): Grid | undefined {
  const [xs, ys] = [x, y].map((accessor) => rows.map(accessor));
  if (![...xs, ...ys].every((value) => typeof value === "number")) return undefined;
  const [columns, lines] = [evenSteps(xs as number[]), evenSteps(ys as number[])];
  if (columns === undefined || lines === undefined || columns.length * lines.length !== rows.length) return undefined;
  const placeOf = (steps: readonly number[]) => new Map(steps.map((value, i) => [value, i]));
  const [columnOf, lineOf] = [placeOf(columns), placeOf(lines)];
  const sorted: (Row | undefined)[] = new Array(rows.length).fill(undefined);
  for (const [i, row] of rows.entries()) {
    sorted[lineOf.get(ys[i] as number)! * columns.length + columnOf.get(xs[i] as number)!] = row;
  }
  if (sorted.includes(undefined)) return undefined;
  const half = (steps: readonly number[]) => (steps[1] - steps[0]) / 2;
  return {
    rows: sorted as Row[],
    bounds: {
      width: columns.length,
      height: lines.length,
      x1: columns[0] - half(columns),
      x2: columns[columns.length - 1] + half(columns),
      y1: lines[0] - half(lines),
      y2: lines[lines.length - 1] + half(lines),
    },
  };
}

/** Data and options for Plot's raster and contour: a full grid as it is, scattered samples interpolated between their neighbours. */
export function rasterInput(rows: readonly Row[], options: Options): readonly [readonly Row[], Options] {
  const { x, y, fx, fy } = options;
  const isWhole = fx === undefined && fy === undefined && typeof x === "function" && typeof y === "function";
  const grid = isWhole ? gridOf(rows, x as Accessor, y as Accessor) : undefined;
  if (grid === undefined) return [rows, { interpolate: "barycentric", ...options }];
  const { x: _x, y: _y, ...rest } = options;
  const asTheyAre = (_index: unknown, _width: number, _height: number, _x: unknown, _y: unknown, values: unknown) =>
    values;
  return [grid.rows, { interpolate: asTheyAre, ...grid.bounds, ...rest }];
}
