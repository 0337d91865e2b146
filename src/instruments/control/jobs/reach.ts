import { z } from "zod";
import { defineJob, type JobContext, type Outcome } from "../../../lab/index.ts";
import { problemOf, problemOptions, solverOptions } from "./problem-options.ts";

const { formula: _, ...parts } = problemOptions;
const { sliceSeconds: __, ...solving } = solverOptions;
const options = z.strictObject({
  ...parts,
  target: z
    .string()
    .min(1)
    .default("dock")
    .describe(
      'The set that is reached or avoided, as a condition on the state: a region\'s name, or a formula such as "x >= 1".',
    ),
  obstacle: z.string().min(1).optional().describe("A set that must not be entered on the way."),
  aim: z
    .enum(["reach", "avoid"])
    .default("reach")
    .describe("Whether the control steers into the target, or keeps out of it."),
  mode: z.enum(["tube", "set"]).default("tube").describe("At some time up to the end, or exactly at the end."),
  seconds: z.number().positive().default(8).meta({ unit: "s" }).describe("How long the control has."),
  delta: z.number().min(0).default(0.2).describe("The disturbances' size, times their set."),
  ...solving,
});

/** The options of `control reach`. */
export type ReachOptions = z.output<typeof options>;

/** A backward reachable set or tube and the time to reach. */
export const reachJob = defineJob({
  name: "control reach",
  summary: "Compute from where a target can be reached or avoided against disturbances, and how fast.",
  options,
  positional: ["target"],
  presets: {
    quick: {
      summary: "The shipped vehicle to its dock on a coarse grid.",
      options: { detail: 0.48, scheme: "medium", seconds: 5 },
    },
    standard: { summary: "The shipped vehicle to its dock.", options: {} },
  },
  examples: [
    {
      command: "orrery control reach dock --obstacle reef --delta 0.3",
      explanation: "The shipped vehicle around the reef in a stronger current.",
    },
  ],
  estimate: async (given) => {
    const { estimateReach } = await import("./reach-run.ts");
    return estimateReach(problemOf({ ...given, formula: given.target }), given);
  },
  run: async (given, context): Promise<Outcome> => await run(given, context),
});

async function run(given: ReachOptions, context: JobContext): Promise<Outcome> {
  const { reach } = await import("./reach-run.ts");
  return await reach(problemOf({ ...given, formula: given.target }), given, context);
}
