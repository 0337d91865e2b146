import { takeRows } from "../../../../data/index.ts";
import {
  add,
  expandDims,
  gradients,
  type Key,
  matmul,
  mean,
  multiply,
  NdArray,
  oneHot,
  relu,
  sampleIntegers,
  sampleUniform,
  sigmoid,
  squeeze,
  stopGradient,
  subtract,
  type Tensor,
  type Tree,
} from "../../../../engine/index.ts";
import { type AdamState, adam, treeOf, vectorsOf } from "../../../../nn/index.ts";
import { crossEntropyRows } from "../label-losses.ts";
import { defineMethod } from "../method.ts";
import { filledRows } from "../row-memory.ts";
import { selectionOfWeights } from "../selection.ts";
import { passes } from "../stage.ts";
import type { Arrays, StepContext, Tensors } from "../step.ts";

/** The weight of each row by its loss: losses `[b]` to `[b]` in (0, 1), a network 1–h–1. */
export function weightsOfLosses(losses: Tensor, { hidden, hiddenBias, out, outBias }: Tensors): Tensor {
  const features = relu(add(matmul(expandDims(losses, -1), hidden), hiddenBias));
  return squeeze(sigmoid(add(matmul(features, out), outBias)), -1);
}

/** Parameters moved against a loss by plain descent, as expressions that can be differentiated again. */
function descended(params: Tree<Tensor>, loss: Tensor, rate: Tensor): Tree<Tensor> {
  const slopes = vectorsOf(gradients(loss, params));
  return treeOf(
    vectorsOf(params).map((vector, i) => subtract(vector, multiply(slopes[i], rate))),
    params,
  );
}

/**
 * The loss of the trusted rows after a virtual step on the weighted loss of the batch: its gradient with respect to the weight network goes
 * through the step, that is through second derivatives of the network.
 */
export function metaLoss({ layer, variables, inputs, targets, extras, learningRate }: StepContext, weightNet: Tensors) {
  const [{ params, state }] = variables;
  const logitsOf = (own: unknown, x: Tensor) => layer.apply(own, state, x, { training: true }).output;
  const losses = crossEntropyRows(logitsOf(params, inputs), targets);
  const weighted = mean(multiply(losses, weightsOfLosses(stopGradient(losses), weightNet)));
  const virtual = descended(params, weighted, learningRate);
  const trusted = oneHot(extras.trustedLabels, targets.shape[1]);
  return mean(crossEntropyRows(logitsOf(virtual, extras.trustedInputs), trusted));
}

function initialWeightNet(key: Key, width: number): Arrays {
  const [forHidden, forOut] = key.split(2);
  const bound = 1 / Math.sqrt(width);
  const draw = (own: Key, scale: number) => sampleUniform(own, width).map((u) => (2 * u - 1) * scale);
  return {
    hidden: new NdArray(draw(forHidden, 1), [1, width]),
    hiddenBias: new NdArray(new Float32Array(width)),
    out: new NdArray(draw(forOut, bound), [width, 1]),
    outBias: new NdArray(new Float32Array(1)),
  };
}

/** Meta-Weight-Net: a small network learns from a few trusted rows how much a loss should count. */
export const metaWeightNet = defineMethod({
  name: "meta-weight-net",
  title: "Meta-Weight-Net",
  family: "selection",
  summary:
    "learns how much a row's loss should count, so that a step helps trusted rows (the noisy validation rows, where none are given)",
  source: "Shu et al. 2019, https://arxiv.org/abs/1902.07379; width 100, Adam 1e-3 and decay 1e-4 of its code",
  fields: {
    width: { kind: "number", description: "hidden units of the weight network", min: 1, isWhole: true },
    rate: { kind: "number", description: "learning rate of the weight network", min: 0 },
    trustedBatch: { kind: "number", description: "trusted rows in each step", min: 1, isWhole: true },
  },
  defaults: () => ({ width: 100, rate: 1e-3, trustedBatch: 100 }),
  phases: ({ width, rate, trustedBatch }, { epochs }) => [
    {
      name: "train",
      epochs,
      begin: (setup) => {
        const { trusted } = setup;
        const [forRun, forNet] = setup.key.split(2);
        const optimizer = adam({ weightDecay: 1e-4 });
        const weightNet = initialWeightNet(forNet, width);
        return passes(
          { ...setup, key: forRun },
          {
            epochs,
            rows: { weights: filledRows(setup, { value: 1 }) },
            memory: { weightNet, moments: optimizer.initialize(weightNet) } as unknown as Arrays,
            loss: (context) => {
              const memory = context.memory as unknown as { weightNet: Tensors; moments: AdamState };
              const slopes = gradients(metaLoss(context, memory.weightNet), memory.weightNet);
              const next = optimizer.update(slopes, memory.moments, memory.weightNet, { learningRate: rate });
              const losses = crossEntropyRows(context.networks[0](context.inputs), context.targets);
              const weights = stopGradient(weightsOfLosses(losses, next.params));
              return {
                loss: mean(multiply(losses, weights)),
                rows: { weights },
                memory: { weightNet: next.params, moments: next.state } as unknown as Tensors,
              };
            },
            extras: ({ key }): Arrays => {
              const rows = sampleIntegers(key, trustedBatch, 0, trusted.labels.length);
              const labels = Int32Array.from(rows, (row) => trusted.labels[row]);
              return { trustedInputs: takeRows(trusted.inputs, rows), trustedLabels: new NdArray(labels) };
            },
            selection: ({ rows }) =>
              selectionOfWeights(rows.weights.data.slice() as Float32Array, setup.examples.labels),
          },
        );
      },
    },
  ],
});
