import type { Term } from "./formula.ts";
import { dimensionless, isComparable, parseUnit, raise, times, type Unit } from "./units.ts";
import type { TermFunction } from "./vocabulary.ts";

/** The unit of a term: known, free to take any (a bare number), or unknown (a state without a declared unit). */
export type Measure = Unit | "free" | "unknown";

/** A term and the unit of its value. */
export interface Measured {
  readonly term: Term;
  readonly measure: Measure;
}

/** What disagrees, for the message of whoever knows the place. */
export interface UnitMismatch {
  readonly mismatch: readonly [expected: string, got: string];
}

const isUnit = (measure: Measure): measure is Unit => typeof measure === "object";

/** The term in another unit of the same dimension. */
function rescale(term: Term, from: Unit, to: Unit): Term {
  return from.factor === to.factor ? term : { kind: "scaled", factor: from.factor / to.factor, operand: term };
}

function toCoherent({ term, measure }: Measured): Measured {
  return isUnit(measure)
    ? { term: rescale(term, measure, { ...measure, factor: 1 }), measure: "unknown" }
    : { term, measure };
}

/**
 * Brings terms that are added or compared to one unit, that of the first one that has any; numbers as written come after what is
 * computed, so that `300 cm >= x` is as robust as `x <= 3 m`. Where a state has no declared
 * unit, the others are brought to coherent units (m, kg, s, rad).
 */
export function alignUnits(
  operands: readonly Measured[],
): { readonly terms: Term[]; readonly measure: Measure } | UnitMismatch {
  const computed = operands.filter(({ term }) => term.kind !== "number");
  const first = [...computed, ...operands].map((o) => o.measure).find(isUnit);
  if (first === undefined) {
    const measure = operands.some((o) => o.measure === "unknown") ? "unknown" : "free";
    return { terms: operands.map((o) => o.term), measure };
  }
  const other = operands.find((o) => isUnit(o.measure) && !isComparable(o.measure, first));
  if (other !== undefined) return { mismatch: [first.name, (other.measure as Unit).name] };
  if (operands.some((o) => o.measure === "unknown")) {
    return { terms: operands.map((o) => toCoherent(o).term), measure: "unknown" };
  }
  const terms = operands.map(({ term, measure }) => (isUnit(measure) ? rescale(term, measure, first) : term));
  return { terms, measure: first };
}

/** The unit of a product or quotient. */
export function multiplyUnits(a: Measure, b: Measure, power: 1 | -1): Measure {
  if (a === "unknown" || b === "unknown") return "unknown";
  if (b === "free") return a;
  const right = raise(b, power);
  return a === "free" ? right : times(a, right);
}

/** The unit of a power, known only for whole-number exponents. */
export function powerUnit(base: Measure, exponent: Term): Measure {
  if (!isUnit(base)) return base;
  return exponent.kind === "number" && Number.isInteger(exponent.value) ? raise(base, exponent.value) : "unknown";
}

/** The operands of a call in the units that the function wants, and the unit of its result. */
export function unitsOfCall(
  rule: TermFunction["units"],
  operands: readonly Measured[],
): { readonly terms: Term[]; readonly measure: Measure } | UnitMismatch {
  const terms = operands.map((o) => o.term);
  if (rule === undefined) return { terms, measure: "unknown" };
  const aligned = alignUnits(operands);
  if ("mismatch" in aligned || rule === "same" || !isUnit(aligned.measure)) return aligned;
  const { measure } = aligned;
  if (rule === "root") return { terms: aligned.terms, measure: rootOf(measure) };
  const wanted = rule === "angle" ? [parseUnit("rad")!, dimensionless] : [dimensionless];
  if (!wanted.some((u) => isComparable(measure, u))) {
    return { mismatch: [rule === "angle" ? "an angle" : "a plain number", measure.name] };
  }
  return { terms: operands.map((o) => toCoherent(o).term), measure: dimensionless };
}

function rootOf(unit: Unit): Measure {
  return unit.dimension.every((e) => e % 2 === 0) ? raise(unit, 0.5) : "unknown";
}
