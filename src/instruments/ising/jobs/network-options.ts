import { z } from "zod";
import type { AnnealNetworkOptions } from "../neural/anneal-options.ts";
import { messageNames, symmetryNames } from "../neural/message-names.ts";

/** What an autoregressive network looks like. */
const network = z.strictObject({
  design: z
    .enum(["masked", "two-body"])
    .default("masked")
    .describe(
      "masked: masked matrices over all spins. two-body: fed with the fields that the spins before put on those to come; for sparse models.",
    ),
  depth: z.int().min(1).max(16).default(2).describe("Layers."),
  width: z.int().min(1).max(64).default(2).describe("Channels between layers."),
  message: z
    .enum(messageNames)
    .optional()
    .describe(
      "What a layer hears of the couplings to the spins before; hamiltonian when left out, none for two-body. none is a plain variational autoregressive network.",
    ),
  hamiltonianSkip: z
    .boolean()
    .default(true)
    .describe("Add twice β times the local field of the spins before to a spin's logit."),
  residual: z.boolean().default(false).describe("Residual blocks between the first layer and the last."),
  symmetry: z
    .enum(symmetryNames)
    .optional()
    .describe("How s and −s get the same probability; anchor when left out and there are no fields, else none."),
  order: z
    .enum(["given", "random", "breadth-first", "strongest-first"])
    .default("given")
    .describe("Which spin is drawn when."),
});

/** How it is trained while β rises. */
const training = z.strictObject({
  batch: z.int().min(2).max(100_000).default(500).describe("Samples of a step."),
  learningRate: z.number().gt(0).default(3e-3).describe("Adam's step size."),
  clip: z
    .union([z.number().gt(0), z.null()])
    .default(1)
    .describe("Largest length of all gradients together; null for none."),
  shape: z
    .enum(["geometric", "linear"])
    .default("geometric")
    .describe("Whether levels of β are a constant factor or a constant step apart."),
  levels: z.int().min(1).default(40).describe("Levels of β."),
  stepsPerLevel: z.int().min(1).default(25).describe("Training steps of each level."),
  warmUp: z.int().min(0).default(100).describe("Steps at the first level before the others begin."),
  samples: z.int().min(1).optional().describe("Samples of the final distribution; ten batches when left out."),
});

/** The options of the neural methods. */
export const networkOptions = {
  network: network.prefault({}).describe("Neural methods: the network."),
  training: training.prefault({}).describe("Neural methods: how it is trained."),
};

/** What the options of a network come to once parsed. */
export type NetworkFlags = z.output<z.ZodObject<typeof networkOptions>>;

/** `threads` of jobs in which networks alone use several. */
export const trainingThreads = z
  .int()
  .min(1)
  .max(64)
  .default(2)
  .describe("Threads that train a network; the result does not depend on them.");

/**
 * The flags as the library's options.
 * @param betas first and last β, found from the couplings where left out
 */
export function annealOptionsOf(
  { network, training }: NetworkFlags,
  { from, to }: { readonly from?: number | undefined; readonly to?: number | undefined } = {},
): Pick<AnnealNetworkOptions, "network" | "annealing" | "batch" | "learningRate" | "clip" | "samples"> {
  const { message, symmetry, ...look } = network;
  const { batch, learningRate, clip, samples, ...schedule } = training;
  return {
    network: {
      ...look,
      ...(message === undefined ? {} : { message }),
      ...(symmetry === undefined ? {} : { symmetry }),
    },
    annealing: { ...schedule, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) },
    ...{ batch, learningRate, clip },
    ...(samples === undefined ? {} : { samples }),
  };
}
