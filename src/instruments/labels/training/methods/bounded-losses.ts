import { add, mean, multiply } from "../../../../engine/index.ts";
import { absoluteErrorRows, normalizedCrossEntropyRows, reverseCrossEntropyRows } from "../label-losses.ts";
import { defineMethod } from "../method.ts";
import { passes } from "../stage.ts";

/** The mean absolute error: symmetric, so that even noise does not move its minimum, and slow to learn. */
export const meanAbsoluteErrorMethod = defineMethod({
  name: "mae",
  title: "Mean absolute error",
  family: "robust loss",
  summary: "treats all errors alike; tolerates even noise but learns slowly",
  source: "Ghosh et al. 2017, https://arxiv.org/abs/1712.09482",
  fields: {},
  defaults: () => ({}),
  phases: (_, { epochs }) => [
    {
      name: "train",
      epochs,
      begin: (setup) =>
        passes(setup, {
          epochs,
          loss: ({ networks: [network], inputs, targets }) => ({
            loss: mean(absoluteErrorRows(network(inputs), targets)),
          }),
        }),
    },
  ],
});

/** Active passive loss: normalised cross-entropy with reverse cross-entropy. */
export const normalizedCrossEntropy = defineMethod({
  name: "nce-rce",
  title: "NCE + RCE",
  family: "robust loss",
  summary: "joins a normalised loss that learns with a passive one that tolerates noise",
  source: "Ma et al. 2020, https://arxiv.org/abs/2006.13554; α = β = 1 for 10 classes (100 classes: α 10, β .1)",
  fields: {
    alpha: { kind: "number", description: "weight of the normalised cross-entropy", min: 0 },
    beta: { kind: "number", description: "weight of the reverse cross-entropy", min: 0 },
  },
  defaults: ({ classes }) => (classes >= 50 ? { alpha: 10, beta: 0.1 } : { alpha: 1, beta: 1 }),
  check: ({ alpha, beta }) => (alpha + beta > 0 ? [] : ["alpha and beta cannot both be 0"]),
  phases: ({ alpha, beta }, { epochs }) => [
    {
      name: "train",
      epochs,
      begin: (setup) =>
        passes(setup, {
          epochs,
          loss: ({ networks: [network], inputs, targets }) => {
            const logits = network(inputs);
            const active = multiply(mean(normalizedCrossEntropyRows(logits, targets)), alpha);
            return { loss: add(active, multiply(mean(reverseCrossEntropyRows(logits, targets)), beta)) };
          },
        }),
    },
  ],
});
