import { z } from "zod";
import { defineJob, type JobContext, type Outcome, seedOption } from "../../../lab/index.ts";
import { instanceOptions } from "./instance-options.ts";
import { networkOptions, trainingThreads } from "./network-options.ts";

const methodNames = ["exact", "naive", "tap", "bethe", "tempering", "network"] as const;

const options = z.strictObject({
  ...instanceOptions,
  methods: z
    .array(z.enum(methodNames))
    .min(1)
    .default([...methodNames])
    .describe(
      "exact, where it is possible in --exact-seconds; naive mean field, TAP, the Bethe approximation; parallel tempering; an autoregressive network with its bound and its weighted samples.",
    ),
  betaFrom: z
    .number()
    .gt(0)
    .optional()
    .describe("Smallest inverse temperature β, in units of 1/energy; where spins are free when left out."),
  betaTo: z.number().gt(0).optional().describe("Largest β; where the state freezes when left out."),
  points: z
    .int()
    .min(1)
    .max(200)
    .default(14)
    .describe("Temperatures of the curves, taken from the levels of --training.levels, evenly and with both ends."),
  exactMethod: z
    .enum(["auto", "enumeration", "transfer-matrix", "kaufman"])
    .default("auto")
    .describe(
      "Exact: every state (up to 28 spins), one spin after the other (narrow lattices, trees), the closed form of the square ferromagnet; auto takes the fastest.",
    ),
  exactSeconds: z
    .number()
    .positive()
    .default(60)
    .meta({ unit: "s" })
    .describe("Exact, auto: a guess of more time than this leaves it out."),
  starts: z.int().min(1).max(1000).default(4).describe("Mean-field theories: beginnings of each temperature."),
  samples: z.int().min(20).max(1_000_000).default(1000).describe("Tempering: samples of each temperature."),
  ...networkOptions,
  threads: trainingThreads,
  seed: seedOption(),
});

/** The options of `ising free-energy`. */
export type FreeEnergyFlags = z.output<typeof options>;

/** `ising free-energy`: free energy, energy and entropy over a range of temperatures, by every method there is. */
export const freeEnergyJob = defineJob({
  name: "ising free-energy",
  summary:
    "Free energy, energy and entropy over a range of temperatures, exact and by every approximation, with what can be trusted.",
  description:
    "Exact values where the instance allows them, beside naive mean field (an upper bound), TAP, the Bethe approximation, parallel tempering, and an autoregressive network: its variational free energy bounds from above, its samples weighted by importance give ln Z with an error bar. Each value is held against what must be true of a free energy; what fails is marked and left out of the charts.",
  options,
  positional: ["instance"],
  presets: {
    quick: {
      summary: "A glass of 36 spins; a network of 16 levels.",
      options: { generate: { size: [6, 6] }, points: 8, training: { levels: 15, stepsPerLevel: 15, batch: 200 } },
    },
    standard: {
      summary: "A glass of 100 spins where no instance is given.",
      options: { generate: { size: [10, 10] } },
    },
  },
  metrics: {
    bound: { label: "network's bound on F, a spin", direction: "lower" },
    weighted: { label: "network's weighted F, a spin", direction: "lower" },
    effective: { label: "samples that carry the weight", direction: "higher", isFraction: true },
    spread: { label: "spread of β F over the batch", direction: "lower" },
  },
  examples: [
    {
      command:
        "orrery ising free-energy --generate.ensemble ferromagnet --generate.size 16,16 --beta-from 0.2 --beta-to 0.7",
      explanation: "Across the transition of the square ferromagnet, against Kaufman's solution.",
    },
    {
      command: "orrery ising free-energy G1.txt --methods naive,tap,bethe,tempering",
      explanation: "A large graph, without a network.",
    },
  ],
  estimate: async (given) => (await import("./estimate.ts")).estimateFreeEnergy(given),
  run: async (given, context): Promise<Outcome> => await run(given, context),
});

async function run(given: FreeEnergyFlags, context: JobContext): Promise<Outcome> {
  const { freeEnergy } = await import("./free-energy-run.ts");
  return await freeEnergy(given, context);
}
