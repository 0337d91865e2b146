import { mean } from "../../../../engine/index.ts";
import { crossEntropyRows } from "../label-losses.ts";
import { defineMethod, type Setup, type Stage } from "../method.ts";
import { type PassesOptions, passes } from "../stage.ts";

/** Plain training with the observed labels, of all rows or of some. */
export function crossEntropyStage(
  setup: Setup,
  epochs: number,
  options: Pick<PassesOptions, "kept" | "finish"> = {},
): Stage {
  return passes(setup, {
    ...{ epochs, ...options },
    loss: ({ networks: [network], inputs, targets }) => ({ loss: mean(crossEntropyRows(network(inputs), targets)) }),
  });
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
  phases: (_, { epochs }) => [{ name: "train", epochs, begin: (setup) => crossEntropyStage(setup, epochs) }],
});
