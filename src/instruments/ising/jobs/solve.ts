import { z } from "zod";
import { defineJob, type JobContext, type Outcome, seedOption } from "../../../lab/index.ts";
import { instanceOptions } from "./instance-options.ts";
import { searchOptions, solveMethodNames } from "./method-options.ts";
import { networkOptions } from "./network-options.ts";

const options = z.strictObject({
  ...instanceOptions,
  method: z
    .enum(solveMethodNames)
    .default("memetic")
    .describe(
      "memetic (annealing with inheritance), annealing, tempering, tabu, bifurcation and descent search; neural anneals an autoregressive network; exact looks at every state or sums spins out, for up to 28 spins or narrow lattices.",
    ),
  restarts: z
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe(
      "Classical methods: independent restarts; 4 of memetic, 10 of tempering, 20 of tabu, 50 of annealing and bifurcation, 500 of descent, or without end where a time limit is given.",
    ),
  maxSeconds: z
    .number()
    .positive()
    .optional()
    .meta({ unit: "s" })
    .describe("Ends the search; what is found by then depends on the machine. Without it the seed alone decides."),
  known: z
    .number()
    .optional()
    .describe("The best known value in your units, to which the gap is told; exact or planted ones need not be given."),
  stopAtKnown: z.boolean().default(false).describe("End as soon as the known value is met."),
  prove: z
    .boolean()
    .default(true)
    .describe("Compute the exact ground state beside the search where that takes seconds at most."),
  threads: z.int().min(1).max(64).default(2).describe("Threads; restarts give the same answer on any number of them."),
  ...searchOptions,
  polish: z
    .int()
    .min(0)
    .default(10)
    .describe("Neural: greedy descent from so many of a level's lowest samples; 0 takes samples as they are."),
  ...networkOptions,
  seed: seedOption(),
});

/** The options of `ising solve`. */
export type SolveFlags = z.output<typeof options>;

/** What `ising solve` measures: smaller or larger is better, by what the user wants. */
export const solveMetrics = {
  value: { label: "objective, to be small", direction: "lower" },
  gain: { label: "objective, to be large", direction: "higher" },
  freeEnergy: { label: "variational free energy", direction: "lower" },
  spread: { label: "spread of the free energy", direction: "lower" },
  temperature: { label: "temperature", direction: "lower" },
} as const;

/** `ising solve`: a state of low energy, and how sure one may be of it. */
export const solveJob = defineJob({
  name: "ising solve",
  summary: "Find a state of low energy of an Ising model, a QUBO or a Max-Cut graph, by classical or neural search.",
  description:
    "Values are told in your own units: an energy, a QUBO's value, the weight of a cut. Where the ground state can be computed, is planted or is given by --known, the gap to it is told; otherwise how many restarts agree.\n\nThe neural method anneals a variational autoregressive network with message passing: the best state of all steps and the final distribution are reported apart, with a warning where the distribution has collapsed away from that state. It is a reconstruction of the published method, whose code could not be had.",
  options,
  positional: ["instance"],
  presets: {
    quick: { summary: "One population, a few seconds.", options: { restarts: 1 } },
    standard: { summary: "Populations until the seed's restarts are done.", options: {} },
    paper: {
      summary:
        "An annealed network on a Wishart planted model of 50 spins; schedule and sizes are those of the reconstruction.",
      options: {
        method: "neural",
        generate: { ensemble: "wishart", size: [50], columns: 25 },
        network: { depth: 3, width: 1 },
        training: { levels: 100, stepsPerLevel: 40, batch: 200 },
      },
    },
  },
  examples: [
    {
      command: "orrery ising solve G1.txt --known 11624 --max-seconds 30",
      explanation: "A Max-Cut graph of the Gset beside its best known cut.",
    },
    {
      command: "orrery ising solve qubo.csv --sense maximize --method tabu",
      explanation: "A QUBO of lines i,j,q whose value is to be large.",
    },
    {
      command: "orrery ising solve --method neural --generate.ensemble sherrington-kirkpatrick --generate.size 100",
      explanation: "An annealed network on a spin glass whose every pair is coupled.",
    },
  ],
  metrics: solveMetrics,
  estimate: ({ maxSeconds }) => ({ seconds: maxSeconds }),
  run: async (given, context): Promise<Outcome> => await run(given, context),
});

async function run(given: SolveFlags, context: JobContext): Promise<Outcome> {
  const { runSolve } = await import("./solve-run.ts");
  return await runSolve(given, context);
}
