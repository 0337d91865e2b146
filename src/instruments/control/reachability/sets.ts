import { OrreryError } from "../../../errors.ts";

/** A compact convex set of inputs. */
export type InputSet =
  /** Every component between its own bounds. */
  | {
      readonly kind: "box";
      readonly names: readonly string[];
      readonly low: readonly number[];
      readonly high: readonly number[];
    }
  /** The Euclidean ball `‖u − center‖ ≤ radius`. */
  | {
      readonly kind: "ball";
      readonly names: readonly string[];
      readonly center: readonly number[];
      readonly radius: number;
    };

/** Each name's bounds as a box. */
export function box(bounds: Readonly<Record<string, readonly [low: number, high: number]>>): InputSet {
  const entries = Object.values(bounds);
  return {
    kind: "box",
    names: Object.keys(bounds),
    low: entries.map(([low]) => low),
    high: entries.map(([, high]) => high),
  };
}

/** The ball of a radius around a centre, 0 unless given. */
export function ball(
  names: readonly string[],
  radius: number,
  center: readonly number[] = names.map(() => 0),
): InputSet {
  return { kind: "ball", names, radius, center };
}

/** `{ factor·u : u in the set }` for a factor of at least 0. */
export function scaleSet(set: InputSet, factor: number): InputSet {
  const times = (values: readonly number[]) => values.map((v) => factor * v);
  return set.kind === "box"
    ? { ...set, low: times(set.low), high: times(set.high) }
    : { ...set, center: times(set.center), radius: factor * set.radius };
}

/** The middle of a set and its half width along each component (for a ball the radius). */
export function centerAndReach(set: InputSet): {
  readonly center: readonly number[];
  readonly reach: readonly number[];
} {
  if (set.kind === "ball") return { center: set.center, reach: set.center.map(() => set.radius) };
  return {
    center: set.low.map((low, i) => (low + set.high[i]) / 2),
    reach: set.low.map((low, i) => (set.high[i] - low) / 2),
  };
}

/**
 * The point of the set farthest along `direction`: the corner of a box (its middle where the direction has a zero),
 * `center + radius·direction/‖direction‖` in a ball (its centre when the direction is 0).
 */
export function extremePoint(set: InputSet, direction: readonly number[]): number[] {
  const { center, reach } = centerAndReach(set);
  if (set.kind === "box") return center.map((c, i) => c + Math.sign(direction[i]) * reach[i]);
  const length = Math.hypot(...direction);
  return center.map((c, i) => (length === 0 ? c : c + (set.radius * direction[i]) / length));
}

/** A set of inputs as people write it: `‖(wx, wy)‖ ≤ 0.4`, `−1 ≤ u ≤ 1`. Numbers to four digits. */
export function describeSet(set: InputSet): string {
  const text = (value: number) => String(Number(value.toPrecision(4))).replace("-", "−");
  if (set.kind === "box") {
    return set.names.map((name, i) => `${text(set.low[i])} ≤ ${name} ≤ ${text(set.high[i])}`).join(", ");
  }
  const parts = set.names.map((name, i) => {
    const center = set.center[i];
    return center === 0 ? name : `${name} ${center > 0 ? "−" : "+"} ${text(Math.abs(center))}`;
  });
  return `‖(${parts.join(", ")})‖ ≤ ${text(set.radius)}`;
}

/** @throws OrreryError `argument` naming what is wrong with a set of inputs. */
export function checkSet(set: InputSet, where: string): void {
  const fail = (expected: string, got: unknown) => {
    throw new OrreryError("argument", `${where}: expected ${expected}; got ${got}`);
  };
  const bounds = set.kind === "box" ? [set.low, set.high] : [set.center];
  for (const values of bounds) {
    if (values.length !== set.names.length) fail(`a bound for each of ${set.names.join(", ")}`, values.join(", "));
    if (!values.every(Number.isFinite)) fail("finite numbers", values.join(", "));
  }
  if (set.kind === "ball" && !(set.radius >= 0 && Number.isFinite(set.radius)))
    fail("a radius of at least 0", set.radius);
  if (set.kind !== "box") return;
  set.names.forEach((name, i) => {
    if (set.low[i] > set.high[i]) fail(`low <= high for ${name}`, `${set.low[i]} and ${set.high[i]}`);
  });
}
