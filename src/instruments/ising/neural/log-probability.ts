import {
  add,
  concat,
  einsum,
  greater,
  log,
  logSigmoid,
  logSumExp,
  matmul,
  multiply,
  negate,
  reshape,
  slice,
  split,
  stack,
  subtract,
  sum,
  type Tensor,
  where,
} from "../../../engine/index.ts";
import { earlierCouplings, type FoldedLayer, fixed, foldNetwork, type NetworkParams } from "./folding.ts";
import type { LayerPlan, NetworkPlan } from "./network-plan.ts";

/** `a > 0 ? a : slope · a`, one slope a row. */
export function activate(a: Tensor, slope: Tensor): Tensor {
  return multiply(a, where(greater(a, 0), 1, slope));
}

/** The outputs of one layer, `[outputs · N, batch]`, from the feature maps before it. */
function applyLayer(
  plan: NetworkPlan,
  layer: LayerPlan,
  { weight, bias, slope }: FoldedLayer,
  maps: readonly Tensor[],
) {
  const n = plan.spins;
  const x = maps[maps.length - 1];
  const batch = x.shape[1];
  const rows = layer.outputs * n;
  const mixed =
    layer.reach === "site"
      ? reshape(einsum("oic,cib->oib", weight, reshape(x, [layer.inputs, n, batch])), [rows, batch])
      : matmul(weight, x);
  const shifted = add(mixed, reshape(bias, [rows, 1]));
  const a = layer.adds === undefined ? shifted : add(shifted, maps[layer.adds]);
  return slope === undefined ? a : activate(a, reshape(slope, [rows, 1]));
}

/**
 * The logits of a network, `[N, batch]`: `q(s_i = +1 | s_<i) = σ(z_i)`, where z_i depends on spins before i alone.
 * @param spins −1 or +1 in drawing order, `[N, batch]`
 * @param beta the inverse temperature in the skip, a scalar
 */
export function logits(plan: NetworkPlan, layers: readonly FoldedLayer[], spins: Tensor, beta: Tensor): Tensor {
  const n = plan.spins;
  const maps = [spins];
  plan.layers.forEach((layer, l) => {
    maps.push(applyLayer(plan, layer, layers[l], maps));
  });
  const z = maps[maps.length - 1];
  if (!plan.settings.hamiltonianSkip) return z;
  const field = add(matmul(fixed(earlierCouplings(plan), [n, n]), spins), fixed(plan.fields, [n, 1]));
  return add(z, multiply(field, multiply(beta, 2)));
}

/** As `logProbability`, of a network whose messages are folded. */
export function logProbabilityOfLayers(
  plan: NetworkPlan,
  layers: readonly FoldedLayer[],
  spins: Tensor,
  beta: Tensor,
): Tensor {
  const direct = (s: Tensor) => sum(logSigmoid(multiply(s, logits(plan, layers, s, beta))), { axes: 0 });
  const { symmetry } = plan.settings;
  if (symmetry === "anchor") return direct(multiply(spins, slice(spins, { 0: [0, 1] })));
  if (symmetry === "none") return direct(spins);
  const batch = spins.shape[1];
  const both = split(direct(concat([spins, negate(spins)], 1)), [batch, batch]);
  return subtract(logSumExp(stack(both), { axes: 0 }), log(2));
}

/**
 * `ln q(s)` of any states, `[batch]`, with the symmetry: `Σ_i ln σ(s_i z_i)` where nothing is turned; of `s_0 s` where the first spin
 * is an anchor, whose own term is the coin's −ln 2; `ln (q(s) + q(−s)) − ln 2` for a mixture.
 * @param spins −1 or +1 in drawing order, `[N, batch]`
 */
export function logProbability(plan: NetworkPlan, params: NetworkParams, spins: Tensor, beta: Tensor): Tensor {
  return logProbabilityOfLayers(plan, foldNetwork(plan, params), spins, beta);
}
