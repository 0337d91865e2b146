import { freemem } from "node:os";
import { OrreryError } from "../../../errors.ts";
import { countSolves, longestSpan } from "./plan-shape.ts";
import type { ControlProblem } from "./problem.ts";

/** Bytes that the values of a plan take: slices of all equations, and the solver's working buffers. */
export function estimateBytes(
  { plan, task }: Pick<ControlProblem, "plan" | "task">,
  { sliceEvery, precision = "f32" }: { readonly sliceEvery: number; readonly precision?: "f32" | "f64" },
): number {
  const slices = Math.ceil(longestSpan(plan) / sliceEvery) + 1;
  const buffer = task.grid.size * (precision === "f32" ? 4 : 8);
  return buffer * (countSolves(plan) * slices + 6);
}

/** @throws OrreryError `argument` when the values of a plan would not fit into the memory that is free, saying what would. */
export function requireMemory(
  problem: Pick<ControlProblem, "plan" | "task">,
  options: { readonly sliceEvery: number; readonly precision?: "f32" | "f64" },
  limitBytes = freemem(),
): void {
  const bytes = estimateBytes(problem, options);
  if (bytes <= limitBytes) return;
  const { grid } = problem.task;
  const share = (0.95 * limitBytes) / bytes;
  const shape = grid.shape.map((n) => Math.max(2, Math.floor(n * share ** (1 / grid.shape.length))));
  throw new OrreryError(
    "argument",
    `synthesis: expected values that fit into ${gigabytes(limitBytes)}; got ${gigabytes(bytes)} for ${grid.shape.join("×")} points`,
    { hint: `A grid of ${shape.join("×")} points fits, or keep fewer slices (a larger sliceSeconds).` },
  );
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toPrecision(3)} GB`;
}
