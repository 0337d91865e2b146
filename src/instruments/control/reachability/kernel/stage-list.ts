import type { PreparedProblem } from "../problem.ts";
import { isActive } from "../problem.ts";
import { rungeKutta, type Step } from "../time-integration.ts";
import type { Kernel } from "./kernel.ts";
import { constraintBit, stepEndBit } from "./step-end.ts";

/** The arguments of a sweep between the rows and scratch that belong to a thread and the end, in order. */
export interface StageArguments {
  /** Addresses of buffers. */
  readonly input: number;
  readonly output: number;
  readonly start: number;
  readonly active: number;
  readonly keep: number;
  readonly mix: number;
  readonly mixedStep: number;
  readonly elapsed: number;
  readonly length: number;
  /** When the stage's dynamics are evaluated. */
  readonly time: number;
}

/** The stages of a step that starts from the values in buffer `current`, and the buffer that holds its result. */
export function stagesOf(
  kernel: Kernel,
  step: Step,
  current: number,
): { readonly stages: StageArguments[]; readonly result: number } {
  const { problem, scheme } = kernel;
  const tableau = rungeKutta[scheme.integration];
  const free = kernel.stages.filter((buffer) => buffer !== current);
  let input = current;
  const stages = tableau.map(({ keep, mix, at }, s) => {
    const isLast = s === tableau.length - 1;
    // The last of several stages writes over the start of the step, of which it reads only the point that it writes.
    const output = isLast && s > 0 ? current : free[s];
    const stage = {
      ...{ input, output, start: current, active: isLast ? activeBits(problem, step) : 0, keep, mix },
      ...{ mixedStep: mix * step.length, elapsed: Math.abs(step.time - problem.times[0]), length: step.length },
      time: step.time + at * (step.end - step.time),
    };
    input = output;
    return stage;
  });
  return { stages, result: input };
}

function activeBits({ constraints }: PreparedProblem, step: Step): number {
  return constraints.reduce((bits, c, k) => bits + (isActive(c, step.end) ? constraintBit(k) : 0), stepEndBit);
}
