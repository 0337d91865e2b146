import { add, multiply } from "../../../../engine/index.ts";
import { crossEntropyRows, divergenceRows, weightedMean } from "../label-losses.ts";
import { defineMethod } from "../method.ts";
import { filledRows } from "../row-memory.ts";
import { selectionOfWeights } from "../selection.ts";
import { keptPart, smallLossMask } from "../small-loss.ts";
import { passes } from "../stage.ts";
import { forgettingDefaults, forgettingFields } from "./co-teaching.ts";

/** JoCoR: two networks with one loss that also asks them to agree; rows with small joint losses are learned. */
export const jointTraining = defineMethod({
  name: "jocor",
  title: "JoCoR",
  family: "selection",
  summary: "two networks that are asked to agree learn the rows with small joint losses",
  source: "Wei et al. 2020, https://arxiv.org/abs/2003.02752; λ .9 of its section 4 for CIFAR-10",
  fields: {
    ...forgettingFields,
    lambda: {
      kind: "number",
      description: "weight of the agreement against the labels",
      min: 0,
      max: 1,
      isBelowMax: true,
    },
  },
  defaults: (context) => ({ ...forgettingDefaults(context), lambda: 0.9 }),
  phases: ({ rate, gradual, lambda }, { epochs }) => [
    {
      name: "train",
      epochs,
      begin: (setup) =>
        passes(setup, {
          epochs,
          networks: 2,
          rows: { kept: filledRows(setup, { value: 1 }) },
          loss: ({ networks, inputs, targets, scalars: { keep } }) => {
            const [first, second] = networks.map((network) => network(inputs));
            const labels = add(crossEntropyRows(first, targets), crossEntropyRows(second, targets));
            const agreement = add(divergenceRows(first, second), divergenceRows(second, first));
            const losses = add(multiply(labels, 1 - lambda), multiply(agreement, lambda));
            const kept = smallLossMask(losses, keep);
            return { loss: weightedMean(losses, kept), rows: { kept } };
          },
          scalars: ({ epoch }) => ({ keep: keptPart(epoch, { rate, gradual }) }),
          selection: ({ rows }) => selectionOfWeights(rows.kept.data.slice() as Float32Array, setup.examples.labels),
        }),
    },
  ],
});
