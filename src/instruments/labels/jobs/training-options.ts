import { z } from "zod";
import type { MethodChoice, NoiseBelief, TrainingOptions } from "../training/index.ts";

/** Method names as the catalogue has them; a test keeps this list equal to it, so that help need not load the engine. */
export const methodChoices = [
  "cross-entropy",
  "label-smoothing",
  "mixup",
  "forward",
  "t-revision",
  "volminnet",
  "gce",
  "sce",
  "mae",
  "nce-rce",
  "peer-loss",
  "cores",
  "elr",
  "sop",
  "pencil",
  "co-teaching",
  "co-teaching-plus",
  "jocor",
  "confident-learning",
  "aum",
  "meta-weight-net",
  "elr-plus",
  "dividemix",
] as const;

/** A method by name, or as a map of its name and settings that differ from its defaults. */
export const methodOption = z.union([z.enum(methodChoices), z.looseObject({ name: z.enum(methodChoices) })]);

const network = z.strictObject({
  kind: z
    .enum(["mlp", "cnn", "resnet8"])
    .default("mlp")
    .describe("mlp for features or small images; cnn and resnet8 for images of at least 8×8."),
  hidden: z.array(z.int().min(1)).default([128, 128]).describe("mlp: widths of the hidden layers."),
  width: z.int().min(1).default(16).describe("cnn, resnet8: channels of the first layer."),
});

/** What all training shares; `noiseRate` and `noiseKind` choose defaults of the methods. */
export const trainingOptions = {
  epochs: z
    .int()
    .min(1)
    .default(40)
    .describe("Passes over the training rows in the phase that trains the returned model."),
  batchSize: z.int().min(2).default(128).describe("Rows of a step."),
  optimizer: z.enum(["sgd", "adam"]).default("sgd").describe("Optimiser."),
  learningRate: z
    .number()
    .gt(0)
    .describe("Learning rate at the start. Left out: 0.02, less for dense networks of more than 600 inputs.")
    .optional(),
  momentum: z.number().min(0).lt(1).default(0.9).describe("Momentum of SGD."),
  weightDecay: z.number().min(0).default(1e-4).describe("Weight decay."),
  schedule: z.enum(["cosine", "constant"]).default("cosine").describe("How the learning rate falls."),
  standardize: z
    .enum(["standardize", "uniform", "none"])
    .default("standardize")
    .describe(
      "How inputs are prepared by the training rows: each feature to mean 0 and deviation 1, all by one factor, or not at all.",
    ),
  network: network.prefault({}).describe("The network."),
  augmentation: z
    .enum(["none", "gaussian", "crop-flip"])
    .default("none")
    .describe("How training batches are varied: noise on numbers, or shifts and mirrors of images."),
  balanceClasses: z
    .boolean()
    .default(false)
    .describe("Whether rare classes are repeated until all fill the same part of the batches."),
  noiseRate: z
    .number()
    .min(0)
    .lt(1)
    .default(0.3)
    .describe("The part of labels that you believe wrong; labels audit estimates it."),
  noiseKind: z
    .enum(["symmetric", "pair", "human"])
    .default("human")
    .describe("What the noise is like; chooses defaults of the methods."),
  validationFraction: z
    .number()
    .min(0)
    .lt(0.9)
    .default(0.1)
    .describe("The part of the rows, noisy as they are, that is held out to choose the best epoch."),
};

export type TrainingFlags = z.output<z.ZodObject<typeof trainingOptions>>;

/** The flags as the library's options. */
export function toTrainingOptions(flags: TrainingFlags, belief?: NoiseBelief): Partial<TrainingOptions> {
  const { epochs, batchSize, optimizer, learningRate, momentum, weightDecay, schedule, standardize, balanceClasses } =
    flags;
  const { kind, hidden, width } = flags.network;
  return {
    ...{ epochs, batchSize, optimizer, learningRate, momentum, weightDecay, schedule, standardize, balanceClasses },
    network: kind === "mlp" ? { kind, hidden } : { kind, width },
    augmentation:
      flags.augmentation === "gaussian" ? { kind: "gaussian", deviation: 0.1 } : { kind: flags.augmentation },
    noise: belief ?? { rate: flags.noiseRate, kind: flags.noiseKind },
  };
}

/** The name of a method option. */
export const methodNameOf = (option: z.output<typeof methodOption>): string =>
  typeof option === "string" ? option : option.name;

/** A method option as the library's choice; its settings are checked there. */
export function toMethodChoice(option: z.output<typeof methodOption>): MethodChoice {
  return option as MethodChoice;
}
