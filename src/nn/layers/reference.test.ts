import { describe, expect, it } from "vitest";
import {
  add,
  logicalNot,
  logSoftmax,
  mean,
  pixelShuffle,
  softmax,
  softplus,
  type Tensor,
  tensor,
} from "../../engine/index.ts";
import { activations } from "../activations.ts";
import type { AnyLayer } from "../layer.ts";
import {
  arrayOf,
  compareWithReference,
  executors,
  type ReferenceCase,
  referenceCases,
  type StoredArray,
} from "../reference-case.ts";
import { multiHeadAttention } from "./attention.ts";
import { type Conv2dOptions, conv2d, convTranspose2d, depthwiseConv2d } from "./convolution.ts";
import { dense } from "./dense.ts";
import { embedding } from "./embedding.ts";
import { batchNorm, groupNorm, layerNorm } from "./normalization.ts";
import { averagePool, maxPool } from "./pooling.ts";
import { gru, lstm } from "./recurrent.ts";

const reference = referenceCases("layers.json");
const evaluation = { training: false };

type Named = Readonly<Record<string, Tensor>>;

/** Compares a case with a layer of one input, whose parameters have the names of PyTorch's. */
const layerForward =
  (layer: AnyLayer, name = "input") =>
  (inputs: Named, parameters: Named) => ({
    output: layer.apply(parameters, {}, inputs[name], evaluation).output as Tensor,
  });

function convolutionOptions({ settings, parameters }: ReferenceCase) {
  const { in_channels, out_channels, kernel_size, output_padding, ...rest } = settings as Record<string, never>;
  const options = { inputs: in_channels, outputs: out_channels, size: kernel_size, ...rest } as Conv2dOptions<boolean>;
  return { ...options, bias: "bias" in parameters, outputPadding: output_padding ?? 0 };
}

const conv2dCases = [
  "3x3",
  "stride 2, padding 1",
  "dilation 2, padding 2",
  "groups 2",
  "depthwise stride 2",
  "1x1 without bias",
  "rectangular",
];
const transposedCases = ["stride 2", "stride 2, output padding", "groups 2", "dilation 2 without bias"];

const attentionMasks = (entry: ReferenceCase) => {
  const allowed = (mask: StoredArray | undefined) =>
    mask === undefined ? undefined : logicalNot(tensor(arrayOf(mask)));
  return { mask: allowed(entry.masks?.attn_mask), keyMask: allowed(entry.masks?.key_padding_mask) };
};

describe.each(executors)("on $provider, values and gradients are PyTorch's", (executor) => {
  const agree = async (name: string, forward: Parameters<typeof compareWithReference>[1]) =>
    expect(await compareWithReference(reference(name), forward, executor)).toEqual([]);

  it.each([
    ["linear", dense(4, 3)],
    ["linear without bias, three axes", dense(4, 3, { bias: false })],
    ["layerNorm", layerNorm(5)],
    ["layerNorm over two axes", layerNorm([3, 4])],
    ["groupNorm", groupNorm({ channels: 6, groups: 2 })],
  ] as const)("for %s", (name, layer) => agree(name, layerForward(layer)));

  it.each(conv2dCases)("for conv2d %s", (name) =>
    agree(`conv2d ${name}`, layerForward(conv2d(convolutionOptions(reference(`conv2d ${name}`))))),
  );

  it("for the depthwise layer, which is a convolution of as many groups as channels", () =>
    agree("conv2d depthwise stride 2", layerForward(depthwiseConv2d({ channels: 4, size: 3, stride: 2, padding: 1 }))));

  it.each(transposedCases)("for convTranspose2d %s", (name) =>
    agree(
      `convTranspose2d ${name}`,
      layerForward(convTranspose2d(convolutionOptions(reference(`convTranspose2d ${name}`)))),
    ),
  );

  it.each([
    ["batchNorm2d train", true],
    ["batchNorm2d eval", false],
  ])("for %s, and the running statistics", (name, training) => {
    const stored = reference(name).statesBefore as Record<string, StoredArray>;
    const stateOf = (which: string) => tensor(arrayOf(stored[which], executor.float));
    const state = { running_mean: stateOf("running_mean"), running_var: stateOf("running_var") };
    return agree(name, ({ input }, { weight, bias }) => {
      const applied = batchNorm(3).apply({ weight, bias }, state, input, { training });
      return { output: applied.output, ...applied.state };
    });
  });

  it("for an embedding", () => agree("embedding", layerForward(embedding(6, 4), "indices")));

  it.each(["", " causal", " key padding", " causal and key padding"])("for multiheadAttention%s", (suffix) => {
    const entry = reference(`multiheadAttention${suffix}`);
    const isCausal = suffix.includes("causal");
    const layer = multiHeadAttention({ width: 8, heads: 2, causal: isCausal });
    const { keyMask } = attentionMasks(entry);
    return agree(entry.name, ({ query, key, value }, parameters) => {
      const params = {
        in_proj_weight: parameters.in_proj_weight,
        in_proj_bias: parameters.in_proj_bias,
        out_proj: { weight: parameters["out_proj.weight"], bias: parameters["out_proj.bias"] },
      };
      const x = { query, key, value, keyMask };
      const attention = mean(layer.weights(params, x), { axes: 1 });
      return { output: layer.apply(params, {}, x, evaluation).output, attention };
    });
  });

  it("for attention with a mask given, which says the same as the causal option", () => {
    const entry = reference("multiheadAttention causal");
    const layer = multiHeadAttention({ width: 8, heads: 2 });
    return agree(entry.name, ({ query, key, value }, p) => {
      const out_proj = { weight: p["out_proj.weight"], bias: p["out_proj.bias"] };
      const params = { in_proj_weight: p.in_proj_weight, in_proj_bias: p.in_proj_bias, out_proj };
      const x = { query, key, value, ...attentionMasks(entry) };
      const attention = mean(layer.weights(params, x), { axes: 1 });
      return { output: layer.apply(params, {}, x, evaluation).output, attention };
    });
  });

  const recurrentParams = (p: Named) => ({
    weight_ih_l0: p.weight_ih_l0,
    weight_hh_l0: p.weight_hh_l0,
    bias_ih_l0: p.bias_ih_l0,
    bias_hh_l0: p.bias_hh_l0,
  });

  it("for a gru", () =>
    agree("gru", ({ input, h0 }, p) => {
      const x = { sequence: input, initial: h0.reshape([2, 4]) };
      const { outputs, last } = gru(3, 4).apply(recurrentParams(p), {}, x, evaluation).output;
      return { output: outputs, hN: last.expandDims(0) };
    }));

  it("for an lstm", () =>
    agree("lstm", ({ input, h0, c0 }, p) => {
      const x = { sequence: input, initial: { hidden: h0.reshape([2, 4]), cell: c0.reshape([2, 4]) } };
      const { outputs, last } = lstm(3, 4).apply(recurrentParams(p), {}, x, evaluation).output;
      return { output: outputs, hN: last.hidden.expandDims(0), cN: last.cell.expandDims(0) };
    }));

  it.each([
    ["maxPool2d", maxPool({ size: 2 })],
    ["maxPool2d padded", maxPool({ size: 3, stride: 2, padding: 1 })],
    ["maxPool2d stride 1", maxPool({ size: 3, stride: 1, padding: 1 })],
    ["avgPool2d", averagePool({ size: 2 })],
    ["avgPool2d padded, padding counted", averagePool({ size: 3, stride: 2, padding: 1 })],
    ["avgPool2d padded, padding not counted", averagePool({ size: 3, stride: 2, padding: 1, countPadding: false })],
    ["pixelShuffle", (x: Tensor) => pixelShuffle(x, 2)],
  ])("for %s", (name, f) => agree(name, ({ input }) => ({ output: f(input) })));

  it.each([
    ["gelu", activations.gelu],
    ["gelu tanh", activations.geluTanh],
    ["silu", activations.silu],
    ["softplus", softplus],
    ["hardswish", activations.hardswish],
    ["hardsigmoid", activations.hardsigmoid],
    ["relu6", activations.relu6],
    ["elu", activations.elu],
    ["leakyRelu", activations.leakyRelu],
    ["softmax", softmax],
    ["logSoftmax", logSoftmax],
  ] as const)("for %s", (name, f) => agree(name, ({ input }) => ({ output: f(input) })));
});

it("a wrong number is found", async () => {
  const forward = layerForward(dense(4, 3));
  const shifted: typeof forward = (inputs, parameters) => ({ output: add(forward(inputs, parameters).output, 1e-3) });
  const differences = await compareWithReference(reference("linear"), shifted, executors[0]);
  expect(differences).toHaveLength(1);
});
