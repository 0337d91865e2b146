import { z } from "zod";
import { pathOption } from "../../../lab/index.ts";

/** The options that say which labelled data a job works on. */
export const inputOptions = {
  data: pathOption(
    "Labelled data: a csv, tsv or parquet table, npz, npy, idx or CIFAR binary file (each also gzipped), or a folder of images with a sub-folder for each class. Left out: the 1,797 handwritten digits that come with the package.",
    "any",
  ).optional(),
  label: z
    .string()
    .describe(
      "Tables and npz: the column or array of labels. Left out: the first called label, labels, class, target or y.",
    )
    .optional(),
  labelsFile: pathOption(
    "Idx and npy: the file of labels. Left out for idx: the one beside the images by MNIST's custom.",
  ).optional(),
  image: z.string().describe("Tables: the column of image files, relative to the table.").optional(),
  features: z
    .array(z.string())
    .default([])
    .describe("Tables: the columns of features. Left out: all that are numbers and nothing else."),
  ignore: z
    .array(z.string())
    .default([])
    .describe("Tables: columns to leave out, such as identifiers and true labels."),
  classes: z.array(z.string()).default([]).describe("The classes in order. Left out: the distinct labels, sorted."),
  cifar: z.enum(["cifar10", "cifar100"]).default("cifar10").describe("CIFAR binary files: which of the two."),
};

/** The options of `inputOptions` as a job receives them. */
export type InputOptions = z.output<z.ZodObject<typeof inputOptions>>;

/** Kinds of noise that a rate alone describes. */
const ratedKinds = [
  "symmetric",
  "symmetric-inclusive",
  "pair",
  "asymmetric",
  "random-matrix",
  "instance-dependent",
  "cluster",
  "realistic",
  "realistic-annotators",
] as const;

const rate = z.number().min(0).max(1).describe("The part of wrong labels.");

const annotator = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("hammer"), accuracy: z.number().min(0).max(1).default(0.95) }),
  z.strictObject({ type: z.literal("adversary"), accuracy: z.number().min(0).max(1).default(0.1) }),
  z.strictObject({ type: z.literal("spammer"), answer: z.int().min(0).optional() }),
  z.strictObject({ type: z.literal("confusion"), matrix: z.array(z.array(z.number())) }),
]);

const detailedKinds = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("symmetric"), rate, inclusive: z.boolean().optional() }),
  z.strictObject({ kind: z.literal("pair"), rate }),
  z.strictObject({
    kind: z.literal("asymmetric"),
    rate,
    table: z.union([z.enum(["cifar10", "mnist", "cifar100"]), z.record(z.string(), z.string())]),
  }),
  z.strictObject({ kind: z.literal("class-conditional"), matrix: z.array(z.array(z.number())) }),
  z.strictObject({ kind: z.literal("random-matrix"), rate, concentration: z.number().gt(0).optional() }),
  z.strictObject({
    kind: z.literal("instance-dependent"),
    rate,
    variant: z.enum(["part-dependent", "shared"]).optional(),
    temperature: z.number().gt(0).optional(),
  }),
  z.strictObject({ kind: z.literal("polynomial-margin"), rate, type: z.enum(["I", "II", "III"]).default("I") }),
  z.strictObject({ kind: z.literal("teacher"), rate }),
  z.strictObject({
    kind: z.literal("cluster"),
    rate: rate.optional(),
    radius: z.number().gt(0).optional(),
    centroids: z.int().min(1).optional(),
  }),
  z.strictObject({
    kind: z.literal("annotators"),
    annotators: z.array(annotator).min(1),
    aggregation: z.enum(["majority", "any-wrong", "random"]).optional(),
    difficulty: z.number().min(0).optional(),
  }),
  z.strictObject({ kind: z.literal("open-set"), rate, sources: z.int().min(1) }),
  z.strictObject({
    kind: z.literal("imbalanced"),
    ratio: z.number().min(1),
    profile: z.enum(["exponential", "step"]).optional(),
    base: z
      .strictObject({ kind: z.enum(["clean", "symmetric", "pair"]), rate: rate.optional() })
      .default({ kind: "clean" }),
  }),
  z.strictObject({ kind: z.literal("file"), path: z.string().meta({ format: "path" }), column: z.string().optional() }),
  z.strictObject({ kind: z.literal("realistic"), rate: rate.optional(), guide: z.string().optional() }),
  z.strictObject({ kind: z.literal("realistic-annotators"), rate: rate.optional() }),
]);

/** A kind of noise: a name that takes the job's rate, or a map with its own settings. */
export const noiseOption = z.union([z.enum(["none", ...ratedKinds]), detailedKinds]);

export type NoiseOption = z.output<typeof noiseOption>;

/** The guides whose statistics come with the package. */
export const guideOption = z
  .string()
  .default("cifar10n-worst")
  .describe(
    "Realistic noise: whose labels it is made after: cifar10n-aggre, -rand1, -rand2, -rand3, -worst or cifar100n-noisy.",
  );
