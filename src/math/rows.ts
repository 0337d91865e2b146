import { toNumbers } from "../engine/dtype.ts";
import type { NdArray } from "../engine/ndarray.ts";
import { formatShape } from "../engine/shape.ts";
import { OrreryError } from "../errors.ts";

/** Points as a table of finite numbers, one row after the other. */
export interface Rows {
  readonly count: number;
  readonly width: number;
  readonly values: Float64Array;
}

/**
 * The points `[n, …]` with all further axes as one.
 * @throws OrreryError `shape` unless there is at least one point with a coordinate, `argument` naming the first that is not finite.
 */
export function rowsOf(where: string, points: NdArray): Rows {
  const [count = 0, ...rest] = points.shape;
  const width = rest.reduce((product, size) => product * size, 1);
  if (points.shape.length < 2 || count === 0 || width === 0) {
    throw new OrreryError("shape", `${where}: expected points [n, d]; got shape ${formatShape(points.shape)}`);
  }
  const values = toNumbers(points.data);
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new OrreryError(
      "argument",
      `${where}: point ${Math.floor(bad / width)}, coordinate ${bad % width}: expected a finite number; got ${values[bad]}`,
      { hint: "Remove or fill in such rows first." },
    );
  }
  return { count, width, values };
}
