import type { PreparedProblem } from "./problem.ts";

/** One stage of a Runge–Kutta method: `out = keep·V + mix·(W + Δt·L(W))` with `V` the step's start and `W` the stage before. */
export interface Stage {
  readonly keep: number;
  readonly mix: number;
  /** When `L` is evaluated, in steps after the step's start. */
  readonly at: number;
}

/** The total-variation-diminishing Runge–Kutta methods of Shu and Osher by order. */
export const rungeKutta: Readonly<Record<1 | 2 | 3, readonly Stage[]>> = {
  1: [{ keep: 0, mix: 1, at: 0 }],
  2: [
    { keep: 0, mix: 1, at: 0 },
    { keep: 1 / 2, mix: 1 / 2, at: 1 },
  ],
  3: [
    { keep: 0, mix: 1, at: 0 },
    { keep: 3 / 4, mix: 1 / 4, at: 1 },
    { keep: 1 / 3, mix: 2 / 3, at: 1 / 2 },
  ],
};

/** One time step. */
export interface Step {
  readonly time: number;
  /** `time ± length`, exactly the time to be reached at the end of a segment. */
  readonly end: number;
  /** Above 0 in both directions. */
  readonly length: number;
}

/**
 * The next step: `cfl` times the largest stable one, `1 / max Σ αᵢ/Δxᵢ`, but not beyond `target`. What would be left over by
 * rounding is taken with it.
 */
export function nextStep(time: number, target: number, largest: number): Step {
  const left = Math.abs(target - time);
  if (left <= largest * (1 + 1e-9)) return { time, end: target, length: left };
  return { time, end: time + Math.sign(target - time) * largest, length: largest };
}

/** The times at which a step must end: those to be kept and the ends of constraints, in the order of the solution. */
export function stopTimes({ times, constraints, direction }: PreparedProblem): number[] {
  const [first, last] = [times[0] * direction, times[times.length - 1] * direction];
  const ends = constraints.flatMap(({ from, to }) => [from, to]).filter((t) => t !== undefined);
  const inside = ends.filter((t) => Number.isFinite(t) && t * direction > first && t * direction < last);
  return [...new Set([...times.slice(1), ...inside])].sort((a, b) => (a - b) * direction);
}
