import { type Formula, operandsOf } from "./formula.ts";

/** How far a formula looks from the moment it is asked about, in seconds; infinite for an unbounded operator. */
export interface Reach {
  readonly ahead: number;
  readonly behind: number;
}

/**
 * The reach of a formula: `ahead` is the length of trace that its value at time 0 needs.
 * Neighbouring samples (`prev`, `next`, `rise`, `fall`) count as `step` seconds.
 */
export function reachOf(formula: Formula, step = 0): Reach {
  const inner = operandsOf(formula)
    .map((operand) => reachOf(operand, step))
    .reduce((a, b) => ({ ahead: Math.max(a.ahead, b.ahead), behind: Math.max(a.behind, b.behind) }), {
      ahead: 0,
      behind: 0,
    });
  switch (formula.kind) {
    case "always":
    case "eventually":
    case "until":
    case "release":
      return { ahead: inner.ahead + formula.interval.to, behind: Math.max(0, inner.behind - formula.interval.from) };
    case "historically":
    case "once":
    case "since":
    case "trigger":
      return { ahead: Math.max(0, inner.ahead - formula.interval.from), behind: inner.behind + formula.interval.to };
    case "next":
      return { ahead: inner.ahead + step, behind: inner.behind };
    case "previous":
    case "rise":
    case "fall":
      return { ahead: inner.ahead, behind: inner.behind + step };
    default:
      return inner;
  }
}
