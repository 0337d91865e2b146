import { setImmediate as nextTurn } from "node:timers/promises";
import { compile, type Key, NdArray, sampleBernoulli, type Tensor } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import type { IsingModel } from "../model.ts";
import type { NetworkParams } from "./folding.ts";
import { logProbability } from "./log-probability.ts";
import { type NetworkPlan, toDrawingOrder, toModelOrder } from "./network-plan.ts";
import { NetworkSampler } from "./network-sampler.ts";

/** A network with its parameters: a distribution over the states of one model. */
export interface TrainedNetwork {
  readonly model: IsingModel;
  readonly plan: NetworkPlan;
  readonly parameters: NetworkParams<NdArray>;
  /** The inverse temperature it was trained at last, which its skip uses. */
  readonly beta: number;
}

/** Independent samples of a network. */
export interface NetworkSamples {
  readonly count: number;
  /** In the model's order, one sample after the other, `[count, N]`. */
  readonly spins: Int8Array;
  /** ln q of each sample under the network with its symmetry. */
  readonly logProbabilities: Float64Array;
  /** E of each sample with the model's offset, in float64. */
  readonly energies: Float64Array;
}

const largestBatch = 1024;
/** The samples of a draw are held twice; this bounds them for large models. */
const largestDraw = 1 << 20;

const batchFor = (spins: number, count: number): number =>
  Math.max(1, Math.min(largestBatch, count, Math.floor(largestDraw / spins)));

/** ln q of given states `[count, N]` in the model's order. @throws OrreryError `shape` unless they are whole states. */
export async function logProbabilitiesOf(network: TrainedNetwork, states: ArrayLike<number>): Promise<Float64Array> {
  const { plan, parameters, beta } = network;
  const n = plan.spins;
  const count = states.length / n;
  if (!Number.isInteger(count) || count === 0) {
    throw new OrreryError("shape", `ising network: expected states of ${n} spins each; got ${states.length} numbers`);
  }
  const evaluate = compile((params: NetworkParams, spins: Tensor, at: Tensor) =>
    logProbability(plan, params, spins, at),
  );
  try {
    const given = Float32Array.from(states);
    const values = new Float64Array(count);
    const batch = batchFor(n, count);
    for (let from = 0; from < count; from += batch) {
      const to = Math.min(count, from + batch);
      const part = toDrawingOrder(plan, given.subarray(from * n, to * n));
      const logs = await evaluate(parameters, new NdArray(part, [n, to - from]), beta);
      values.set(logs.data as Float32Array, from);
    }
    return values;
  } finally {
    await evaluate.release();
  }
}

/** Turns whole states where `isTurned` says so. */
function turn(states: Int8Array, spins: number, isTurned: Uint8Array): void {
  for (let k = 0; k < states.length; k++) if (isTurned[Math.floor(k / spins)] === 1) states[k] = -states[k];
}

/**
 * Draws independent samples of a network, each with the logarithm of its probability and its exact energy.
 * @param count samples ≥ 1
 * @throws OrreryError `argument` for an impossible number, `cancelled` when the signal is aborted.
 */
export async function sampleNetwork(
  network: TrainedNetwork,
  { count, key, signal }: { readonly count: number; readonly key: Key; readonly signal?: AbortSignal },
): Promise<NetworkSamples> {
  if (!Number.isInteger(count) || count < 1) {
    throw new OrreryError("argument", `ising network: expected a number of samples of at least 1; got ${count}`);
  }
  const { model, plan, parameters, beta } = network;
  const n = plan.spins;
  const batch = batchFor(n, count);
  const sampler = new NetworkSampler(plan, batch);
  const spins = new Int8Array(count * n);
  let logProbabilities: Float64Array = new Float64Array(count);
  const [drawKey, coinKey] = key.split(2);
  try {
    await sampler.load(parameters);
    for (let from = 0, draw = 0; from < count; from += batch, draw++) {
      if (signal?.aborted) throw new OrreryError("cancelled", "ising network: sampling was cancelled");
      const drawn = sampler.draw(drawKey.fold(draw), beta);
      const used = Math.min(batch, count - from);
      spins.set(toModelOrder(plan, drawn.spins).subarray(0, used * n), from * n);
      logProbabilities.set(drawn.logProbabilities.subarray(0, used), from);
      await nextTurn();
    }
  } finally {
    await sampler.release();
  }
  if (plan.settings.symmetry !== "none") turn(spins, n, sampleBernoulli(coinKey, count, 0.5));
  if (plan.settings.symmetry === "mixture") logProbabilities = await logProbabilitiesOf(network, spins);
  const energies = Float64Array.from({ length: count }, (_, k) => model.energy(spins.subarray(k * n, (k + 1) * n)));
  return { count, spins, logProbabilities, energies };
}
