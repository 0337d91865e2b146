import { z } from "zod";
import { seedOption } from "../../../lab/index.ts";
import type { AxisSpec } from "../reachability/index.ts";
import type { Region } from "../stl/index.ts";
import type { ProblemSpec } from "../synthesis/problem.ts";
import { problems } from "../synthesis/problems.ts";

const numbers = z.array(z.number());
const names = z.array(z.string()).min(1);
const boxOption = z.strictObject({ kind: z.literal("box"), names, low: numbers, high: numbers });
const ballOption = z.strictObject({ kind: z.literal("ball"), names, center: numbers, radius: z.number() });
const inputs = z.union([boxOption, ballOption, z.array(z.union([boxOption, ballOption]))]);

/** A system as a recipe writes it. */
const systemOption = z.strictObject({
  name: z.string().optional(),
  states: z.array(z.union([z.string(), z.strictObject({ name: z.string(), unit: z.string().optional() })])).min(1),
  parameters: z.record(z.string(), z.union([z.number(), z.string()])).optional(),
  controls: inputs.optional(),
  disturbances: inputs.optional(),
  derivatives: z.record(z.string(), z.string()),
});

const axisOption = z.strictObject({
  name: z.string(),
  low: z.number(),
  high: z.number(),
  points: z.int().min(2),
  periodic: z.boolean().optional(),
  boundary: z.enum(["periodic", "linear", "away-from-zero", "constant"]).optional(),
});

const regionOption = z.union([
  z.strictObject({ kind: z.literal("ball"), states: names, center: numbers, radius: z.number() }),
  z.strictObject({ kind: z.literal("box"), states: names, low: numbers, high: numbers }),
  z.strictObject({ kind: z.literal("halfspace"), states: names, normal: numbers, offset: z.number() }),
  z.strictObject({ kind: z.literal("polygon"), states: names, corners: z.array(z.tuple([z.number(), z.number()])) }),
]);

const problemNames = Object.keys(problems) as [keyof typeof problems, ...(keyof typeof problems)[]];

/** The options that say what is to be controlled. Whole objects are unions so that flags take them as YAML or JSON text. */
export const problemOptions = {
  problem: z
    .enum(problemNames)
    .default("auv")
    .describe("A shipped problem, whose parts the options below replace. The numbers of all of them are ours."),
  system: z
    .union([systemOption, z.null()])
    .default(null)
    .describe(
      "States, sets of controls and disturbances, parameters and the derivative of every state as text, affine in the inputs.",
    ),
  grid: z
    .array(axisOption)
    .optional()
    .describe("An axis for every state: name, low, high, points, and periodic or a boundary rule."),
  formula: z
    .string()
    .min(1)
    .optional()
    .describe('What must hold, such as "F[0, 12 s] dock and G[0, 12 s] (not reef and depth <= 5 m)".'),
  regions: z
    .union([z.record(z.string(), regionOption), z.null()])
    .default(null)
    .describe("Sets that the formula names: balls, boxes, half-spaces and polygons over some states."),
  start: z
    .union([z.record(z.string(), z.number()), z.null()])
    .default(null)
    .describe("A value for every state."),
  detail: z.number().min(0.1).max(10).default(1).describe("Grid points along every axis, times those of the grid."),
};

/** The options that say how equations are solved. */
export const solverOptions = {
  scheme: z
    .enum(["low", "medium", "high", "very-high"])
    .default("high")
    .describe("Accuracy: first order, ENO2, WENO3 or WENO5 with Runge–Kutta of order 1, 2, 3, 3."),
  precision: z.enum(["f32", "f64"]).default("f32").describe("Numbers of the solver."),
  workers: z.int().min(0).max(64).default(0).describe("Threads of the solver; 0 solves in one."),
  sliceSeconds: z
    .number()
    .positive()
    .default(0.25)
    .meta({ unit: "s" })
    .describe("Time between the values that are kept for the controller."),
};

/** The solver's options once parsed. */
export type SolverOptions = z.output<z.ZodObject<typeof solverOptions>>;

/** The options of jobs that make controllers and run them. */
export const loopOptions = {
  outside: z
    .enum(["refuse", "approximate"])
    .default("refuse")
    .describe(
      "What happens to a formula outside of the sound fragment: an error, or a value labelled as not guaranteed.",
    ),
  stepSeconds: z
    .number()
    .positive()
    .default(0.05)
    .meta({ unit: "s" })
    .describe("The longest time for which the controller's input is held."),
  seed: seedOption(),
};

/** What the options of a problem come to once parsed. */
export interface GivenProblem {
  readonly problem: keyof typeof problems;
  readonly system: z.output<typeof systemOption> | null;
  readonly grid?: z.output<typeof axisOption>[] | undefined;
  readonly formula?: string | undefined;
  readonly regions: Record<string, z.output<typeof regionOption>> | null;
  readonly start: Record<string, number> | null;
}

/** The problem that options describe: the shipped one with its parts replaced. A system of one's own takes nothing from it. */
export function problemOf({ problem, system, grid, formula, regions, start }: GivenProblem): ProblemSpec {
  const shipped: ProblemSpec = problems[problem];
  const base =
    system === null ? shipped : { system: system as ProblemSpec["system"], grid: [], formula: "", start: {} };
  return {
    ...base,
    ...(grid === undefined ? {} : { grid: grid as (AxisSpec & { name: string })[] }),
    ...(formula === undefined ? {} : { formula }),
    ...(regions === null ? {} : { regions: regions as Record<string, Region> }),
    ...(start === null ? {} : { start }),
  };
}
