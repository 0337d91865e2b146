import type { Key } from "../../../engine/random/key.ts";
import type { KernelProblem } from "../solvers/kernel-problem.ts";
import { ReplicaExchange } from "../solvers/tempering.ts";

/** Steps of β between which a pilot measures how much energies vary. */
export const pilotSteps = 24;
/** Product of a step of β and the energy's standard deviation; a step of 1 is exchanged about every second time. */
const wantedStep = 0.9;
const leastReplicas = 3;
export const mostReplicas = 64;

/** β = 0 and then geometrically from a thousandth of `beta`'s reach to `beta`. */
function pilotBetas(beta: number, hot: number): Float64Array {
  const first = Math.min(hot / 8, beta / 2);
  return Float64Array.from({ length: pilotSteps }, (_, r) =>
    r === 0 ? 0 : first * (beta / first) ** ((r - 1) / (pilotSteps - 2)),
  );
}

/** How a ladder of temperatures is found. */
export interface LadderOptions {
  readonly beta: number;
  /** The β at which random states begin to settle. */
  readonly hot: number;
  /** Sweeps of the pilot, half of them to settle. */
  readonly sweeps: number;
  /** Default: as many as exchanges need. */
  readonly replicas?: number;
}

/**
 * Temperatures from β = 0 to `beta` between which states are exchanged equally often: steps of equal thermodynamic length
 * `∫ σ_E dβ`, with the energy's standard deviation σ_E measured in a pilot run.
 */
export function temperatureLadderOf(problem: KernelProblem, options: LadderOptions, key: Key): Float64Array {
  const { beta, hot, sweeps, replicas } = options;
  const betas = pilotBetas(beta, hot);
  const exchange = new ReplicaExchange(problem, betas, key);
  const [sum, squares] = [new Float64Array(pilotSteps), new Float64Array(pilotSteps)];
  // A power of two near the largest energy: squares of the quotients stay finite and lose no bits.
  const scale = 2 ** Math.round(Math.log2(Math.max(problem.largestField * problem.size, Number.MIN_VALUE)));
  let count = 0;
  for (let t = 0; t < sweeps; t++) {
    exchange.step();
    if (2 * t < sweeps) continue;
    count++;
    exchange.replicas.forEach((replica, r) => {
      const energy = replica.energy / scale;
      sum[r] += energy;
      squares[r] += energy * energy;
    });
  }
  const unit = scale * problem.unit;
  const deviation = sum.map((s, r) => unit * Math.sqrt(Math.max(0, squares[r] / count - (s / count) ** 2)));
  const length = new Float64Array(pilotSteps);
  for (let r = 1; r < pilotSteps; r++) {
    length[r] = length[r - 1] + ((betas[r] - betas[r - 1]) * (deviation[r] + deviation[r - 1])) / 2;
  }
  const whole = length[pilotSteps - 1];
  const wanted = Math.ceil(whole / wantedStep) + 1;
  const n = replicas ?? Math.min(mostReplicas, Math.max(leastReplicas, wanted));
  return Float64Array.from({ length: n }, (_, r) => {
    if (r === 0 || r === n - 1) return r === 0 ? 0 : beta;
    const at = whole > 0 ? (whole * r) / (n - 1) : r / (n - 1);
    const next = length.findIndex((l) => l >= at);
    if (next <= 0) return (beta * r) / (n - 1);
    const share = (at - length[next - 1]) / (length[next] - length[next - 1]);
    return betas[next - 1] + share * (betas[next] - betas[next - 1]);
  });
}
