import { z } from "zod";
import { defineJob, type JobContext, type Outcome } from "../../../lab/index.ts";
import type { ProblemSpec } from "../synthesis/problem.ts";
import { loopOptions, problemOf, problemOptions, solverOptions } from "./problem-options.ts";

const options = z.strictObject({
  ...problemOptions,
  ...solverOptions,
  margin: z
    .number()
    .min(0)
    .optional()
    .describe(
      "The value that must be left at the start, in the formula's units: room for the error of the grid. Default: half a cell of the widest axis that the formula reads, times the steepness of its conditions.",
    ),
  tolerance: z
    .number()
    .positive()
    .default(0.01)
    .describe("How close the bound is found, in times the disturbance set."),
  most: z.number().positive().default(1).describe("The largest disturbance tried, in times the disturbance set."),
  mapLevels: z
    .int()
    .min(0)
    .max(40)
    .default(6)
    .describe("Disturbances that the map of δ* is made of; 0 makes none. Three and more states: on half the points."),
  segments: z
    .int()
    .min(0)
    .max(12)
    .default(3)
    .describe(
      "Equal parts of the time that get bounds of their own, which tells when the disturbance is limited; 0 or 1 for none.",
    ),
  rollouts: z
    .int()
    .min(0)
    .max(200)
    .default(6)
    .describe("Runs under random disturbances, beside the worst case and steady ones."),
  onnx: z
    .boolean()
    .default(false)
    .describe("Whether the controller is also written as an ONNX model, which looks its values up without Orrery."),
  ...loopOptions,
});

/** The options of `control synthesize`. */
export type SynthesizeOptions = z.output<typeof options>;

/** What they say beside the problem, with a margin. */
export type SynthesisSettings = Omit<SynthesizeOptions, keyof ProblemSpec | "problem" | "margin"> & {
  readonly margin: number;
};

/** From a formula to the largest disturbance that it survives, and the controller. */
export const synthesizeJob = defineJob({
  name: "control synthesize",
  summary: "Find the largest disturbance a formula survives, and the controller that guarantees it.",
  description:
    "Solves the Hamilton–Jacobi equations of a temporal-logic formula, searches the largest disturbance bound δ for which the value at the start stays above the margin, writes the controller, and judges runs of the closed loop with a monitor.",
  options,
  presets: {
    quick: {
      summary: "The shipped vehicle on a coarse grid, in seconds.",
      options: { detail: 0.64, tolerance: 0.02, mapLevels: 4, rollouts: 3 },
    },
    standard: { summary: "The shipped vehicle on 51×41×30 points, or a grid of one's own as it is.", options: {} },
    paper: {
      summary: "A finer grid and WENO5; the paper's vehicle could not be had, so the numbers are ours.",
      options: { detail: 1.6, scheme: "very-high", tolerance: 0.005, mapLevels: 8, rollouts: 20, workers: 2 },
    },
  },
  metrics: {
    value: { label: "V at the start", direction: "higher" },
    delta: { label: "largest disturbance that holds", direction: "higher" },
  },
  stepName: "trial",
  examples: [
    {
      command: 'orrery control synthesize --problem reach-avoid --formula "F[0, 8] (norm(x - 3, y) <= 0.5)"',
      explanation: "A shipped system with a formula of one's own.",
    },
  ],
  estimate: async (given) => {
    const { estimateSynthesis } = await import("./synthesis-run.ts");
    return estimateSynthesis(problemOf(given), given);
  },
  run: async (given, context): Promise<Outcome> => await run(given, context),
});

async function run(given: SynthesizeOptions, context: JobContext): Promise<Outcome> {
  const { synthesize } = await import("./synthesis-run.ts");
  return await synthesize(problemOf(given), given, context);
}
