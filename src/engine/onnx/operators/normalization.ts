import {
  absolute,
  add,
  alongChannels,
  averagePool2d,
  batchNorm,
  batchNormWith,
  broadcastTo,
  divide,
  layerNorm,
  maximum,
  mean,
  multiply,
  pad,
  power,
  reciprocal,
  reshape,
  sqrt,
  square,
  subtract,
  sum,
  zerosLike,
} from "../../ops/index.ts";
import { normalizeAxis } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import type { ImportedNode, OperatorTable } from "./operator.ts";

/** `(x − mean) / √(variance + ε)` over `axes`. */
function standardize(x: Tensor, axes: readonly number[], epsilon: number): Tensor {
  const center = subtract(x, mean(x, { axes, keepDims: true }));
  return divide(center, sqrt(add(mean(square(center), { axes, keepDims: true }), epsilon)));
}

const from = (axis: number, rank: number) => Array.from({ length: rank - axis }, (_, i) => axis + i);

/** With the statistics given; in training mode with the batch's own, and the running ones after it. */
function batchNormalization(node: ImportedNode): readonly Tensor[] {
  const [x, scale, bias, center, spread] = [0, 1, 2, 3, 4].map((i) => node.input(i));
  const epsilon = node.float("epsilon", 1e-5);
  if (node.int("training_mode", 0) === 0) {
    return [batchNormWith(x, { mean: center, variance: spread, scale, bias }, epsilon)];
  }
  const momentum = node.float("momentum", 0.9);
  const batch = batchNorm(x, scale, bias, epsilon);
  const next = (old: Tensor, now: Tensor) => add(multiply(old, momentum), multiply(now, 1 - momentum));
  return [batch.output, next(center, batch.mean), next(spread, batch.variance)];
}

/** Every image and channel by itself. */
function instanceNormalization(node: ImportedNode): Tensor {
  const x = node.input(0);
  const normalised = standardize(x, from(2, x.rank), node.float("epsilon", 1e-5));
  return add(multiply(normalised, alongChannels(node.input(1), x.rank)), alongChannels(node.input(2), x.rank));
}

function layerNormalization(node: ImportedNode): readonly Tensor[] {
  const x = node.input(0);
  const axis = normalizeAxis(node.title, node.int("axis", -1), x.rank);
  const epsilon = node.float("epsilon", 1e-5);
  const scale = broadcastTo(node.input(1), x.shape.slice(axis));
  const bias = node.inputs[2];
  const y = layerNorm(x, scale, bias === undefined ? zerosLike(scale) : broadcastTo(bias, scale.shape), epsilon);
  const axes = from(axis, x.rank);
  const center = mean(x, { axes, keepDims: true });
  const spread = mean(square(subtract(x, center)), { axes, keepDims: true });
  return [y, center, reciprocal(sqrt(add(spread, epsilon)))];
}

/** Scale and bias are one a group in version 18, one a channel since 21. */
function groupNormalization(node: ImportedNode): Tensor {
  const x = node.input(0);
  const [batch, channels, ...rest] = x.shape;
  const groups = node.int("num_groups", 1);
  const grouped = reshape(x, [batch, groups, channels / groups, ...rest]);
  const normalised = standardize(grouped, from(2, grouped.rank), node.float("epsilon", 1e-5));
  const wide = (v: Tensor) =>
    v.shape[0] === channels
      ? reshape(v, [1, groups, channels / groups, ...rest.map(() => 1)])
      : reshape(v, [1, groups, 1, ...rest.map(() => 1)]);
  return reshape(add(multiply(normalised, wide(node.input(1))), wide(node.input(2))), x.shape);
}

/** `x / √(mean x² + ε) · scale`. */
function rmsNormalization(node: ImportedNode): Tensor {
  const x = node.input(0);
  const axes = from(normalizeAxis(node.title, node.int("axis", -1), x.rank), x.rank);
  const size = sqrt(add(mean(square(x), { axes, keepDims: true }), node.float("epsilon", 1e-5)));
  return multiply(divide(x, size), node.input(1));
}

/** Vectors along an axis divided by their 1- or 2-norm; a zero vector stays. */
function lpNormalization(node: ImportedNode): Tensor {
  const x = node.input(0);
  const options = { axes: node.int("axis", -1), keepDims: true };
  const size = node.int("p", 2) === 1 ? sum(absolute(x), options) : sqrt(sum(square(x), options));
  return divide(x, maximum(size, 1e-30));
}

/** Local response normalisation across `size` neighbouring channels (Krizhevsky et al. 2012). */
function localResponse(node: ImportedNode): Tensor {
  const x = node.input(0);
  const [batch, channels, ...rest] = x.shape;
  const size = node.int("size", 1);
  const before = Math.floor((size - 1) / 2);
  const inner = rest.reduce((a, b) => a * b, 1);
  const squares = pad(reshape(square(x), [batch, 1, channels, inner]), [
    [0, 0],
    [0, 0],
    [before, size - 1 - before],
    [0, 0],
  ]);
  const means = reshape(averagePool2d(squares, { size: [size, 1], stride: 1 }), x.shape);
  const base = add(multiply(means, node.float("alpha", 1e-4)), node.float("bias", 1));
  return divide(x, power(base, node.float("beta", 0.75)));
}

/** Normalisations. */
export const normalizations: OperatorTable = {
  BatchNormalization: batchNormalization,
  InstanceNormalization: instanceNormalization,
  LayerNormalization: layerNormalization,
  GroupNormalization: groupNormalization,
  RMSNormalization: rmsNormalization,
  MeanVarianceNormalization: (node) => standardize(node.input(0), node.ints("axes") ?? [0, 2, 3], 1e-9),
  LpNormalization: lpNormalization,
  LRN: localResponse,
};
