import { add, mean, multiply } from "../../../../engine/index.ts";
import { crossEntropyRows, reverseCrossEntropyRows } from "../label-losses.ts";
import { defineMethod } from "../method.ts";
import { passes } from "../stage.ts";

/** Symmetric cross-entropy: a little cross-entropy to learn from, and reverse cross-entropy, which tolerates wrong labels. */
export const symmetricCrossEntropy = defineMethod({
  name: "sce",
  title: "Symmetric cross-entropy",
  family: "robust loss",
  summary: "adds reverse cross-entropy, which is bounded and so tolerates wrong labels",
  source: "Wang et al. 2019, https://arxiv.org/abs/1908.06112; section 4.3 (100 classes: α 6, β .1), log 0 := −4",
  fields: {
    alpha: { kind: "number", description: "weight of the cross-entropy", min: 0 },
    beta: { kind: "number", description: "weight of the reverse cross-entropy", min: 0 },
  },
  defaults: ({ classes }) => (classes >= 50 ? { alpha: 6, beta: 0.1 } : { alpha: 0.1, beta: 1 }),
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
            const plain = multiply(mean(crossEntropyRows(logits, targets)), alpha);
            return { loss: add(plain, multiply(mean(reverseCrossEntropyRows(logits, targets)), beta)) };
          },
        }),
    },
  ],
});
