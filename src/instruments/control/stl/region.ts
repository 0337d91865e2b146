import { OrreryError } from "../../../errors.ts";

/** A set in the space of some named states, with a signed distance to its boundary. */
export type Region =
  /** The ball around `center`: distance `radius − ‖x − center‖`. A disc where there are two states. */
  | {
      readonly kind: "ball";
      readonly states: readonly string[];
      readonly center: readonly number[];
      readonly radius: number;
    }
  /** An axis-parallel box; infinite bounds leave a side open. */
  | {
      readonly kind: "box";
      readonly states: readonly string[];
      readonly low: readonly number[];
      readonly high: readonly number[];
    }
  /** `offset − normal·x`, divided by the length of the normal: where `normal·x <= offset`. */
  | {
      readonly kind: "halfspace";
      readonly states: readonly string[];
      readonly normal: readonly number[];
      readonly offset: number;
    }
  /** A simple polygon in the plane of two states, by its corners in order. */
  | {
      readonly kind: "polygon";
      readonly states: readonly string[];
      readonly corners: readonly (readonly [number, number])[];
    };

/**
 * The signed Euclidean distance from `x` (the values of the region's states) to the region's boundary, positive inside.
 * It is 1-Lipschitz.
 */
export function signedDistance(region: Region, x: readonly number[]): number {
  switch (region.kind) {
    case "ball":
      return region.radius - Math.hypot(...x.map((v, i) => v - region.center[i]));
    case "box":
      return boxDistance(region.low, region.high, x);
    case "halfspace":
      return (region.offset - region.normal.reduce((s, n, i) => s + n * x[i], 0)) / Math.hypot(...region.normal);
    case "polygon":
      return polygonDistance(region.corners, x[0], x[1]);
  }
}

function boxDistance(low: readonly number[], high: readonly number[], x: readonly number[]): number {
  const depths = x.map((v, i) => Math.min(v - low[i], high[i] - v));
  const inside = Math.min(...depths);
  return inside >= 0 ? inside : -Math.hypot(...depths.map((d) => Math.min(d, 0)));
}

function polygonDistance(corners: readonly (readonly [number, number])[], x: number, y: number): number {
  let nearest = Number.POSITIVE_INFINITY;
  let isInside = false;
  corners.forEach(([ax, ay], i) => {
    const [bx, by] = corners[(i + 1) % corners.length];
    const [ex, ey] = [bx - ax, by - ay];
    // A corner that is written twice makes an edge without a length.
    const along = Math.min(1, Math.max(0, ((x - ax) * ex + (y - ay) * ey) / (ex * ex + ey * ey || 1)));
    nearest = Math.min(nearest, Math.hypot(x - ax - along * ex, y - ay - along * ey));
    if (ay > y !== by > y && x < ax + ((y - ay) / ey) * ex) isInside = !isInside;
  });
  return isInside ? nearest : -nearest;
}

/** @throws OrreryError `argument` naming what is wrong with a region: unequal lengths, an empty set, a number that is not finite. */
export function checkRegion(name: string, region: Region): void {
  const fail = (expected: string, got: unknown) => {
    throw new OrreryError("argument", `region ${name}: expected ${expected}; got ${JSON.stringify(got)}`);
  };
  const size = region.states.length;
  const lists = { ball: ["center"], box: ["low", "high"], halfspace: ["normal"], polygon: [] }[region.kind];
  if (size === 0) fail("at least one state", region.states);
  for (const key of lists) {
    const values = (region as unknown as Record<string, readonly number[]>)[key];
    if (values.length !== size) fail(`${key} to have one number for each of ${region.states.join(", ")}`, values);
    if (values.some(Number.isNaN)) fail(`${key} without NaN`, values.map(String));
  }
  if (region.kind === "ball" && !(region.radius > 0)) fail("a radius above 0", region.radius);
  if (region.kind === "box" && !region.low.every((v, i) => v < region.high[i])) fail("low < high", region);
  if (region.kind === "halfspace" && !region.normal.some((v) => v !== 0)) fail("a normal that is not 0", region.normal);
  if (region.kind !== "polygon") return;
  if (size !== 2) fail("two states", region.states);
  if (region.corners.length < 3) fail("at least three corners", region.corners);
  if (!region.corners.flat().every(Number.isFinite)) fail("finite corners", region.corners);
}
