import { mean, NdArray } from "../../../../engine/index.ts";
import { generalizedCrossEntropyRows, weightedMean } from "../label-losses.ts";
import { defineMethod } from "../method.ts";
import { filledRows } from "../row-memory.ts";
import { selectionOfWeights } from "../selection.ts";
import { passes } from "../stage.ts";

/** Generalised cross-entropy: between cross-entropy (q → 0) and the mean absolute error (q = 1). */
export const generalizedCrossEntropy = defineMethod({
  name: "gce",
  title: "Generalized cross-entropy",
  family: "robust loss",
  summary: "weighs a row by how probable its label is, so that wrong labels pull less",
  source: "Zhang & Sabuncu 2018, https://arxiv.org/abs/1805.07836; q and k of its section 4",
  fields: {
    q: { kind: "number", description: "between cross-entropy (near 0) and mean absolute error (1)", min: 0.01, max: 1 },
    truncated: { kind: "flag", description: "whether rows with improbable labels are left out after the warm-up" },
    threshold: { kind: "number", description: "how probable a label must be to stay", min: 0, max: 1 },
    warmUp: { kind: "number", description: "epochs before rows are left out", min: 0, isWhole: true },
    pruneEvery: { kind: "number", description: "epochs between two choices of rows", min: 1, isWhole: true },
  },
  defaults: ({ epochs }) => ({
    ...{ q: 0.7, truncated: false, threshold: 0.5 },
    warmUp: Math.round(epochs / 3),
    pruneEvery: Math.max(1, Math.round(epochs / 12)),
  }),
  phases: ({ q, truncated, threshold, warmUp, pruneEvery }, { epochs }) => [
    {
      name: "train",
      epochs,
      begin: (setup) => {
        const { inputs, labels } = setup.examples;
        const isDue = (epoch: number) => truncated && epoch >= warmUp && (epoch - warmUp) % pruneEvery === 0;
        return passes(setup, {
          epochs,
          rows: truncated ? { kept: filledRows(setup, { value: 1 }) } : {},
          loss: ({ networks: [network], inputs: x, targets, rows }) => {
            const losses = generalizedCrossEntropyRows(network(x), targets, q);
            return { loss: truncated ? weightedMean(losses, rows.kept) : mean(losses) };
          },
          async beforeEpoch(epoch, learner) {
            if (!isDue(epoch)) return;
            const model = { network: learner.network, members: [learner.variables()] };
            const { data } = await setup.predictor.probabilities(model, inputs);
            const kept = Float32Array.from(labels, (label, i) => (data[i * setup.classes + label] > threshold ? 1 : 0));
            learner.rows = { kept: new NdArray(kept) };
          },
          ...(truncated
            ? { selection: ({ rows }) => selectionOfWeights(rows.kept.data.slice() as Float32Array, labels) }
            : {}),
        });
      },
    },
  ],
});
