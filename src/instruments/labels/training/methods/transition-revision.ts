import {
  add,
  divide,
  gradients,
  matmul,
  maximum,
  mean,
  multiply,
  NdArray,
  softmax,
  stopGradient,
  subtract,
  sum,
  type Tensor,
  tensor,
  zerosArray,
} from "../../../../engine/index.ts";
import { crossEntropyRows } from "../label-losses.ts";
import { defineMethod, type Setup, type Stage } from "../method.ts";
import { passes } from "../stage.ts";
import { estimationStage } from "./forward-correction.ts";

const overClasses = { axes: -1, keepDims: true } as const;
const smallest = 1e-7;

/** `T̂ + ΔT` with negative cells at 0 and rows of sum 1, `[k, k]`. */
export function revisedTransition(estimate: Tensor, revision: Tensor): Tensor {
  const raw = maximum(add(estimate, revision), 0);
  return divide(raw, maximum(sum(raw, overClasses), smallest));
}

/** The importance weights `β = p_y / (pᵀT)_y` `[b]` of logits and one-hot labels `[b, k]`; p is a constant. */
export function importanceWeights(logits: Tensor, targets: Tensor, transition: Tensor): Tensor {
  const probabilities = stopGradient(softmax(logits));
  const own = sum(multiply(probabilities, targets), { axes: -1 });
  const observed = sum(multiply(matmul(probabilities, transition), targets), { axes: -1 });
  return divide(own, maximum(observed, smallest));
}

/** Reweighted cross-entropy; from `revision` on the matrix is revised by what lowers the same loss. */
function reweightedStage(
  setup: Setup,
  estimate: NdArray,
  { epochs, revision, rate }: { readonly epochs: number; readonly revision: number; readonly rate: number },
): Stage {
  const { classes } = setup;
  return passes(setup, {
    epochs,
    memory: { estimate, change: zerosArray([classes, classes]) },
    loss: ({ networks: [network], inputs, targets, memory, scalars, learningRate }) => {
      const logits = network(inputs);
      const transition = revisedTransition(memory.estimate, memory.change);
      const weights = importanceWeights(logits, targets, transition);
      const losses = crossEntropyRows(logits, targets);
      const moved = gradients(mean(multiply(weights, stopGradient(losses))), memory.change);
      const change = subtract(memory.change, multiply(moved, multiply(learningRate, scalars.rate)));
      return { loss: mean(multiply(stopGradient(weights), losses)), memory: { change } };
    },
    scalars: ({ epoch }) => ({ rate: epoch < revision ? 0 : rate }),
    finish: async ({ memory }) => {
      const values = await revisedTransition(tensor(memory.estimate), tensor(memory.change)).read();
      return { transition: new NdArray(Float32Array.from(values.data as Float32Array), [classes, classes]) };
    },
  });
}

/** T-revision: rows are weighted by how much likelier their label is as the truth than as an observation, and the matrix is revised on the way. */
export const transitionRevision = defineMethod({
  name: "t-revision",
  title: "T-revision",
  family: "transition matrix",
  summary: "weighs rows by an estimated transition matrix, which a small change learned beside the network revises",
  source:
    "Xia et al. 2019, https://arxiv.org/abs/1906.00189; anchor points at the 97th percentile and the order of stages from its code, whose 120 epochs of revision are the last third here",
  fields: {
    warmUp: { kind: "number", description: "epochs of cross-entropy for the estimate", min: 1, isWhole: true },
    revision: { kind: "number", description: "epochs before the matrix is revised", min: 0, isWhole: true },
    rate: { kind: "number", description: "learning rate of the change as a multiple of the network's", min: 0 },
  },
  defaults: ({ epochs }) => ({
    warmUp: Math.max(1, Math.round(epochs / 8)),
    revision: Math.round((2 * epochs) / 3),
    rate: 0.01,
  }),
  phases: ({ warmUp, revision, rate }, { epochs }) => [
    { name: "estimate", epochs: warmUp, begin: (setup) => estimationStage(setup, warmUp, "anchor") },
    {
      name: "train",
      epochs,
      begin: (setup, facts) => reweightedStage(setup, facts.transition, { epochs, revision, rate }),
    },
  ],
});
