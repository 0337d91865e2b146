import { OrreryError } from "../errors.ts";

/** Sizes of a tensor's axes, outermost first. Every size is a non-negative integer; `[]` is a scalar. */
export type Shape = readonly number[];

/** How many elements a tensor of this shape has; 1 for a scalar. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const n of shape) size *= n;
  return size;
}

/** `[2, 3]` as people read it. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}

/** Row-major strides in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  for (let axis = shape.length - 1, step = 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis];
  }
  return strides;
}

/**
 * The shape to which all `shapes` broadcast under NumPy's rule: aligned at the last axis, sizes equal or 1.
 * @throws OrreryError `shape`, naming `where` and the shapes, when two sizes differ and neither is 1.
 */
export function broadcastShapes(where: string, ...shapes: Shape[]): Shape {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  const out = new Array<number>(rank).fill(1);
  for (const shape of shapes) {
    const offset = rank - shape.length;
    for (let i = 0; i < shape.length; i++) {
      if (shape[i] === 1) continue;
      if (out[offset + i] !== 1 && out[offset + i] !== shape[i]) {
        throw new OrreryError(
          "shape",
          `${where}: shapes must broadcast together; got ${shapes.map(formatShape).join(" and ")}`,
          {
            hint: `Sizes are compared from the last axis; ${out[offset + i]} and ${shape[i]} differ and neither is 1.`,
          },
        );
      }
      out[offset + i] = shape[i];
    }
  }
  return out;
}

/**
 * `axis` counted from the front, in `[0, rank)`; negative axes count from the end.
 * @throws OrreryError `argument` when it is outside `[-rank, rank)`.
 */
export function normalizeAxis(where: string, axis: number, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    throw new OrreryError("argument", `${where}: axis must be an integer in [${-rank}, ${rank}); got ${axis}`, {
      hint: `The tensor has ${rank} ${rank === 1 ? "axis" : "axes"}.`,
    });
  }
  return axis < 0 ? axis + rank : axis;
}

/** The axes counted from the front, ascending, without repeats; all of them when `axes` is undefined. */
export function normalizeAxes(where: string, axes: number | readonly number[] | undefined, rank: number): number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, i) => i);
  const list = (typeof axes === "number" ? [axes] : [...axes]).map((axis) => normalizeAxis(where, axis, rank));
  const unique = [...new Set(list)].sort((a, b) => a - b);
  if (unique.length !== list.length) {
    throw new OrreryError("argument", `${where}: axes must not repeat; got ${formatShape(list)}`);
  }
  return unique;
}

/** @throws OrreryError `shape` unless every size is a non-negative integer. */
export function checkShape(where: string, shape: Shape): void {
  if (!shape.every((n) => Number.isInteger(n) && n >= 0)) {
    throw new OrreryError("shape", `${where}: sizes must be non-negative integers; got ${formatShape(shape)}`);
  }
}
