import { mean } from "../../../../engine/index.ts";
import { symmetricBeta } from "../beta.ts";
import { crossEntropyRows } from "../label-losses.ts";
import { defineMethod } from "../method.ts";
import { mixWithPartners } from "../mixing.ts";
import { passes } from "../stage.ts";

/** Mixup: cross-entropy on convex combinations of rows and of their labels. */
export const mixup = defineMethod({
  name: "mixup",
  title: "Mixup",
  family: "regularization",
  summary: "learns blends of two rows with blends of their labels, which are harder to memorise",
  source: "Zhang et al. 2018, https://arxiv.org/abs/1710.09412; α 1 of its section 4.4 (noisy labels: 8 to 32)",
  fields: { alpha: { kind: "number", description: "of Beta(α, α), from which the shares are drawn", min: 0.01 } },
  defaults: () => ({ alpha: 1 }),
  phases: ({ alpha }, { epochs }) => [
    {
      name: "train",
      epochs,
      begin: (setup) =>
        passes(setup, {
          epochs,
          loss: ({ networks: [network], inputs, targets, scalars, key }) => {
            const mix = mixWithPartners(inputs.shape[0], scalars.share, key);
            return { loss: mean(crossEntropyRows(network(mix(inputs)), mix(targets))) };
          },
          scalars: ({ key }) => ({ share: symmetricBeta(alpha, key) }),
        }),
    },
  ],
});
