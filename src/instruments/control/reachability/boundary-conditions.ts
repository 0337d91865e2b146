import type { Arithmetic } from "./arithmetic.ts";
import type { BoundaryRule } from "./grid.ts";

/**
 * The value `steps` points beyond an end whose last value is `edge` and whose last but one is `inner`:
 * `linear` continues the line, `constant` the value, `away-from-zero` is `edge + sign(edge)·|inner − edge|·steps`.
 * A periodic axis has no such point.
 */
export function beyondEdge<T>(
  m: Arithmetic<T>,
  rule: Exclude<BoundaryRule, "periodic">,
  [edge, inner]: readonly [edge: T, inner: T],
  steps: T,
): T {
  if (rule === "constant") return edge;
  const slope = m.subtract(edge, inner);
  if (rule === "linear") return m.add(edge, m.multiply(steps, slope));
  const away = m.multiply(steps, m.abs(slope));
  const zero = m.constant(0);
  const negative = m.ifLess(edge, zero, m.subtract(edge, away), edge);
  return m.ifLess(zero, edge, m.add(edge, away), negative);
}
