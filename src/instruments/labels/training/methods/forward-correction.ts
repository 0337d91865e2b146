import { mean, NdArray, tensor } from "../../../../engine/index.ts";
import { nearestNeighbors } from "../../../../math/nearest-neighbors.ts";
import { higherOrderConsensus } from "../../audit/higher-order-consensus.ts";
import { forwardRows } from "../label-losses.ts";
import { defineMethod, type Phase, type Setup, type Stage } from "../method.ts";
import { anchorTransition, dualTransition } from "../posterior-transition.ts";
import { passes } from "../stage.ts";
import { crossEntropyStage } from "./cross-entropy.ts";

/** A matrix of numbers for each pair of classes, or nothing. */
type Matrix = readonly (readonly number[])[] | undefined;

function problemsOf(transition: Matrix, classes: number): readonly string[] {
  if (transition === undefined) return [];
  if (transition.length !== classes || transition.some((row) => row.length !== classes)) {
    return [`transition must be [${classes}, ${classes}]; got ${transition.length} rows`];
  }
  const wrong = transition.findIndex((row) => {
    const sum = row.reduce((a, b) => a + b, 0);
    return row.some((p) => !(p >= 0)) || Math.abs(sum - 1) > 1e-4;
  });
  return wrong === -1 ? [] : [`transition row ${wrong} must be probabilities with sum 1; got [${transition[wrong]}]`];
}

/** The warm-up network's noisy posteriors on the training rows, made a transition matrix when the phase ends. */
export function estimationStage(setup: Setup, epochs: number, estimator: string): Stage {
  return crossEntropyStage(setup, epochs, {
    async finish(learner) {
      const model = { network: learner.network, members: [learner.variables()] };
      const posteriors = await setup.predictor.probabilities(model, setup.examples.inputs);
      const { labels } = setup.examples;
      return {
        transition:
          estimator === "anchor"
            ? anchorTransition(posteriors, setup.classes >= 100 ? 1 : 0.97)
            : dualTransition(posteriors, labels),
      };
    },
  });
}

/** The matrix by HOC: from the labels of each row and its two nearest neighbours by cosine, without a network. */
async function consensusTransition({ examples, classes, key, checkCancelled }: Setup): Promise<NdArray> {
  const { inputs, labels } = examples;
  const rows = new NdArray(inputs.data, [labels.length, inputs.size / labels.length]);
  const neighbors = await nearestNeighbors(rows, { k: 2, metric: "cosine" });
  checkCancelled();
  const { transition } = await higherOrderConsensus(labels, neighbors, { classes, replicates: 0, key });
  return new NdArray(Float32Array.from(transition.flat()), [classes, classes]);
}

function correctedStage(setup: Setup, epochs: number, transition: NdArray): Stage {
  return passes(setup, {
    epochs,
    loss: ({ networks: [network], inputs, targets }) => ({
      loss: mean(forwardRows(network(inputs), targets, tensor(transition))),
    }),
    finish: () => ({ transition }),
  });
}

/** Forward correction: the network's probabilities are sent through the transition matrix before they meet the observed labels. */
export const forwardCorrection = defineMethod({
  name: "forward",
  title: "Forward correction",
  family: "transition matrix",
  summary: "explains the observed labels by a transition matrix, given or estimated after a warm-up",
  source:
    "Patrini et al. 2017, https://arxiv.org/abs/1609.03683; dual-T: Yao et al. 2020, https://arxiv.org/abs/2006.07805; HOC: Zhu et al. 2021, https://arxiv.org/abs/2102.05291",
  fields: {
    transition: {
      kind: "matrix",
      description: "the known transition matrix, row = true class; estimated when left out",
    },
    estimator: {
      kind: "choice",
      description:
        "how an unknown matrix is estimated: by anchor points of a warmed-up network, by these and its predictions, or by the labels of nearest neighbours",
      choices: ["anchor", "dual", "hoc"],
    },
    warmUp: { kind: "number", description: "epochs of cross-entropy for the estimate", min: 1, isWhole: true },
  },
  defaults: ({ epochs }) => ({
    transition: undefined as Matrix,
    estimator: "dual",
    warmUp: Math.max(1, Math.round(epochs / 8)),
  }),
  check: ({ transition }, { classes }) => problemsOf(transition, classes),
  phases: ({ transition, estimator, warmUp }, { epochs }): readonly Phase[] => {
    if (transition !== undefined) {
      const values = Float32Array.from(transition.flat());
      const known = new NdArray(values, [transition.length, transition.length]);
      return [{ name: "train", epochs, begin: (setup) => correctedStage(setup, epochs, known) }];
    }
    if (estimator === "hoc") {
      const begin = async (setup: Setup) => correctedStage(setup, epochs, await consensusTransition(setup));
      return [{ name: "train", epochs, begin }];
    }
    return [
      { name: "estimate", epochs: warmUp, begin: (setup) => estimationStage(setup, warmUp, estimator) },
      { name: "train", epochs, begin: (setup, facts) => correctedStage(setup, epochs, facts.transition) },
    ];
  },
});
