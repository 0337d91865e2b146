import { add, mean, multiply, softmax } from "../../../../engine/index.ts";
import { symmetricBeta } from "../beta.ts";
import { crossEntropyRows, earlyLearningRows, nextEarlyLearningMemory } from "../label-losses.ts";
import { defineMethod } from "../method.ts";
import { mixWithPartners } from "../mixing.ts";
import { filledRows } from "../row-memory.ts";
import { passes } from "../stage.ts";
import { selectionOfMemory } from "./early-learning.ts";

/** How far a ramp has risen: `exp(−5 (1 − t / T)²)` (Tarvainen & Valpola 2017). */
function ramp(step: number, length: number): number {
  return Math.exp(-5 * (1 - Math.min(step / Math.max(length, 1), 1)) ** 2);
}

/** ELR+: two networks whose averages give each other's targets, on mixed rows. The model is the mean of both averages. */
export const earlyLearningPlus = defineMethod({
  name: "elr-plus",
  title: "ELR+",
  family: "semi-supervised",
  summary: "ELR with two networks, averaged weights and mixup",
  source: "Liu et al. 2020, https://arxiv.org/abs/2007.00151; its code for CIFAR-10, ramps as half of the run",
  fields: {
    lambda: { kind: "number", description: "final weight of the regulariser", min: 0 },
    beta: {
      kind: "number",
      description: "how slowly the targets follow the predictions",
      min: 0,
      max: 1,
      isBelowMax: true,
    },
    alpha: { kind: "number", description: "of Beta(α, α), from which mixup's shares are drawn", min: 0.01 },
    decay: { kind: "number", description: "final decay of the averaged weights", min: 0, max: 1, isBelowMax: true },
  },
  defaults: ({ classes }) => ({
    ...(classes >= 50 ? { lambda: 7, beta: 0.9 } : { lambda: 3, beta: 0.7 }),
    alpha: 1,
    decay: 0.997,
  }),
  phases: ({ lambda, beta, alpha, decay }, { epochs }) => [
    {
      name: "train",
      epochs,
      begin: (setup) => {
        const memory = filledRows(setup, { width: setup.classes });
        return passes(setup, {
          epochs,
          networks: 2,
          isAveraged: true,
          rows: { first: memory, second: memory },
          loss: ({ networks, averages, inputs, targets, rows, scalars, key }) => {
            const mix = mixWithPartners(inputs.shape[0], scalars.share, key);
            const updated = {
              first: nextEarlyLearningMemory(rows.first, softmax(averages[1](inputs)), beta),
              second: nextEarlyLearningMemory(rows.second, softmax(averages[0](inputs)), beta),
            };
            const losses = networks.map((network, i) => {
              const logits = network(mix(inputs));
              const held = earlyLearningRows(logits, mix(i === 0 ? updated.first : updated.second));
              return add(mean(crossEntropyRows(logits, mix(targets))), multiply(mean(held), scalars.lambda));
            });
            return { loss: add(losses[0], losses[1]), rows: updated };
          },
          scalars: ({ step, steps, key }) => {
            const drawn = symmetricBeta(alpha, key);
            const risen = ramp(step, steps / 2);
            return { share: Math.max(drawn, 1 - drawn), lambda: lambda * risen, averageWeight: 1 - decay * risen };
          },
          members: (learner) => [learner.variables(0, true), learner.variables(1, true)],
          selection: ({ rows }) => selectionOfMemory(rows.first, setup.examples.labels),
        });
      },
    },
  ],
});
