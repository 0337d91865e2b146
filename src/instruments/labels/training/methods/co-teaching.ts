import { add, less, where } from "../../../../engine/index.ts";
import { crossEntropyRows, weightedMean } from "../label-losses.ts";
import { type DefaultsContext, defineMethod, type Phase, type SettingField, type Setup } from "../method.ts";
import { filledRows } from "../row-memory.ts";
import { selectionOfWeights } from "../selection.ts";
import { disagreementMask, keptPart, smallLossMask } from "../small-loss.ts";
import { passes } from "../stage.ts";

/** The settings of methods that keep the rows with small losses. */
export const forgettingFields = {
  rate: {
    kind: "number",
    description: "the part of wrong labels that is left out in the end",
    min: 0,
    max: 1,
    isBelowMax: true,
  },
  gradual: { kind: "number", description: "epochs until that much is left out", min: 1, isWhole: true },
} as const satisfies Record<string, SettingField>;

/** The believed noise rate, reached after a twentieth of 200 epochs or a quarter of a shorter run, at most 10 epochs. */
export function forgettingDefaults({ rate, epochs }: DefaultsContext) {
  return { rate, gradual: Math.max(1, Math.min(10, Math.round(epochs / 4))) };
}

/** What Co-teaching and Co-teaching+ have in common; `disagreeFrom` is the first epoch with disagreement rows only. */
function exchange(
  setup: Setup,
  options: { readonly epochs: number; readonly rate: number; readonly gradual: number; readonly disagreeFrom: number },
) {
  const { epochs, disagreeFrom } = options;
  return passes(setup, {
    epochs,
    networks: 2,
    rows: { kept: filledRows(setup, { value: 1 }) },
    loss: ({ networks, inputs, targets, scalars: { keep, disagrees } }) => {
      const logits = [networks[0](inputs), networks[1](inputs)] as const;
      const losses = logits.map((own) => crossEntropyRows(own, targets));
      const [first, second] = losses.map((own) => {
        const small = smallLossMask(own, keep);
        return disagreeFrom < epochs ? where(less(0.5, disagrees), disagreementMask(own, keep, logits), small) : small;
      });
      // Each network learns what the other one chose: the mean over the chosen rows.
      return { loss: add(weightedMean(losses[0], second), weightedMean(losses[1], first)), rows: { kept: second } };
    },
    scalars: ({ epoch }) => ({ keep: keptPart(epoch, options), disagrees: epoch >= disagreeFrom ? 1 : 0 }),
    selection: ({ rows }) => selectionOfWeights(rows.kept.data.slice() as Float32Array, setup.examples.labels),
  });
}

/** Co-teaching: two networks, each of which learns the rows that cost the other one least. */
export const coTeaching = defineMethod({
  name: "co-teaching",
  title: "Co-teaching",
  family: "selection",
  summary: "two networks choose the rows with small losses for each other",
  source:
    "Han et al. 2018, https://arxiv.org/abs/1804.06872; the schedule of its section 4. The mean over the kept rows is taken once",
  fields: forgettingFields,
  defaults: forgettingDefaults,
  phases: (settings, { epochs }): readonly Phase[] => [
    { name: "train", epochs, begin: (setup) => exchange(setup, { ...settings, epochs, disagreeFrom: epochs }) },
  ],
});

/** Co-teaching+: after a warm-up only rows about which the networks disagree are chosen from. */
export const coTeachingPlus = defineMethod({
  name: "co-teaching-plus",
  title: "Co-teaching+",
  family: "selection",
  summary: "Co-teaching on the rows about which the two networks disagree, so that they stay different",
  source: "Yu et al. 2019, https://arxiv.org/abs/1901.04215; warm-up 20 of 200 epochs in its code",
  fields: {
    ...forgettingFields,
    warmUp: { kind: "number", description: "epochs of Co-teaching first", min: 0, isWhole: true },
  },
  defaults: (context) => ({ ...forgettingDefaults(context), warmUp: Math.round(context.epochs / 2) }),
  phases: ({ warmUp, ...settings }, { epochs }): readonly Phase[] => [
    { name: "train", epochs, begin: (setup) => exchange(setup, { ...settings, epochs, disagreeFrom: warmUp }) },
  ],
});
