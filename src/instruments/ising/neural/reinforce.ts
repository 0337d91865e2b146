import { add, divide, mean, multiply, type NdArray, stopGradient, subtract, variance } from "../../../engine/index.ts";
import type { LossFunction } from "../../../nn/index.ts";
import type { NetworkParams } from "./folding.ts";
import { logProbability } from "./log-probability.ts";
import type { NetworkPlan } from "./network-plan.ts";

/** Samples of the network with their energies, at one temperature. */
export interface SampleBatch {
  /** `[N, batch]`, in drawing order. */
  readonly spins: NdArray;
  /** `[batch]`, without the model's offset. */
  readonly energies: NdArray;
  readonly beta: number;
}

/**
 * A loss whose derivative is that of the variational free energy `β F_q = E_q[R]`, `R = ln q + β E` (Wu, Wang and Zhang 2019,
 * https://arxiv.org/abs/1809.10606): `∇ β F_q = E_q[(R − b) ∇ ln q]` for any b that does not depend on the sample.
 * The baseline of sample k is the mean of all others, `b_k = (Σ R − R_k) / (B − 1)`, so the estimate has no bias; and
 * `R_k − b_k = (R_k − mean R) · B / (B − 1)`. Metrics: `reward`, the mean of R, and `spread`, its variance over the batch.
 */
export function reinforceLoss(plan: NetworkPlan): LossFunction<NetworkParams<NdArray>, object, SampleBatch> {
  return ({ params }, { spins, energies, beta }) => {
    const logQ = logProbability(plan, params, spins, beta);
    const batch = logQ.shape[0];
    const reward = stopGradient(add(logQ, multiply(energies, beta)));
    const average = mean(reward);
    const advantage = divide(multiply(subtract(reward, average), batch), batch - 1);
    const loss = mean(multiply(advantage, logQ));
    return { loss, metrics: { reward: average, spread: variance(reward) } };
  };
}
