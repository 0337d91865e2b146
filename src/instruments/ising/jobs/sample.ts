import { z } from "zod";
import { defineJob, type JobContext, type Outcome, seedOption } from "../../../lab/index.ts";
import { instanceOptions } from "./instance-options.ts";
import { networkOptions, trainingThreads } from "./network-options.ts";

const options = z.strictObject({
  ...instanceOptions,
  beta: z
    .number()
    .gt(0)
    .optional()
    .describe(
      "Inverse temperature β: states come with probability e^(−βE)/Z, E to be small. Left out, also without --temperature: half way, in logarithm, from where spins are free to where they freeze.",
    ),
  temperature: z.number().gt(0).optional().describe("The temperature 1/β instead of β."),
  method: z
    .enum(["tempering", "metropolis", "network"])
    .default("tempering")
    .describe(
      "tempering: replicas from β = 0 on exchange their states. metropolis: independent chains at β alone. network: a network is trained towards β, and its proposals are accepted or not so that the samples are right.",
    ),
  samples: z.int().min(4).max(1_000_000).default(1000).describe("Samples in all."),
  sweepsBetween: z
    .int()
    .min(1)
    .default(10)
    .describe("Tempering, metropolis: visits of every spin from one sample to the next."),
  burnIn: z.int().min(1).default(1000).describe("Tempering, metropolis: visits of every spin before the first sample."),
  replicas: z
    .int()
    .min(2)
    .max(64)
    .optional()
    .describe("Tempering: temperatures from β = 0; as many as frequent exchanges need when left out."),
  chains: z.int().min(1).max(64).default(4).describe("Metropolis: independent chains."),
  proposals: z
    .int()
    .min(1)
    .max(10_000)
    .default(20)
    .describe("Network: proposals that each sample's chain has had before it is taken."),
  ...networkOptions,
  threads: trainingThreads,
  seed: seedOption(),
});

/** The options of `ising sample`. */
export type SampleFlags = z.output<typeof options>;

/** `ising sample`: states in thermal equilibrium. */
export const sampleJob = defineJob({
  name: "ising sample",
  summary: "Draw states in thermal equilibrium at a temperature, and tell whether they can be believed.",
  description:
    "By parallel tempering, which also gives ln Z; by plain Metropolis chains, whose disagreement shows where they are stuck; or by neural Monte Carlo, independent proposals of a trained autoregressive network. Tells mean energy with its error, autocorrelation, effective samples, R̂ of split chains, magnetisation and overlaps; where the model is small or narrow, beside the exact mean.",
  options,
  positional: ["instance"],
  presets: {
    quick: {
      summary: "300 samples; a network of 24 levels.",
      options: { samples: 300, burnIn: 300, training: { levels: 24, stepsPerLevel: 10, batch: 200 } },
    },
    standard: { summary: "1,000 samples.", options: {} },
  },
  metrics: {
    freeEnergy: { label: "variational free energy", direction: "lower" },
    spread: { label: "spread of β F over the batch", direction: "lower" },
  },
  examples: [
    {
      command: "orrery ising sample --generate.ensemble ferromagnet --generate.size 32,32 --temperature 2.3",
      explanation: "The square ferromagnet just above its critical temperature.",
    },
    {
      command: "orrery ising sample glass.json --method network --beta 2",
      explanation: "A glass by neural Monte Carlo.",
    },
  ],
  estimate: async (given) => (await import("./estimate.ts")).estimateSample(given),
  run: async (given, context): Promise<Outcome> => await run(given, context),
});

async function run(given: SampleFlags, context: JobContext): Promise<Outcome> {
  const { sample } = await import("./sample-run.ts");
  return await sample(given, context);
}
