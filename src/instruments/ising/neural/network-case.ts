import { evaluate } from "../../../engine/evaluate.ts";
import { key, NdArray, sampleNormal, type Tensor, tensor } from "../../../engine/index.ts";
import { mapTree } from "../../../engine/tree.ts";
import { sherringtonKirkpatrick } from "../generators/ensembles.ts";
import { IsingModel } from "../model.ts";
import { foldNetwork, type NetworkParams } from "./folding.ts";
import { initialParameters } from "./initial-parameters.ts";
import type { KernelWeights } from "./kernel/incremental-sampler.ts";
import { logits, logProbability } from "./log-probability.ts";
import { messageNames } from "./message-names.ts";
import type { NetworkOptions } from "./network-options.ts";
import { type NetworkPlan, planNetwork } from "./network-plan.ts";

/** Every kind of layer, message and symmetry, by name. */
export const networkKinds: Readonly<Record<string, NetworkOptions>> = {
  ...Object.fromEntries(messageNames.map((message) => [`message ${message}`, { message, depth: 3, width: 3 }])),
  "depth 1": { depth: 1 },
  "no skip": { hamiltonianSkip: false, depth: 2, width: 5 },
  "residual blocks": { residual: true, depth: 4, width: 2 },
  "two-body": { design: "two-body", depth: 3, width: 4 },
  "two-body of depth 1": { design: "two-body", depth: 1 },
  mixture: { symmetry: "mixture" },
  "no symmetry": { symmetry: "none" },
  "random order": { order: "random", depth: 3 },
};

/** The Sherrington–Kirkpatrick model of a seed, with fields N(0, 1/4) where asked. */
export function glass(n: number, { seed = 1, hasFields = false } = {}): IsingModel {
  const model = sherringtonKirkpatrick(key(seed), n);
  if (!hasFields) return model;
  return new IsingModel({
    ...model.toDefinition(),
    fields: sampleNormal(key(seed + 100), n, "float64").map((h) => h / 2),
  });
}

/** A network with random parameters, twice as large as training begins with and all different. */
export function randomNetwork(
  model: IsingModel,
  options: NetworkOptions,
): { readonly plan: NetworkPlan; readonly params: NetworkParams<NdArray> } {
  const plan = planNetwork(model, options, key(5));
  const params = mapTree(initialParameters(plan, key(6)), (leaf) => {
    const { data, shape } = leaf as NdArray<"float32">;
    const noise = sampleNormal(key(7), data.length);
    return new NdArray(
      data.map((x, k) => 2 * x + 0.1 * noise[k]),
      shape,
    );
  });
  return { plan, params: params as NetworkParams<NdArray> };
}

/** Parameters as constant expressions. */
export function asTensors(params: NetworkParams<NdArray>): NetworkParams {
  return mapTree(params, (leaf) => tensor(leaf as NdArray)) as NetworkParams;
}

/** All states of n spins in drawing order, `[n, 2^n]`. */
export function allStates(n: number): NdArray<"float32"> {
  const count = 2 ** n;
  const data = Float32Array.from({ length: n * count }, (_, k) => {
    const [i, state] = [Math.floor(k / count), k % count];
    return (state >> i) & 1 ? 1 : -1;
  });
  return new NdArray(data, [n, count]);
}

/** −Σ J s s − Σ h s of states `[n, batch]` in drawing order, in float64 from the plan's own numbers. */
export function energiesOf({ spins: n, couplings, fields }: NetworkPlan, states: Float32Array): Float64Array {
  const batch = states.length / n;
  return Float64Array.from({ length: batch }, (_, b) => {
    let energy = 0;
    for (let i = 0; i < n; i++) {
      let field = fields[i];
      for (let j = 0; j < i; j++) field += couplings[i * n + j] * states[j * batch + b];
      energy -= field * states[i * batch + b];
    }
    return energy;
  });
}

/** The value of an expression of constants, in float64. */
export function float64Of(x: Tensor): Float64Array {
  return Float64Array.from(evaluate([x])[0].data as ArrayLike<number>);
}

/** ln q of states `[n, batch]`, in float64. */
export function logProbabilities(
  plan: NetworkPlan,
  params: NetworkParams<NdArray>,
  states: NdArray,
  beta: number,
): Float64Array {
  return float64Of(logProbability(plan, asTensors(params), tensor(states), tensor(beta)));
}

/** The logits of states `[n, batch]`, in float64. */
export function logitsOf(
  plan: NetworkPlan,
  params: NetworkParams<NdArray>,
  states: NdArray,
  beta: number,
): Float64Array {
  return float64Of(logits(plan, foldNetwork(plan, asTensors(params)), tensor(states), tensor(beta)));
}

/** The folded weights as the kernel takes them, in float64. */
export function kernelWeights(plan: NetworkPlan, params: NetworkParams<NdArray>): KernelWeights[] {
  return foldNetwork(plan, asTensors(params)).map(({ weight, bias, slope }) => ({
    ...{ weights: float64Of(weight), bias: float64Of(bias) },
    ...(slope === undefined ? {} : { slopes: float64Of(slope) }),
  }));
}
