import { z } from "zod";
import { defineJob, type JobContext, type Outcome, seedOption } from "../../../lab/index.ts";
import { comparedMethodNames } from "./compared-methods.ts";
import { instanceOptions } from "./instance-options.ts";
import { searchOptions } from "./method-options.ts";
import { networkOptions } from "./network-options.ts";

const options = z.strictObject({
  ...instanceOptions,
  methods: z
    .array(z.enum(comparedMethodNames))
    .min(1)
    .default(["memetic", "annealing", "tempering", "neural", "neural-no-messages"])
    .describe(
      "What is compared. neural is the network that the options describe; the others do without its messages, without its Hamiltonian skip, or without both, which is a plain variational autoregressive network.",
    ),
  seconds: z
    .number()
    .positive()
    .default(10)
    .meta({ unit: "s" })
    .describe("Wall time of every search. A network's schedule is cut so that it fits."),
  seeds: z.int().min(1).max(1000).default(5).describe("Searches of each method, each with a seed of its own."),
  known: z.number().optional().describe("The best known value in your units; exact or planted ones need not be given."),
  prove: z.boolean().default(true).describe("Compute the exact ground state first where that takes seconds at most."),
  threads: z.int().min(1).max(64).default(1).describe("Threads of every search."),
  ...searchOptions,
  polish: z
    .int()
    .min(0)
    .default(0)
    .describe("Networks: greedy descent from so many of a level's lowest samples; 0 takes samples as they are."),
  ...networkOptions,
  seed: seedOption(),
});

/** The options of `ising compare`. */
export type CompareFlags = z.output<typeof options>;

/** `ising compare`: methods on one instance in equal wall time. */
export const compareJob = defineJob({
  name: "ising compare",
  summary: "Compare methods on one instance at equal wall time: residual energy, hits, and time to solution.",
  description:
    "Every method gets the same wall time for each seed. Told are the residual energy (E − E₀)/N over seeds, how often the optimum was met, and the time to solution at 99 % with the 95 % interval of its chance. E₀ is exact or planted where possible, else the known value or the best that any method found, and it is said which.\n\nWith neural and neural-no-messages among the methods, it is said plainly whether messages helped. In this reconstruction they are folded into the masked weights: they add no function that the network without them lacks.",
  options,
  positional: ["instance"],
  presets: {
    quick: {
      summary: "Three methods, three seeds of two seconds each.",
      options: { methods: ["annealing", "tempering", "neural"], seconds: 2, seeds: 3, generate: { size: [8, 8] } },
    },
    standard: { summary: "Five methods, five seeds of ten seconds each.", options: {} },
  },
  examples: [
    {
      command: "orrery ising compare --generate.size 10,10 --generate.boundary open",
      explanation: "On a lattice whose ground state is computed exactly.",
    },
    {
      command: "orrery ising compare G1.txt --known 11624 --methods memetic,tabu,bifurcation --seconds 5",
      explanation: "Classical methods on a graph.",
    },
  ],
  metrics: {
    value: { label: "best objective of a search, to be small", direction: "lower" },
    gain: { label: "best objective of a search, to be large", direction: "higher" },
  },
  stepName: "seed",
  estimate: ({ methods, seeds, seconds }) => ({ seconds: methods.length * seeds * seconds }),
  run: async (given, context): Promise<Outcome> => await run(given, context),
});

async function run(given: CompareFlags, context: JobContext): Promise<Outcome> {
  const { compare } = await import("./compare-run.ts");
  return await compare(given, context);
}
