import { add, matmul, multiply, NdArray, reshape, type Shape, type Tensor, tensor } from "../../../engine/index.ts";
import { logitMask, weightMask } from "./masks.ts";
import type { LayerPlan, NetworkPlan } from "./network-plan.ts";

/** What a layer learns. */
export interface LayerParams<T = Tensor> {
  /** `[outputs · N, inputs · N]`, channels outside; `[outputs, N, inputs]` for a layer of reach `site`. */
  readonly weight: T;
  /** `[outputs, N]`. */
  readonly bias: T;
  /** `[outputs, N]`: the slope below zero, where the layer is activated. */
  readonly slope?: T;
  /** g, a scalar, where messages are passed. */
  readonly gain?: T;
}

/** What a network learns. */
export interface NetworkParams<T = Tensor> {
  readonly layers: readonly LayerParams<T>[];
}

/** A layer whose masks and messages are worked into its weights, in the shapes of `LayerParams`. */
export type FoldedLayer<T = Tensor> = Omit<LayerParams<T>, "gain">;

/** A fixed array as an expression. */
export function fixed(data: Float32Array, shape: Shape): Tensor {
  return tensor(new NdArray(data, shape));
}

/** `U = (V ∘ frontier) J̄`, without what a spin cannot know: `Σ_l V_il ξ_il = Σ_{j<i} U_ij s_j`. */
function foldFields(plan: NetworkPlan, layer: LayerPlan, weight: Tensor): Tensor {
  const n = plan.spins;
  const fields = multiply(reshape(weight, [layer.outputs, n, n]), fixed(weightMask(plan, layer), [n, n]));
  const fromSpins = matmul(fields, fixed(plan.messages as Float32Array, [n, n]));
  const earlier = fixed(weightMask(plan, { ...layer, projection: "plain" }), [n, n]);
  return multiply(fromSpins, earlier);
}

/** `W ∘ M`, and with messages `(W ∘ M)(1 + g A)` or, for message `only`, `(W ∘ M) g A`, input channel by input channel. */
function foldMessages(plan: NetworkPlan, layer: LayerPlan, { weight, gain }: LayerParams): Tensor {
  const { spins: n, settings } = plan;
  const { inputs, outputs } = layer;
  const mask = fixed(weightMask(plan, layer), [1, n, 1, n]);
  const masked = multiply(reshape(weight, [outputs, n, inputs, n]), mask);
  if (gain === undefined || plan.messages === undefined) return masked;
  const rows = reshape(masked, [outputs * n * inputs, n]);
  const heard = multiply(matmul(rows, fixed(plan.messages, [n, n])), gain);
  return settings.message === "only" ? heard : add(rows, heard);
}

function foldLayer(plan: NetworkPlan, layer: LayerPlan, params: LayerParams): FoldedLayer {
  const { spins: n, layers } = plan;
  const isLast = layer === layers[layers.length - 1];
  const { weight, bias, slope } = params;
  const said = isLast ? multiply(bias, fixed(logitMask(plan), [1, n])) : bias;
  const activation = slope === undefined ? {} : { slope };
  if (layer.reach === "site") {
    const kept = isLast ? multiply(weight, fixed(logitMask(plan), [1, n, 1])) : weight;
    return { weight: kept, bias: said, ...activation };
  }
  const folded = layer.projection === "two-body" ? foldFields(plan, layer, weight) : foldMessages(plan, layer, params);
  return { weight: reshape(folded, [layer.outputs * n, layer.inputs * n]), bias: said, ...activation };
}

/**
 * A network of plain masked layers that computes the same as one with messages.
 *
 * A layer passes messages `u_i = x_i + g Σ_{j<i} A_ij x_j` in each channel and then mixes, `y = (W ∘ M) u + b`. Nothing bends between the two,
 * so `y = (W ∘ M)(1 + g A) x + b`: a product of lower triangular matrices, strictly so in the first layer, hence again a masked layer.
 * Messages therefore add no function that masked layers could not have learned: what they change is where training begins and which
 * directions are short. In the same way the fields of pairs, `ξ_il = Σ_{j<i} J_lj s_j`, are linear in the spins drawn before.
 */
export function foldNetwork(plan: NetworkPlan, params: NetworkParams): FoldedLayer[] {
  return plan.layers.map((layer, l) => foldLayer(plan, layer, params.layers[l]));
}

/** J below the diagonal, `[N, N]`: times the spins it gives `Σ_{j<i} J_ij s_j`. */
export function earlierCouplings({ spins: n, couplings }: NetworkPlan): Float32Array {
  return couplings.map((w, k) => (k % n < Math.floor(k / n) ? w : 0));
}
