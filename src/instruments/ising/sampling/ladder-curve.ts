import type { TemperatureRecord } from "./thermal-samples.ts";

/** Thermodynamics between the temperatures of a ladder. */
export interface LadderPoint {
  readonly beta: number;
  readonly lnZ: number;
  /** Standard error of ln Z. */
  readonly lnZError: number;
  /** ⟨E⟩. */
  readonly energy: number;
}

/**
 * ln Z and ⟨E⟩ at any β of a ladder from 0 on: between neighbours the cubic that has their ln Z and their slopes `∂ ln Z/∂β = −⟨E⟩`, whose
 * error is of fourth order in the step; ⟨E⟩ and the error are interpolated linearly.
 * @param betas within the ladder
 */
export function ladderCurve(ladder: readonly TemperatureRecord[], betas: readonly number[]): LadderPoint[] {
  return betas.map((beta) => {
    const next = Math.max(
      1,
      ladder.findIndex((t) => t.beta >= beta * (1 - 1e-12)),
    );
    const [hot, cold] = [ladder[next - 1], ladder[next]];
    const step = cold.beta - hot.beta;
    const t = (beta - hot.beta) / step;
    const lnZ =
      (1 + 2 * t) * (1 - t) ** 2 * hot.lnZ -
      t * (1 - t) ** 2 * step * hot.meanEnergy +
      t * t * (3 - 2 * t) * cold.lnZ -
      t * t * (t - 1) * step * cold.meanEnergy;
    const between = (name: "meanEnergy" | "lnZError") => (1 - t) * hot[name] + t * cold[name];
    return { beta, lnZ, lnZError: between("lnZError"), energy: between("meanEnergy") };
  });
}
