import { expect, it } from "vitest";
import { key, type Tensor, tensor, zerosArray } from "../engine/index.ts";
import type { Layer } from "./layer.ts";
import { multiHeadAttention } from "./layers/attention.ts";
import { conv2d, convTranspose2d, depthwiseConv2d } from "./layers/convolution.ts";
import { dense } from "./layers/dense.ts";
import { dropout } from "./layers/dropout.ts";
import { batchNorm, groupNorm, layerNorm } from "./layers/normalization.ts";
import { gru } from "./layers/recurrent.ts";
import { mlp } from "./networks/mlp.ts";
import { mobilenetV1 } from "./networks/mobilenet-v1.ts";
import { vitTiny } from "./networks/vit.ts";

const zeros = (...shape: number[]) => tensor(zerosArray(shape));

/** Applies a layer with its own first values to zeros. */
function applied<P, S>(layer: Layer<P, S, Tensor, unknown>, x: Tensor, mode = { training: false }): unknown {
  const symbolic = (tree: unknown): unknown =>
    tree instanceof Object && "dtype" in tree
      ? tensor(tree as never)
      : Object.fromEntries(Object.entries(tree as object).map(([name, value]) => [name, symbolic(value)]));
  const { params, state } = layer.initialize(key(0));
  return layer.apply(symbolic(params) as P, symbolic(state) as S, x, mode);
}

it.each<[string, () => unknown]>([
  ["a dense layer given other features", () => applied(dense(4, 2), zeros(5, 3))],
  ["a dense layer of size 0", () => dense(0, 2)],
  ["a convolution given other channels", () => applied(conv2d({ inputs: 3, outputs: 8, size: 3 }), zeros(1, 4, 8, 8))],
  ["a convolution given no images", () => applied(conv2d({ inputs: 3, outputs: 8, size: 3 }), zeros(1, 3))],
  [
    "a convolution larger than its images",
    () => applied(conv2d({ inputs: 3, outputs: 8, size: 3 }), zeros(1, 3, 2, 2)),
  ],
  ["groups that do not divide", () => conv2d({ inputs: 6, outputs: 8, size: 3, groups: 4 })],
  ["a fraction of a filter", () => depthwiseConv2d({ channels: 3, multiplier: 0.5, size: 3 })],
  [
    "a transposed convolution given other channels",
    () => applied(convTranspose2d({ inputs: 3, outputs: 8, size: 2 }), zeros(1, 4, 8, 8)),
  ],
  ["batch norm given other channels", () => applied(batchNorm(3), zeros(2, 4))],
  ["batch norm trained on one value", () => applied(batchNorm(3), zeros(1, 3), { training: true })],
  ["layer norm given other features", () => applied(layerNorm(3), zeros(2, 4))],
  ["group norm whose groups do not divide", () => groupNorm({ channels: 6, groups: 4 })],
  ["heads that do not divide the width", () => multiHeadAttention({ width: 8, heads: 3 })],
  ["attention given one axis too few", () => applied(multiHeadAttention({ width: 8, heads: 2 }), zeros(5, 8))],
  ["attention given another width", () => applied(multiHeadAttention({ width: 8, heads: 2 }), zeros(1, 5, 6))],
  ["a recurrent layer given no sequence", () => applied(gru(3, 4), zeros(5, 3))],
  ["a recurrent layer given other features", () => applied(gru(3, 4), zeros(2, 5, 2))],
  ["dropout trained without a key", () => applied(dropout(0.5), zeros(2), { training: true })],
  ["a dropout rate of 1", () => dropout(1)],
  ["a perceptron of one size", () => mlp({ sizes: [3] })],
  ["a width multiplier of 0", () => mobilenetV1({ width: 0 })],
  ["patches that do not divide the image", () => vitTiny({ patch: 5 })],
])("%s is an error that says what was expected", (_, f) => {
  const messageOf = () => {
    try {
      f();
    } catch (error) {
      return String(error);
    }
    return "no error";
  };
  expect(messageOf()).toMatchSnapshot();
});
