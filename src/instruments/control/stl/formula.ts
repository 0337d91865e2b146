/** A closed span of time relative to now, in seconds; `to` may be infinite. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** Binary arithmetic on real-valued terms. */
export type Arithmetic = "add" | "subtract" | "multiply" | "divide" | "power";

/** A real-valued function of the states at one moment. */
export type Term =
  /** `value` as written, in `unit`. */
  | { readonly kind: "number"; readonly value: number; readonly unit?: string }
  /** `factor` times the operand: a change of unit that the parser adds and the printer leaves out. */
  | { readonly kind: "scaled"; readonly factor: number; readonly operand: Term }
  | { readonly kind: "state"; readonly name: string }
  /** The signed distance to the boundary of a named region, positive inside. */
  | { readonly kind: "region"; readonly name: string }
  | { readonly kind: "negate"; readonly operand: Term }
  | { readonly kind: Arithmetic; readonly left: Term; readonly right: Term }
  | { readonly kind: "call"; readonly name: string; readonly operands: readonly Term[] };

/** How two terms are compared. The robustness of strict and weak order is the same. */
export type Comparison = ">=" | ">" | "<=" | "<" | "==" | "!=";

/** A formula of signal temporal logic with past. */
export type Formula =
  | { readonly kind: "constant"; readonly value: boolean }
  /** A bare term `h`, which means `h >= 0`. */
  | { readonly kind: "positive"; readonly term: Term }
  | { readonly kind: "compare"; readonly comparison: Comparison; readonly left: Term; readonly right: Term }
  | { readonly kind: "not"; readonly operand: Formula }
  | { readonly kind: "and" | "or"; readonly operands: readonly Formula[] }
  | { readonly kind: "implies" | "iff" | "xor"; readonly left: Formula; readonly right: Formula }
  | { readonly kind: UnaryTemporal; readonly interval: Interval; readonly operand: Formula }
  | { readonly kind: BinaryTemporal; readonly interval: Interval; readonly left: Formula; readonly right: Formula }
  /** The neighbouring sample, or whether the operand has just become true (`rise`) or false (`fall`): discrete time only. */
  | { readonly kind: Neighbour; readonly operand: Formula };

/** `G`, `F` and their mirror images in the past. */
export type UnaryTemporal = "always" | "eventually" | "historically" | "once";
/** `U`, its dual, and their mirror images in the past. */
export type BinaryTemporal = "until" | "release" | "since" | "trigger";
/** Operators that look one sample ahead or back. */
export type Neighbour = "previous" | "next" | "rise" | "fall";

/** All of the time ahead, or behind. */
export const unbounded: Interval = { from: 0, to: Number.POSITIVE_INFINITY };

/** Whether an interval has no end. */
export function isUnbounded({ to }: Interval): boolean {
  return to === Number.POSITIVE_INFINITY;
}

/** The conjunction or disjunction of formulas, with nested ones of the same kind opened up; one operand is returned as it is. */
export function combine(kind: "and" | "or", operands: readonly Formula[]): Formula {
  const flat = operands.flatMap((f) => (f.kind === kind ? f.operands : [f]));
  return flat.length === 1 ? flat[0] : { kind, operands: flat };
}

/** The operator that a negation turns into another one when it is pushed through. */
export const dual = {
  and: "or",
  or: "and",
  always: "eventually",
  eventually: "always",
  historically: "once",
  once: "historically",
  until: "release",
  release: "until",
  since: "trigger",
  trigger: "since",
} as const;

/** The comparison that holds exactly when the other does not. */
export const opposite: Readonly<Record<Comparison, Comparison>> = {
  ">=": "<",
  ">": "<=",
  "<=": ">",
  "<": ">=",
  "==": "!=",
  "!=": "==",
};

/** The direct parts of a formula. */
export function operandsOf(formula: Formula): readonly Formula[] {
  if ("operands" in formula) return formula.operands;
  if ("operand" in formula) return [formula.operand];
  return formula.kind !== "compare" && "left" in formula ? [formula.left, formula.right] : [];
}

/** The terms that a predicate compares; none for other formulas. */
export function termsOf(formula: Formula): readonly Term[] {
  if (formula.kind === "positive") return [formula.term];
  return formula.kind === "compare" ? [formula.left, formula.right] : [];
}
