import { stratifiedKFold } from "../../../../data/index.ts";
import { NdArray, zerosArray } from "../../../../engine/index.ts";
import { labelIssues } from "../../confident-learning/index.ts";
import { defineMethod, type Phase } from "../method.ts";
import { keepEveryClass, markedRows } from "../pruning.ts";
import { crossEntropyStage } from "./cross-entropy.ts";

/** One fold: a network that has not seen its rows gives their probabilities. */
function foldPhase(fold: number, folds: number, epochs: number): Phase {
  return {
    name: `fold ${fold + 1}`,
    epochs,
    begin: (setup, facts) => {
      const { inputs, labels } = setup.examples;
      const { train, test } = stratifiedKFold(labels, folds, setup.drawKey)[fold];
      return crossEntropyStage(setup, epochs, {
        kept: train,
        async finish(learner) {
          const model = { network: learner.network, members: [learner.variables()] };
          const { data } = await setup.predictor.probabilities(model, inputs);
          const known = facts.outOfFold ?? zerosArray([labels.length, setup.classes]);
          const all = (known.data as Float32Array).slice();
          for (const row of test) {
            const start = row * setup.classes;
            all.set(data.subarray(start, start + setup.classes), start);
          }
          return { outOfFold: new NdArray(all, known.shape) };
        },
      });
    },
  };
}

/** Confident learning: rows whose label out-of-fold probabilities contradict are left out, then a network is trained on the rest. */
export const confidentLearning = defineMethod({
  name: "confident-learning",
  title: "Confident learning",
  family: "selection",
  summary: "leaves out the rows whose label cross-validated probabilities contradict, and retrains",
  source: "Northcutt et al. 2021, https://arxiv.org/abs/1911.00068; pruning by noise rate",
  fields: {
    folds: { kind: "number", description: "parts of the cross-validation", min: 2, isWhole: true },
    foldEpochs: { kind: "number", description: "epochs of each fold's network", min: 1, isWhole: true },
  },
  defaults: ({ epochs }) => ({ folds: 4, foldEpochs: Math.max(1, Math.round(epochs / 4)) }),
  phases: ({ folds, foldEpochs }, { epochs }) => [
    ...Array.from({ length: folds }, (_, fold) => foldPhase(fold, folds, foldEpochs)),
    {
      name: "train",
      epochs,
      begin: (setup, { outOfFold }) => {
        const { labels } = setup.examples;
        const probabilities = outOfFold as NdArray<"float32">;
        const own = Float32Array.from(labels, (label, row) => probabilities.data[row * setup.classes + label]);
        const issues = labelIssues({ probabilities, labels });
        const kept = keepEveryClass((row) => issues[row] === 0, labels, own);
        const selection = { kept, weights: own, labels };
        return {
          ...crossEntropyStage(setup, epochs, { kept: markedRows(kept) }),
          selection: () => selection,
        };
      },
    },
  ],
});
