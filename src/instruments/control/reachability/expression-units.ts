import { isComparable, parseUnit, raise, times, type Unit } from "../stl/units.ts";

/** The unit of a value: known, free to take any (a bare number), or unknown (a variable without a declared unit). */
export type Measure = Unit | "free" | "unknown";

const radian = parseUnit("rad")!;

/** Radians are plain numbers here, so that a turn rate times a length is a speed. */
function withoutAngle(unit: Unit): Unit {
  return times(unit, raise(radian, -unit.dimension[3]));
}

/** Whether both units are known and values in them cannot be added or compared. */
export function disagree(a: Measure, b: Measure): boolean {
  return typeof a === "object" && typeof b === "object" && !isComparable(withoutAngle(a), withoutAngle(b));
}

/** The unit of a sum or comparison of values that do not disagree. */
export function commonUnit(a: Measure, b: Measure): Measure {
  if (typeof a === "object") return a;
  if (typeof b === "object") return b;
  return a === "unknown" || b === "unknown" ? "unknown" : "free";
}

/** The unit of a product, or with `power` −1 of a quotient. */
export function productUnit(a: Measure, b: Measure, power: 1 | -1): Measure {
  if (a === "unknown" || b === "unknown") return "unknown";
  if (b === "free") return a;
  const right = raise(b, power);
  return a === "free" ? right : times(a, right);
}

/** The unit of `base` to a constant power. */
export function powerUnit(base: Measure, exponent: number | undefined): Measure {
  if (typeof base !== "object") return base;
  return exponent === undefined ? "unknown" : raise(base, exponent);
}

const plainArguments = ["exp", "log", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh"];

/** The unit of a builtin function's value; `wantsPlain` where the operands must be plain numbers or angles. */
export function unitOfCall(
  name: string,
  operands: readonly Measure[],
): { readonly unit: Measure; readonly wantsPlain: boolean } {
  if (plainArguments.includes(name)) return { unit: "free", wantsPlain: true };
  if (name === "sign" || name === "atan2") return { unit: "free", wantsPlain: false };
  if (name === "sqrt") return { unit: powerUnit(operands[0], 0.5), wantsPlain: false };
  return { unit: operands.reduce(commonUnit, "free"), wantsPlain: false };
}
