import { z } from "zod";
import { defineJob, pathOption, seedOption } from "../../../lab/index.ts";
import { guideOption, inputOptions } from "./input-options.ts";
import { methodOption } from "./training-options.ts";

const auditOptions = z.strictObject({
  ...inputOptions,
  probabilities: pathOption(
    "Your model's probabilities for rows that it was not trained on: npy, npz or csv, a column for each class.",
  ).optional(),
  annotators: z
    .array(z.string())
    .default([])
    .describe("Tables: columns with the labels of two or more annotators; empty cells are allowed."),
  id: z.string().describe("Tables: a column that names each row, shown in the results.").optional(),
  filter: z
    .enum([
      "prune-by-noise-rate",
      "prune-by-class",
      "both",
      "confident-learning",
      "predicted-neq-given",
      "low-self-confidence",
      "low-normalized-margin",
    ])
    .default("prune-by-noise-rate")
    .describe("Which rule of confident learning names the suspects."),
  folds: z.int().min(2).default(5).describe("Parts of the cross-validation."),
  epochs: z
    .int()
    .min(1)
    .describe(
      "Epochs of each network of the cross-validation: few, so that wrong labels are not learned by heart. Left out: ten, or more where there are few rows.",
    )
    .optional(),
  method: methodOption.default("elr").describe("How these networks are trained."),
  network: z
    .enum(["mlp", "cnn", "resnet8"])
    .default("mlp")
    .describe("These networks: mlp for features and small images."),
  neighbors: z
    .int()
    .min(0)
    .default(10)
    .describe("Nearest rows that each row is compared with; 0 leaves the comparison out."),
  shown: z.int().min(1).max(500).default(48).describe("Suspects drawn in the report; the table has all."),
  rate: z
    .number()
    .min(0)
    .max(0.9)
    .default(0.2)
    .describe("Without data: the part of the digits' labels that is made wrong first."),
  guide: guideOption,
  compareTraining: z
    .boolean()
    .default(true)
    .describe("Without data: whether a plain and a robust network are trained to compare."),
  seed: seedOption(),
});

/** What an audit is asked for. */
export type AuditJobOptions = z.output<typeof auditOptions>;

/** `labels audit`: which labels are likely wrong, how the noise is made, how to train on it. */
export const auditJob = defineJob({
  name: "labels audit",
  summary: "Find wrong labels: suspects ranked with suggested labels, the transition matrix, and how to train on them.",
  description:
    "Each row is judged by networks that have not seen it (cross-validation), or by the probabilities of your own model, which must be out of sample too. Confident learning, as cleanlab 2.9 defines it, names the suspects; nearest rows, outliers, near-duplicates, overlapping classes, and annotators where there are several, are looked at beside it. A method of training is named with the measured reasons.\n\nWithout data, the shipped digits get realistic noise at --rate first, so that found, missed and false suspects can be counted, and a plain and a robust network are trained to show the difference.",
  options: auditOptions,
  positional: ["data"],
  presets: {
    quick: { summary: "3 folds, no training afterwards", options: { folds: 3, compareTraining: false } },
    standard: { summary: "5 folds", options: {} },
    paper: { summary: "10 folds, 20 epochs", options: { folds: 10, epochs: 20 } },
  },
  examples: [
    {
      command: "orrery labels audit",
      explanation: "The shipped digits with 20 % realistic noise: found, missed and false suspects.",
    },
    { command: "orrery labels audit reviews.csv --label rating --id id", explanation: "A table of features." },
    {
      command: "orrery labels audit photos/ --network cnn",
      explanation: "A folder of images with a sub-folder for each class.",
    },
    {
      command: "orrery labels audit labels.csv --probabilities probabilities.npy",
      explanation: "With your own model's out-of-sample probabilities: seconds.",
    },
  ],
  metrics: {
    foldLoss: { label: "training loss of the fold's network", direction: "lower" },
    testAccuracy: { label: "test accuracy", direction: "higher", isFraction: true },
    trainLoss: { label: "training loss", direction: "lower" },
    memorized: { label: "wrong labels learned by heart", direction: "lower", isFraction: true },
  },
  stepName: "epoch",
  estimate: async (options) => (await import("./estimate.ts")).estimateAudit(options),
  async run(options, context) {
    const { runAudit } = await import("./audit-run.ts");
    return runAudit(options, context);
  },
});
