import { z } from "zod";
import { defineJob, type JobContext, type Outcome } from "../../../lab/index.ts";
import { instanceFormats } from "../formats/format-names.ts";
import { ensembleOptions } from "./instance-options.ts";

const options = z.strictObject({
  ...ensembleOptions,
  to: z
    .enum(instanceFormats)
    .default("dimod-json")
    .describe("The format of the file that is written; dimod's keeps energy, fields and offset as they are."),
});

/** The options of `ising generate`. */
export type GenerateOptions = z.output<typeof options>;

/** `ising generate`: a seeded instance of an ensemble, as a file. */
export const generateJob = defineJob({
  name: "ising generate",
  summary:
    "Draw a seeded instance of a spin glass, a ferromagnet, a Hopfield or a planted model, and write it as a file.",
  description:
    "Spin glasses of Edwards and Anderson on lattices of any dimension, open or periodic, and of Sherrington and Kirkpatrick; the Wishart planted ensemble, whose ground state is known and hidden by a random gauge; Hopfield models; random regular graphs; ferromagnets. The same options give the same file.",
  options,
  presets: {
    quick: { summary: "A 2D ±J glass of 100 spins.", options: { size: [10, 10] } },
    standard: { summary: "A 2D ±J glass of 400 spins.", options: {} },
    planted: {
      summary: "A Wishart instance of 64 spins with its ground energy, at the hard M/N = 1/2.",
      options: { ensemble: "wishart", size: [64] },
    },
  },
  examples: [
    {
      command: "orrery ising generate --size 10,10,10 --couplings gaussian --seed 7",
      explanation: "A cubic glass with normal couplings.",
    },
    {
      command: "orrery ising generate --ensemble random-regular --size 1000 --degree 4 --to rudy",
      explanation: "A graph for Max-Cut solvers.",
    },
  ],
  run: async (given, context): Promise<Outcome> => await run(given, context),
});

async function run(given: GenerateOptions, context: JobContext): Promise<Outcome> {
  const { generate } = await import("./generate-run.ts");
  return await generate(given, context);
}
