import { z } from "zod";
import { defineJob, type JobContext, type Outcome, pathOption } from "../../../lab/index.ts";
import { loopOptions, problemOf, problemOptions, solverOptions } from "./problem-options.ts";

const options = z.strictObject({
  controller: pathOption(
    "A controller.npz that control synthesize wrote; without it, one is computed for `delta`.",
  ).optional(),
  ...problemOptions,
  ...solverOptions,
  delta: z
    .number()
    .min(0)
    .optional()
    .describe("The disturbances' size, times their set; default that of the controller, else 0.2."),
  margin: z
    .number()
    .min(0)
    .default(0)
    .describe("The value that controls of the least restrictive controller must leave."),
  push: z
    .array(z.number())
    .optional()
    .describe("A steady disturbance as far as the set allows in this direction, a number for each component."),
  rollouts: z
    .int()
    .min(0)
    .max(2000)
    .default(12)
    .describe("Runs under random disturbances, beside the worst case and steady ones."),
  ...loopOptions,
});

/** The options of `control simulate`. */
export type SimulateOptions = z.output<typeof options>;

/** Runs of a controller against disturbances, judged by the monitor. */
export const simulateJob = defineJob({
  name: "control simulate",
  summary: "Run a controller against worst-case, steady and random disturbances and let the monitor judge.",
  options,
  positional: ["controller"],
  presets: {
    quick: {
      summary: "The shipped vehicle on a coarse grid.",
      options: { detail: 0.48, scheme: "medium", rollouts: 6 },
    },
    standard: { summary: "The shipped vehicle, 12 random runs.", options: {} },
  },
  metrics: { robustness: { label: "robustness of the run", direction: "higher" } },
  stepName: "run",
  estimate: async (given) => {
    const { estimateSimulation } = await import("./simulation-run.ts");
    return estimateSimulation(problemOf(given), given);
  },
  run: async (given, context): Promise<Outcome> => await run(given, context),
});

async function run(given: SimulateOptions, context: JobContext): Promise<Outcome> {
  const { simulate } = await import("./simulation-run.ts");
  return await simulate(problemOf(given), given, context);
}
