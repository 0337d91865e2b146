/**
 * The operations that numerical schemes are written in. A scheme written once runs on plain numbers (gradients at a point,
 * tests) and builds the vector program of a kernel.
 */
export interface Arithmetic<T> {
  constant(value: number): T;
  add(a: T, b: T): T;
  subtract(a: T, b: T): T;
  multiply(a: T, b: T): T;
  divide(a: T, b: T): T;
  negate(a: T): T;
  abs(a: T): T;
  sqrt(a: T): T;
  min(a: T, b: T): T;
  max(a: T, b: T): T;
  /** `a < b ? then : otherwise`. */
  ifLess(a: T, b: T, then: T, otherwise: T): T;
  /** The same value, put aside: what is computed from it afterwards is not mixed with what was computed before. */
  putAside(a: T): T;
}

/** Arithmetic in double precision. */
export const numberArithmetic: Arithmetic<number> = {
  constant: (value) => value,
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  negate: (a) => -a,
  abs: Math.abs,
  sqrt: Math.sqrt,
  min: Math.min,
  max: Math.max,
  ifLess: (a, b, then, otherwise) => (a < b ? then : otherwise),
  putAside: (a) => a,
};

/** `factor · a`. */
export function scaled<T>(m: Arithmetic<T>, factor: number, a: T): T {
  return m.multiply(m.constant(factor), a);
}

/** The sum of some terms, 0 for none. */
export function total<T>(m: Arithmetic<T>, terms: readonly T[]): T {
  return terms.length === 0 ? m.constant(0) : terms.reduce((a, b) => m.add(a, b));
}
