import { z } from "zod";
import { defineJob, type JobContext, type Outcome, pathOption } from "../../../lab/index.ts";

const options = z.strictObject({
  trace: pathOption(
    "A CSV file with a column of times in seconds and one for every state; without it, a shipped example.",
  ).optional(),
  formula: z
    .string()
    .min(1)
    .default("G[0, 20 s] (height <= 30 and F[0, 6 s] height >= 20)")
    .describe("The formula, over the columns' names."),
  time: z.string().default("time").describe("The column of times."),
  mode: z
    .enum(["discrete", "dense"])
    .default("discrete")
    .describe("Equally spaced samples, or values that hold from their time on in continuous time."),
  until: z
    .enum(["half-open", "closed"])
    .default("half-open")
    .describe("Whether the left side of until must also hold when the right one does."),
  end: z
    .enum(["truncate", "hold"])
    .default("truncate")
    .describe("What counts beyond the last sample: nothing, or the last value."),
});

/** The options of `control monitor`. */
export type MonitorOptions = z.output<typeof options>;

/** How robustly a recorded trace satisfies a formula. */
export const monitorJob = defineJob({
  name: "control monitor",
  summary: "Measure how robustly a recorded trace satisfies a temporal-logic formula.",
  description:
    "Formulas whose future has an end are checked by the streaming monitor and the offline one, which must agree.",
  options,
  positional: ["trace"],
  presets: { quick: { summary: "A shipped example.", options: {} }, standard: { summary: "The same.", options: {} } },
  examples: [
    {
      command: 'orrery control monitor flight.csv --formula "G (speed <= 12) and F[0, 30] (height >= 50)"',
      explanation: "Columns time, speed and height.",
    },
  ],
  run: async (given, context): Promise<Outcome> => await run(given, context),
});

async function run(given: MonitorOptions, context: JobContext): Promise<Outcome> {
  const { monitor } = await import("./monitor-run.ts");
  return await monitor(given, context);
}
