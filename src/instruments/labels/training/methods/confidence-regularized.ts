import { cast, lessEqual, maximum, multiply, NdArray, stopGradient, subtract, sum } from "../../../../engine/index.ts";
import { crossEntropyRows, evenCrossEntropyRows, priorCrossEntropyRows, weightedMean } from "../label-losses.ts";
import { defineMethod } from "../method.ts";
import { filledRows } from "../row-memory.ts";
import { selectionOfWeights } from "../selection.ts";
import { passes } from "../stage.ts";

/** The share of each class among the rows with weight; even where no row is left. */
function priorOf(labels: Int32Array, weights: ArrayLike<number | bigint>, classes: number): NdArray {
  const counts = new Float32Array(classes);
  labels.forEach((label, i) => {
    counts[label] += Number(weights[i]);
  });
  const total = counts.reduce((a, b) => a + b, 0);
  return new NdArray(counts.map((count) => (total === 0 ? 1 / classes : count / total)));
}

/** CORES²: a regulariser that makes predictions confident, and a sieve that leaves rows out whose label the network doubts. */
export const confidenceRegularized = defineMethod({
  name: "cores",
  title: "CORES²",
  family: "selection",
  summary: "rewards confident predictions, then sieves out the rows whose label costs more than the average label",
  source:
    "Cheng et al. 2021, https://arxiv.org/abs/2010.02347; its code has β 2, begins at 10 of 100 epochs and sieves from 30; small networks memorise sooner, so here all begins earlier with β 4",
  fields: {
    beta: { kind: "number", description: "final weight of the confidence regulariser", min: 0 },
    warmUp: { kind: "number", description: "epochs before the regulariser begins", min: 0, isWhole: true },
    rampUp: { kind: "number", description: "epochs until it has its final weight", min: 1, isWhole: true },
    sieveFrom: { kind: "number", description: "epochs before the sieve begins", min: 0, isWhole: true },
  },
  defaults: ({ epochs }) => ({
    ...{ beta: 4, warmUp: Math.round(0.05 * epochs) },
    ...{ rampUp: Math.max(1, Math.round(0.1 * epochs)), sieveFrom: Math.round(0.1 * epochs) },
  }),
  phases: ({ beta, warmUp, rampUp, sieveFrom }, { epochs }) => [
    {
      name: "train",
      epochs,
      begin: (setup) => {
        const { labels } = setup.examples;
        const rows = { kept: filledRows(setup, { value: 1 }) };
        return passes(setup, {
          epochs,
          rows,
          memory: { prior: priorOf(labels, rows.kept.data, setup.classes) },
          loss: ({ networks: [network], inputs, targets, scalars, memory }) => {
            const logits = network(inputs);
            const plain = crossEntropyRows(logits, targets);
            const confidence = priorCrossEntropyRows(logits, memory.prior);
            const isCheap = cast(lessEqual(subtract(plain, evenCrossEntropyRows(logits)), 0), "float32");
            const kept = stopGradient(maximum(isCheap, subtract(1, scalars.sieves)));
            const losses = subtract(plain, multiply(confidence, scalars.beta));
            return { loss: weightedMean(losses, kept), rows: { kept }, metrics: { kept: sum(kept) } };
          },
          scalars: ({ epoch }) => ({
            beta: beta * Math.min(Math.max((epoch - warmUp) / rampUp, 0), 1),
            sieves: epoch >= sieveFrom ? 1 : 0,
          }),
          beforeEpoch: (_, learner) =>
            learner.remember({ prior: priorOf(labels, learner.rows.kept.data, setup.classes) }),
          selection: (learner) => selectionOfWeights(learner.rows.kept.data.slice() as Float32Array, labels),
        });
      },
    },
  ],
});
