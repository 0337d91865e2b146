import { z } from "zod";
import { type LookAtFile, pathOption } from "../../../lab/index.ts";
import { instanceFormats } from "../formats/format-names.ts";

/** The ensembles that a job can draw an instance from. */
export const ensembleNames = [
  "edwards-anderson",
  "sherrington-kirkpatrick",
  "wishart",
  "hopfield",
  "random-regular",
  "ferromagnet",
] as const;

/** The options that say which instance is generated. */
export const ensembleOptions = {
  ensemble: z
    .enum(ensembleNames)
    .default("edwards-anderson")
    .describe("Where the instance is drawn from. The ground state of wishart is planted, hence known."),
  size: z
    .array(z.int().min(1).max(1_000_000))
    .min(1)
    .default([20, 20])
    .describe("Sides of the lattice; ensembles without one take the product as the number of spins."),
  couplings: z
    .enum(["bimodal", "gaussian", "uniform"])
    .default("bimodal")
    .describe("Edwards–Anderson: couplings ±1, normal of variance 1, or uniform in [−1, 1]."),
  boundary: z.enum(["periodic", "open"]).default("periodic").describe("How a lattice ends."),
  lattice: z
    .enum(["hypercubic", "triangular"])
    .default("hypercubic")
    .describe("Ferromagnet: chain, square, cubic …, or the triangular lattice of two sides."),
  coupling: z.number().default(1).describe("Ferromagnet: J of every bond; below 0 an antiferromagnet."),
  field: z.number().default(0).describe("Ferromagnet: h of every spin."),
  columns: z
    .int()
    .min(1)
    .optional()
    .describe(
      "Wishart: columns M, which set the hardness M/N; half the spins when left out. Hopfield: patterns; a twentieth of the spins.",
    ),
  degree: z.int().min(1).default(3).describe("Random regular: neighbours of every spin."),
  seed: z
    .int()
    .min(0)
    .max(0xffffffff)
    .default(0)
    .describe("Seed of the instance, apart from the seed of what is done with it."),
};

/** What the options of an ensemble come to once parsed. */
export type EnsembleOptions = z.output<z.ZodObject<typeof ensembleOptions>>;

const lookAtFile: LookAtFile = async (path, options) =>
  (await import("./instance-look.ts")).lookAtInstanceFile(path, options);

/** The options that say which instance a job works on. */
export const instanceOptions = {
  instance: pathOption(
    "An instance file, gzipped or not: a graph in rudy's or the Gset's form, Biq Mac .sparse, a QUBO as .json or .csv of i,j,q, a matrix as .csv or .npy, dimod's .json. Left out: one is generated, a 20×20 spin glass.",
    "file",
    lookAtFile,
  ).optional(),
  format: z
    .enum(instanceFormats)
    .optional()
    .describe(
      "What the file is. Left out: told by its name and content; couplings (lines i j J, fields as i i h) must be named, since they look like a graph.",
    ),
  matrix: z
    .enum(["ising", "qubo", "max-cut"])
    .default("ising")
    .describe("Matrix files: whether the numbers are couplings J, a QUBO's Q, or weights of a graph."),
  sense: z
    .enum(["minimize", "maximize"])
    .default("minimize")
    .describe("QUBO csv and matrix files: whether small or large values are wanted."),
  duplicates: z
    .enum(["error", "sum"])
    .default("error")
    .describe("Files of pairs: what to do with a pair that comes twice."),
  firstIndex: z.literal([0, 1]).default(0).describe("QUBO csv files: the first index."),
  generate: z
    .strictObject(ensembleOptions)
    .prefault({})
    .describe("The instance that is generated where no file is given."),
};

/** What the options of an instance come to once parsed. */
export type InstanceOptions = z.output<z.ZodObject<typeof instanceOptions>>;
