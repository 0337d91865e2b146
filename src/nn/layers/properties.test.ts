import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  add,
  compile,
  conv2d as convolve,
  evaluate,
  gather,
  key,
  matmul,
  multiply,
  type NdArray,
  normal,
  sigmoid,
  split,
  stack,
  subtract,
  type Tensor,
  tanh,
  tensor,
} from "../../engine/index.ts";
import type { ParamsOf } from "../layer.ts";
import { multiHeadAttention } from "./attention.ts";
import { conv2d } from "./convolution.ts";
import { dropout } from "./dropout.ts";
import { batchNorm, groupNorm } from "./normalization.ts";
import { gru, lstm } from "./recurrent.ts";

const evaluation = { training: false };
const worst = (a: { data: ArrayLike<number | bigint> }, b: { data: ArrayLike<number | bigint> }) =>
  Math.max(...Array.from(a.data, (value, i) => Math.abs(Number(value) - Number(b.data[i]))));

/** Arrays of parameters as expressions. */
const symbolic = <T extends Readonly<Record<string, NdArray>>>(params: T) =>
  Object.fromEntries(Object.entries(params).map(([name, value]) => [name, tensor(value)])) as {
    [K in keyof T]: Tensor;
  };

describe("attention", () => {
  const layer = multiHeadAttention({ width: 8, heads: 2 });
  const { in_proj_weight, in_proj_bias, out_proj } = layer.initialize(key(0)).params;
  const params = { ...symbolic({ in_proj_weight, in_proj_bias }), out_proj: symbolic(out_proj) };
  const attend = (x: Tensor) => layer.apply(params, {}, x, evaluation).output;

  it("without positions is equivariant to permutations of the tokens", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 }), fc.nat(1000), (order, seed) => {
        const x = normal(key(seed), [2, 5, 8]);
        const indices = tensor(order, "int32");
        const [a, b] = evaluate([attend(gather(x, indices, 1)), gather(attend(x), indices, 1)]);
        expect(worst(a, b)).toBeLessThan(1e-9);
      }),
      { numRuns: 20 },
    );
  });

  it("with a causal mask lets no later token change an earlier one", () => {
    const causal = multiHeadAttention({ width: 8, heads: 4, causal: true });
    const x = normal(key(1), [1, 4, 8]);
    const changed = add(x, multiply(tensor([[[0], [0], [0], [1]]]), normal(key(2), [1, 4, 8])));
    const [a, b] = evaluate([x, changed].map((v) => causal.apply(params, {}, v, evaluation).output));
    expect(worst({ data: Array.from(a.data).slice(0, 24) }, { data: Array.from(b.data).slice(0, 24) })).toBe(0);
    expect(worst(a, b)).toBeGreaterThan(1e-3);
  });

  it("does not see keys that are masked", () => {
    const x = normal(key(1), [1, 3, 8]);
    const keys = normal(key(2), [1, 4, 8]);
    const keyMask = tensor([[true, true, false, false]]);
    const seen = keys.slice({ 1: [0, 2] });
    const [a, b] = evaluate([
      layer.apply(params, {}, { query: x, key: keys, keyMask }, evaluation).output,
      layer.apply(params, {}, { query: x, key: seen }, evaluation).output,
    ]);
    expect(worst(a, b)).toBeLessThan(1e-9);
    const [weights] = evaluate([layer.weights(params, { query: x, key: keys, keyMask })]);
    expect(Array.from(weights.data).filter((w) => Number(w) === 0)).toHaveLength(2 * 3 * 2);
  });

  it("drops weights in training only, with a key", () => {
    const noisy = multiHeadAttention({ width: 8, heads: 2, dropout: 0.5 });
    const x = normal(key(1), [1, 4, 8]);
    const applied = [evaluation, { training: true, key: key(1) }, { training: true, key: key(2) }].map(
      (mode) => noisy.apply(params, {}, x, mode).output,
    );
    const [plain, still, first, second] = evaluate([attend(x), ...applied]);
    expect(worst(plain, still)).toBe(0);
    expect(worst(still, first)).toBeGreaterThan(1e-3);
    expect(worst(first, second)).toBeGreaterThan(1e-3);
  });
});

describe("normalisation", () => {
  it("by running statistics is the affine map that a convolution can fold", () => {
    const x = normal(key(0), [2, 3, 5, 5]);
    const weight = normal(key(1), [4, 3, 3, 3]);
    const [scale, bias, mean] = [2, 3, 4].map((seed) => normal(key(seed), [4]));
    const variance = add(multiply(normal(key(5), [4]), normal(key(5), [4])), 0.5);
    const layer = batchNorm(4, { epsilon: 1e-3 });
    const state = { running_mean: mean, running_var: variance };
    const separate = layer.apply({ weight: scale, bias }, state, convolve(x, weight), evaluation).output;
    const factor = scale.divide(variance.add(1e-3).sqrt());
    const folded = conv2d({ inputs: 3, outputs: 4, size: 3 });
    const foldedParams = {
      weight: multiply(weight, factor.reshape([4, 1, 1, 1])),
      bias: subtract(bias, mean.multiply(factor)),
    };
    const [a, b] = evaluate([separate, folded.apply(foldedParams, {}, x, evaluation).output]);
    expect(worst(a, b)).toBeLessThan(1e-9);
  });

  it("of groups does not depend on the other examples", () => {
    const layer = groupNorm({ channels: 4, groups: 2 });
    const params = symbolic(layer.initialize(key(0)).params);
    const x = normal(key(0), [3, 4, 2, 2]);
    const [all, one] = evaluate([
      layer.apply(params, {}, x, evaluation).output,
      layer.apply(params, {}, x.slice({ 0: [1, 2] }), evaluation).output,
    ]);
    expect(worst({ data: Array.from(all.data).slice(16, 32) }, one)).toBeLessThan(1e-12);
  });
});

describe("dropout", () => {
  it("keeps the mean and drops its rate", async () => {
    const run = compile((x: Tensor) => dropout(0.3).apply({}, {}, x, { training: true, key: key(1) }).output);
    const count = 40_000;
    const { data } = await run(await tensor(new Array(count).fill(2)).read());
    const values = Array.from(data, Number);
    const kept = values.filter((x) => x !== 0);
    // Four standard deviations of a binomial share.
    expect(Math.abs(kept.length / count - 0.7)).toBeLessThan(4 * Math.sqrt((0.7 * 0.3) / count));
    expect(Math.abs(values.reduce((a, b) => a + b, 0) / count - 2)).toBeLessThan(0.04);
    expect(new Set(kept)).toEqual(new Set([Math.fround(2 / 0.7)]));
  });

  it("is the identity outside training and at rate 0", () => {
    const x = tensor([1, 2]);
    expect(dropout(0.5).apply({}, {}, x, evaluation).output).toBe(x);
    expect(dropout(0).apply({}, {}, x, { training: true }).output).toBe(x);
  });
});

describe("recurrent layers", () => {
  const [batch, steps, inputs, width] = [2, 4, 3, 5];
  const x = normal(key(9), [batch, steps, inputs]);

  it("are the loop of their equations written by hand", () => {
    const layer = gru(inputs, width);
    const params = symbolic(layer.initialize(key(0)).params);
    let h: Tensor = tensor(Array.from({ length: batch }, () => new Array(width).fill(0)));
    const states = split(x, steps, 1).map((part) => {
      const project = (v: Tensor, w: Tensor, b: Tensor) => split(add(matmul(v, w, { transposeB: true }), b), 3, 1);
      const [ir, iz, inew] = project(part.reshape([batch, inputs]), params.weight_ih_l0, params.bias_ih_l0);
      const [hr, hz, hnew] = project(h, params.weight_hh_l0, params.bias_hh_l0);
      const update = sigmoid(add(iz, hz));
      const fresh = tanh(add(inew, multiply(sigmoid(add(ir, hr)), hnew)));
      h = add(multiply(subtract(1, update), fresh), multiply(update, h));
      return h;
    });
    const { outputs, last } = layer.apply(params, {}, x, evaluation).output;
    const [a, b, c, d] = evaluate([outputs, stack(states, 1), last, h]);
    expect(worst(a, b)).toBeLessThan(1e-12);
    expect(worst(c, d)).toBeLessThan(1e-12);
  });

  it("read from the end are the layer on the reversed sequence", () => {
    const [forward, backward] = [lstm(inputs, width), lstm(inputs, width, { reverse: true })];
    const params: ParamsOf<typeof forward> = symbolic(forward.initialize(key(0)).params);
    const turned = forward.apply(params, {}, x.flip(1), evaluation).output;
    const reversed = backward.apply(params, {}, x, evaluation).output;
    const [a, b, c, d] = evaluate([turned.outputs.flip(1), reversed.outputs, turned.last.cell, reversed.last.cell]);
    expect(worst(a, b)).toBeLessThan(1e-12);
    expect(worst(c, d)).toBeLessThan(1e-12);
  });

  it("go on from their last state", () => {
    const layer = lstm(inputs, width);
    const params = symbolic(layer.initialize(key(0)).params);
    const whole = layer.apply(params, {}, x, evaluation).output;
    const first = layer.apply(params, {}, x.slice({ 1: [0, 2] }), evaluation).output;
    const rest = { sequence: x.slice({ 1: [2, 4] }), initial: first.last };
    const second = layer.apply(params, {}, rest, evaluation).output;
    const [a, b] = evaluate([whole.last.hidden, second.last.hidden]);
    expect(worst(a, b)).toBeLessThan(1e-12);
  });
});
