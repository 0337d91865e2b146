import type { JobContext } from "../../../lab/index.ts";
import type { PlanOptions } from "../synthesis/solve-plan.ts";
import type { SolverOptions } from "./problem-options.ts";

/** How a job's equations are solved, with progress that says what they are for. */
export function solverSettings(
  { scheme, precision, workers, sliceSeconds }: SolverOptions,
  context: JobContext,
  what: string,
): Omit<PlanOptions, "delta"> {
  return {
    scheme,
    precision,
    workers,
    sliceEvery: sliceSeconds,
    signal: context.signal,
    onProgress: ({ done, solves, label }) =>
      context.progress({ done, total: solves, unit: "equations", label: `${what}: ${label}` }),
  };
}
