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
  const parts = operandsOf(formula).map((operand) => reachOf(operand, step));
  const ahead = Math.max(0, ...parts.map((part) => part.ahead));
  const behind = Math.max(0, ...parts.map((part) => part.behind));
  switch (formula.kind) {
    case "always":
    case "eventually":
    case "until":
    case "release":
      return { ahead: ahead + formula.interval.to, behind: afterWait(parts, "behind", formula.interval.from) };
    case "historically":
    case "once":
    case "since":
    case "trigger":
      return { ahead: afterWait(parts, "ahead", formula.interval.from), behind: behind + formula.interval.to };
    case "next":
      return { ahead: ahead + step, behind };
    case "previous":
    case "rise":
    case "fall":
      return { ahead, behind: behind + step };
    default:
      return { ahead, behind };
  }
}

/** The reach against an operator's direction: it begins to look `from` away, but for the left side of until, which it reads from now on. */
function afterWait(parts: readonly Reach[], side: keyof Reach, from: number): number {
  const [left, right = left] = parts.map((part) => part[side]);
  return Math.max(0, right - from, parts.length > 1 ? left : 0);
}
