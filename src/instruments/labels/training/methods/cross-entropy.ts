import { mean } from "../../../../engine/index.ts";
import { crossEntropyRows } from "../label-losses.ts";
import { defineMethod, type Phase } from "../method.ts";
import { passes } from "../stage.ts";

/** Plain training with the observed labels: also the first phase of methods that warm up. */
export function crossEntropyPhase(name: string, epochs: number): Phase {
  return {
    name,
    epochs,
    begin: (setup) =>
      passes(setup, {
        epochs,
        loss: ({ networks: [network], inputs, targets }) => ({
          loss: mean(crossEntropyRows(network(inputs), targets)),
        }),
      }),
  };
}

/** Cross-entropy on the observed labels: what every method is measured against. */
export const crossEntropy = defineMethod({
  name: "cross-entropy",
  title: "Cross-entropy",
  family: "baseline",
  summary: "trusts every label; memorises the wrong ones when trained long",
  source: "the baseline of Wei et al. 2022, https://arxiv.org/abs/2110.12088",
  fields: {},
  defaults: () => ({}),
  phases: (_, { epochs }) => [crossEntropyPhase("train", epochs)],
});
