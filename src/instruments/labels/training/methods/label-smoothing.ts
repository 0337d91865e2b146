import { mean } from "../../../../engine/index.ts";
import { smoothedRows } from "../label-losses.ts";
import { defineMethod } from "../method.ts";
import { passes } from "../stage.ts";

/** Generalised label smoothing: a part of each target goes to all classes alike, or with a negative rate is taken from them. */
export const labelSmoothing = defineMethod({
  name: "label-smoothing",
  title: "Label smoothing",
  family: "regularization",
  summary: "softens every label; with a negative rate it sharpens them after a warm-up",
  source:
    "Szegedy et al. 2016, https://arxiv.org/abs/1512.00567; negative rates: Wei et al. 2022, https://arxiv.org/abs/2106.04149",
  fields: {
    rate: {
      kind: "number",
      description: "the part that is spread over all classes; negative to sharpen",
      min: -6,
      max: 0.99,
    },
    warmUp: {
      kind: "number",
      description: "epochs of plain cross-entropy first, which a negative rate needs",
      ...{ min: 0, isWhole: true },
    },
  },
  defaults: () => ({ rate: 0.1, warmUp: 0 }),
  check: ({ rate, warmUp }) =>
    rate < 0 && warmUp === 0 ? ["a negative rate diverges from scratch: warmUp must be at least 1 epoch"] : [],
  phases: ({ rate, warmUp }, { epochs }) => [
    {
      name: "train",
      epochs,
      begin: (setup) =>
        passes(setup, {
          epochs,
          loss: ({ networks: [network], inputs, targets, scalars }) => ({
            loss: mean(smoothedRows(network(inputs), targets, scalars.rate)),
          }),
          scalars: ({ epoch }) => ({ rate: epoch < warmUp ? 0 : rate }),
        }),
    },
  ],
});
