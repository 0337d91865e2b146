import { add, divide, gather, mean, multiply, permutation, subtract } from "../../../../engine/index.ts";
import { boundedCrossEntropyRows, crossEntropyRows } from "../label-losses.ts";
import { defineMethod } from "../method.ts";
import { passes } from "../stage.ts";

/** The parts of a run at which the published α takes its next value: 0, then 1, 2, 5, 10. */
const publishedSteps = [0.1, 0.2, 0.45, 0.7] as const;
const publishedValues = [1, 2, 5, 10] as const;

/** Peer loss: punishes agreement with the labels of other rows, which is all that can be learned from pure noise. */
export const peerLoss = defineMethod({
  name: "peer-loss",
  title: "Peer loss",
  family: "robust loss",
  summary: "takes away what could be gained by guessing labels that belong to other rows",
  source:
    "Liu & Guo 2020, https://arxiv.org/abs/1910.03231; the steps of α from its code, as parts of 200 epochs, up to the setting",
  fields: { alpha: { kind: "number", description: "the largest weight of the peer term", min: 0 } },
  defaults: () => ({ alpha: 1 }),
  phases: ({ alpha }, { epochs }) => [
    {
      name: "train",
      epochs,
      begin: (setup) =>
        passes(setup, {
          epochs,
          loss: ({ networks: [network], inputs, targets, scalars, key }) => {
            const [forRows, forLabels] = key.split(2);
            const logits = network(inputs);
            const count = inputs.shape[0];
            const peers = boundedCrossEntropyRows(
              gather(logits, permutation(forRows, count)),
              gather(targets, permutation(forLabels, count)),
            );
            const difference = subtract(mean(crossEntropyRows(logits, targets)), multiply(mean(peers), scalars.alpha));
            // The published learning rate is divided by 1 + α: here the loss is, which moves SGD alike.
            return { loss: divide(difference, add(scalars.alpha, 1)) };
          },
          scalars: ({ epoch }) => {
            const passed = publishedSteps.filter((part) => epoch >= part * epochs).length;
            return { alpha: passed === 0 ? 0 : Math.min(publishedValues[passed - 1], alpha) };
          },
        }),
    },
  ],
});
