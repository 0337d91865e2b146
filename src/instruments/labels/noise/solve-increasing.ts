/** Where an increasing function takes a value. */
export interface Crossing {
  readonly x: number;
  readonly value: number;
  /** `below` or `above` when even an end of the interval is beyond the target. */
  readonly end: "below" | "above" | null;
}

/**
 * The x in [low, high] at which an increasing function is within `tolerance` of `target`, by regula falsi with the Illinois
 * rule (Dowell & Jarratt, 1971); an end of the interval when the target lies beyond it. At most `steps` evaluations more.
 */
export function solveIncreasing(
  f: (x: number) => number,
  target: number,
  { low, high, tolerance, steps }: { low: number; high: number; tolerance: number; steps: number },
): Crossing {
  let [a, fa] = [low, f(low) - target];
  if (fa >= -tolerance) return { x: low, value: fa + target, end: fa > tolerance ? "above" : null };
  // Most roots lie near the low end: widen from there rather than start at the far end, where f is steep.
  let [b, fb] = [low, fa];
  for (let width = (high - low) / 16; fb < -tolerance; width *= 2) {
    if (b >= high) return { x: high, value: fb + target, end: "below" };
    [a, fa] = [b, fb];
    b = Math.min(high, low + width);
    fb = f(b) - target;
  }
  let [best, fBest] = [b, fb];
  let side = 0;
  for (let step = 0; step < steps && Math.abs(fBest) > tolerance; step++) {
    const x = (a * fb - b * fa) / (fb - fa);
    const fx = f(x) - target;
    if (Math.abs(fx) < Math.abs(fBest)) [best, fBest] = [x, fx];
    if (fx > 0) {
      [b, fb] = [x, fx];
      if (side === 1) fa /= 2;
      side = 1;
    } else {
      [a, fa] = [x, fx];
      if (side === -1) fb /= 2;
      side = -1;
    }
  }
  return { x: best, value: fBest + target, end: null };
}
