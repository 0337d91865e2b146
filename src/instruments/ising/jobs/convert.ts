import { z } from "zod";
import { defineJob, type JobContext, type Outcome, seedOption } from "../../../lab/index.ts";
import { instanceFormats } from "../formats/format-names.ts";
import { instanceOptions } from "./instance-options.ts";

const options = z.strictObject({
  ...instanceOptions,
  to: z
    .enum(instanceFormats)
    .default("qubo-json")
    .describe(
      "The format to write: rudy is a Max-Cut graph, couplings and dimod-json an Ising model, biqmac, qubo-json and qubo-csv a QUBO; a matrix holds what --target says.",
    ),
  target: z
    .enum(["ising", "qubo", "max-cut"])
    .optional()
    .describe(
      "What a matrix that is written holds: couplings J, a QUBO's Q, or a graph's weights. Default: what the instance is.",
    ),
  states: z.int().min(1).max(100_000).default(1000).describe("Random states on which both files must agree."),
  seed: seedOption(),
});

/** The options of `ising convert`. */
export type ConvertOptions = z.output<typeof options>;

/** `ising convert`: between Ising models, QUBOs and Max-Cut graphs. */
export const convertJob = defineJob({
  name: "ising convert",
  summary:
    "Turn an Ising model, a QUBO or a Max-Cut graph into another of them, with the exact offset between their numbers.",
  description:
    "Spins are s = 2x − 1 of bits x, and a cut lies between s = +1 and s = −1. Fields of a model become edges to one more vertex where the target is a graph. What is written is read again and compared with the instance on all states of up to 12 spins, else on random ones.",
  options,
  positional: ["instance"],
  presets: { standard: { summary: "What the options say.", options: {} } },
  examples: [
    { command: "orrery ising convert G1.txt --to dimod-json", explanation: "A Max-Cut graph for dimod." },
    {
      command: "orrery ising convert problem.csv --sense maximize --to couplings",
      explanation: "A QUBO that is to be large, as an Ising model.",
    },
  ],
  run: async (given, context): Promise<Outcome> => await run(given, context),
});

async function run(given: ConvertOptions, context: JobContext): Promise<Outcome> {
  const { convert } = await import("./convert-run.ts");
  return await convert(given, context);
}
