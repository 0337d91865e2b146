import { type Key, NdArray, type Shape, sampleUniform } from "../../../engine/index.ts";
import type { LayerParams, NetworkParams } from "./folding.ts";
import { weightMask } from "./masks.ts";
import type { LayerPlan, NetworkPlan } from "./network-plan.ts";

/** The slope of an activation below zero before training. */
const firstSlope = 0.5;

function uniformArray(key: Key, shape: Shape, limit: number): NdArray<"float32"> {
  const draws = sampleUniform(
    key,
    shape.reduce((a, b) => a * b, 1),
  );
  return new NdArray(
    draws.map((u) => limit * (2 * u - 1)),
    shape,
  );
}

const filled = (shape: Shape, value: number) =>
  new NdArray(new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value), shape);

/** Uniform in ±1/√(inputs · N), as PyTorch begins, times √(weights / weights that the mask leaves), zero under the mask. */
function maskedWeight(plan: NetworkPlan, layer: LayerPlan, key: Key): NdArray {
  const n = plan.spins;
  const { inputs, outputs } = layer;
  const mask = weightMask(plan, layer);
  const left = mask.reduce((sum, kept) => sum + kept, 0);
  const limit = Math.sqrt((n * n) / Math.max(1, left) / (inputs * n));
  const weight = uniformArray(key, [outputs * n, inputs * n], limit);
  const columns = inputs * n;
  weight.data.forEach((_, k) => {
    const [i, j] = [Math.floor(k / columns) % n, k % n];
    weight.data[k] *= mask[i * n + j];
  });
  return weight;
}

function initialLayer(plan: NetworkPlan, layer: LayerPlan, key: Key): LayerParams<NdArray> {
  const n = plan.spins;
  const { inputs, outputs, reach, isActivated, projection } = layer;
  const [forWeight, forBias] = key.split(2);
  return {
    weight:
      reach === "site"
        ? uniformArray(forWeight, [outputs, n, inputs], 1 / Math.sqrt(inputs))
        : maskedWeight(plan, layer, forWeight),
    bias: uniformArray(forBias, [outputs, n], 1 / Math.sqrt(inputs * n)),
    ...(isActivated ? { slope: filled([outputs, n], firstSlope) } : {}),
    ...(projection === "message" ? { gain: filled([], 1) } : {}),
  };
}

/** The parameters before training: uniform weights and biases, slopes ½, message gains 1. */
export function initialParameters(plan: NetworkPlan, key: Key): NetworkParams<NdArray> {
  return { layers: plan.layers.map((layer, l) => initialLayer(plan, layer, key.fold(l))) };
}
