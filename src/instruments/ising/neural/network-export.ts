import {
  add,
  compile,
  concat,
  expandDims,
  exportModel,
  gather,
  input,
  less,
  matmul,
  multiply,
  NdArray,
  reshape,
  scan,
  sigmoid,
  slice,
  type Tensor,
  tensor,
  transpose,
  transposeMatrix,
  where,
} from "../../../engine/index.ts";
import { earlierCouplings, type FoldedLayer, fixed, foldNetwork, type NetworkParams } from "./folding.ts";
import { activate, logits, logProbabilityOfLayers } from "./log-probability.ts";
import { logitMask } from "./masks.ts";
import type { LayerPlan, NetworkPlan } from "./network-plan.ts";
import type { TrainedNetwork } from "./trained-network.ts";

type Folded = { readonly layers: readonly FoldedLayer<NdArray>[] };
type Layers = { readonly layers: readonly FoldedLayer[] };

async function foldedOf({ plan, parameters }: TrainedNetwork): Promise<Folded> {
  const fold = compile((params: NetworkParams) => foldNetwork(plan, params));
  try {
    return { layers: (await fold(parameters)) as FoldedLayer<NdArray>[] };
  } finally {
    await fold.release();
  }
}

/** Indices of the drawing order as a constant: `spins` or its inverse. */
const indices = (order: ArrayLike<number>) => tensor(new NdArray(Int32Array.from(order), [order.length], "int32"));

function inverseOf(order: Int32Array): Int32Array {
  const inverse = new Int32Array(order.length);
  order.forEach((spin, i) => {
    inverse[spin] = i;
  });
  return inverse;
}

function metadataOf({ model, plan, beta }: TrainedNetwork): Record<string, string> {
  const { settings, order } = plan;
  return {
    ...{ model: model.name, beta: String(beta), order: [...order].join(" "), symmetry: settings.symmetry },
    network: JSON.stringify(settings),
  };
}

/**
 * The conditional distributions as an ONNX model for any batch: input `spins` `[batch, N]`, −1 or +1 in the model's order; outputs `logits`
 * `[batch, N]`, `q(s_i = +1 | spins drawn before i) = σ(logit_i)`, and `log_probability` `[batch]`, ln q of the whole states with the symmetry.
 * With symmetry `mixture` the logits are those of the network before it is turned. The metadata hold β, the drawing order and the settings.
 */
export async function exportConditionals(network: TrainedNetwork): Promise<Uint8Array> {
  const { plan, beta } = network;
  const write = ({ layers }: Layers, { spins }: { spins: Tensor }) => {
    const drawn = transposeMatrix(gather(spins, indices(plan.order), 1));
    const isAnchored = plan.settings.symmetry === "anchor";
    const turned = isAnchored ? multiply(drawn, slice(drawn, { 0: [0, 1] })) : drawn;
    const z = logits(plan, layers, turned, tensor(beta));
    const unturned = isAnchored ? multiply(z, slice(drawn, { 0: [0, 1] })) : z;
    return {
      logits: gather(transposeMatrix(unturned), indices(inverseOf(plan.order)), 1),
      log_probability: logProbabilityOfLayers(plan, layers, drawn, tensor(beta)),
    };
  };
  return exportModel(write, [{ spins: input([2, plan.spins]) }], {
    ...{ parameters: await foldedOf(network), dynamicBatch: true, name: "conditionals" },
    metadata: metadataOf(network),
  });
}

/** What one spin needs of a layer: its rows of weights, its biases and slopes, `[outputs, …]`. */
type SiteLayer = { readonly weight: Tensor; readonly bias: Tensor; readonly slope?: Tensor };

/** A layer's numbers by spin: `[N, outputs, …]`. */
function bySpin({ spins: n }: NetworkPlan, layer: LayerPlan, { weight, bias, slope }: FoldedLayer): SiteLayer {
  const columns = layer.reach === "site" ? layer.inputs : layer.inputs * n;
  const each = (x: Tensor) => reshape(transposeMatrix(x), [n, layer.outputs, 1]);
  return {
    weight: transpose(reshape(weight, [layer.outputs, n, columns]), 1, 0, 2),
    bias: each(bias),
    ...(slope === undefined ? {} : { slope: each(slope) }),
  };
}

/** The feature maps so far, `[channels · N, batch]`, zero where nothing is known yet; the spins first. */
type Maps = readonly Tensor[];

/** One spin's outputs of all layers, and the maps that they are written into. */
function advance(
  plan: NetworkPlan,
  before: Maps,
  layers: readonly SiteLayer[],
  place: Tensor,
): { z: Tensor; maps: Maps } {
  const n = plan.spins;
  const maps = [...before];
  const outputs: Tensor[] = [];
  plan.layers.forEach((layer, l) => {
    const { weight, bias, slope } = layers[l];
    const mixed = add(matmul(weight, layer.reach === "site" ? outputs[l - 1] : maps[l]), bias);
    const a = layer.adds === undefined ? mixed : add(mixed, outputs[layer.adds - 1]);
    const y = slope === undefined ? a : activate(a, slope);
    outputs.push(y);
    if (l === plan.layers.length - 1) return;
    const spread = multiply(expandDims(y, 1), reshape(place, [1, n, 1]));
    maps[l + 1] = add(maps[l + 1], reshape(spread, [layer.outputs * n, y.shape[1]]));
  });
  return { z: outputs[outputs.length - 1], maps };
}

function drawAll(plan: NetworkPlan, layers: readonly FoldedLayer[], uniforms: Tensor, beta: number): Tensor {
  const { spins: n, settings } = plan;
  const nothing = multiply(uniforms, 0);
  const channels = plan.layers
    .slice(0, -1)
    .map(({ outputs }) => concat(Array.from({ length: outputs }, () => nothing)));
  const identity = Float32Array.from({ length: n * n }, (_, k) => Number(Math.floor(k / n) === k % n));
  const skip = settings.hamiltonianSkip ? 2 * beta : 0;
  const { carry } = scan(
    ({ maps }: { maps: Maps }, site) => {
      const field = add(matmul(site.couplings, maps[0]), site.field);
      const next = advance(plan, maps, site.layers, site.place);
      const z = add(next.z, multiply(field, skip));
      const s = where(less(site.uniform, sigmoid(z)), 1, -1);
      const drawn = add(maps[0], multiply(site.place, s));
      return [{ maps: [drawn, ...next.maps.slice(1)] as Maps }, {}] as const;
    },
    { maps: [nothing, ...channels] as Maps },
    {
      place: fixed(identity, [n, n, 1]),
      layers: plan.layers.map((layer, l) => bySpin(plan, layer, layers[l])),
      couplings: fixed(earlierCouplings(plan), [n, 1, n]),
      field: fixed(plan.fields, [n, 1, 1]),
      uniform: reshape(uniforms, [n, 1, uniforms.shape[1]]),
    },
  );
  return carry.maps[0];
}

/**
 * The sampler itself as an ONNX model for any batch: inputs `uniforms` `[batch, N]`, numbers in [0, 1), one for each spin in drawing order, and
 * with a symmetry `coins` `[batch]`, too; outputs `spins` `[batch, N]` in the model's order and `log_probability` `[batch]`. A loop over the spins that
 * computes of every layer only the next spin's row: one pass in all.
 */
export async function exportSampler(network: TrainedNetwork): Promise<Uint8Array> {
  const { plan, beta } = network;
  const n = plan.spins;
  const { symmetry } = plan.settings;
  const write = ({ layers }: Layers, { uniforms, coins }: { uniforms: Tensor; coins?: Tensor }) => {
    const bySite = transposeMatrix(uniforms);
    const used = symmetry === "anchor" ? multiply(bySite, fixed(logitMask(plan), [n, 1])) : bySite;
    const drawn = drawAll(plan, layers, used, beta);
    const turned =
      coins === undefined ? drawn : multiply(drawn, reshape(where(less(coins, 0.5), 1, -1), [1, coins.shape[0]]));
    return {
      spins: gather(transposeMatrix(turned), indices(inverseOf(plan.order)), 1),
      log_probability: logProbabilityOfLayers(plan, layers, turned, tensor(beta)),
    };
  };
  const examples = { uniforms: input([2, n]), ...(symmetry === "none" ? {} : { coins: input([2]) }) };
  return exportModel(write, [examples], {
    ...{ parameters: await foldedOf(network), dynamicBatch: true, name: "sampler" },
    metadata: metadataOf(network),
  });
}
