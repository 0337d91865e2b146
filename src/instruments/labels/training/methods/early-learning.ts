import { add, mean, multiply, type NdArray, softmax } from "../../../../engine/index.ts";
import { crossEntropyRows, earlyLearningRows, nextEarlyLearningMemory } from "../label-losses.ts";
import { defineMethod } from "../method.ts";
import { filledRows } from "../row-memory.ts";
import { argMaxRows, type Selection } from "../selection.ts";
import { passes } from "../stage.ts";

/** The labels that a memory of probabilities `[n, k]` proposes; kept are the rows whose observed label it agrees with. */
export function selectionOfMemory(memory: NdArray, observed: Int32Array): Selection {
  const [, classes] = memory.shape;
  const labels = argMaxRows(memory as NdArray<"float32">);
  return {
    kept: Uint8Array.from(labels, (label, i) => (label === observed[i] ? 1 : 0)),
    weights: Float32Array.from(labels, (_, i) => Number(memory.data[i * classes + observed[i]])),
    labels,
  };
}

/** Early-learning regularisation: what the network believed early keeps it from learning wrong labels later. */
export const earlyLearning = defineMethod({
  name: "elr",
  title: "ELR",
  family: "regularization",
  summary: "holds each row's prediction near its running average, which forms before wrong labels are memorised",
  source:
    "Liu et al. 2020, https://arxiv.org/abs/2007.00151; λ and β of its appendix F (asymmetric noise: β .9, λ 1; 100 classes: β .9, λ 7)",
  fields: {
    lambda: { kind: "number", description: "weight of the regulariser", min: 0 },
    beta: {
      kind: "number",
      description: "how slowly the targets follow the predictions",
      min: 0,
      max: 1,
      isBelowMax: true,
    },
  },
  defaults: ({ classes }) => (classes >= 50 ? { lambda: 7, beta: 0.9 } : { lambda: 3, beta: 0.7 }),
  phases: ({ lambda, beta }, { epochs }) => [
    {
      name: "train",
      epochs,
      begin: (setup) =>
        passes(setup, {
          epochs,
          rows: { targets: filledRows(setup, { width: setup.classes }) },
          loss: ({ networks: [network], inputs, targets, rows }) => {
            const logits = network(inputs);
            const memory = nextEarlyLearningMemory(rows.targets, softmax(logits), beta);
            const regularizer = multiply(mean(earlyLearningRows(logits, memory)), lambda);
            return { loss: add(mean(crossEntropyRows(logits, targets)), regularizer), rows: { targets: memory } };
          },
          selection: ({ rows }) => selectionOfMemory(rows.targets, setup.examples.labels),
        }),
    },
  ],
});
