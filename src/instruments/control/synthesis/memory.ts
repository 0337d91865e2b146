import { freemem } from "node:os";
import { OrreryError } from "../../../errors.ts";
import type { Grid } from "../reachability/grid.ts";
import { countSolves, longestSpan } from "./plan-shape.ts";
import type { ControlProblem } from "./problem.ts";

/** How finely the values of a plan are kept. */
interface KeptValues {
  readonly sliceEvery: number;
  readonly precision?: "f32" | "f64";
}

/** Working buffers of the solver, and conditions in double precision beside them, in arrays of values. */
const workingBuffers = 12;

/** Bytes that the values of a plan take: slices of all equations, all of them once more while they are written, and what the solver works in. */
export function estimateBytes(
  { plan, task }: Pick<ControlProblem, "plan" | "task">,
  { sliceEvery, precision = "f32" }: KeptValues,
): number {
  const slices = Math.ceil(longestSpan(plan) / sliceEvery) + 1;
  const kept = countSolves(plan) * slices;
  return task.grid.size * ((precision === "f32" ? 4 : 8) * (kept + workingBuffers) + 4 * writtenCopies * kept);
}

/** A controller is gathered into one array for each equation, written as npy, and packed: measured at 3 times its values. */
const writtenCopies = 3;

/** @throws OrreryError `argument` when the values of a plan would not fit into the memory that is free, saying what would. */
export function requireMemory(
  problem: Pick<ControlProblem, "plan" | "task">,
  options: KeptValues,
  limitBytes = freeBytes(),
): void {
  const span = longestSpan(problem.plan);
  const bytes = estimateBytes(problem, options);
  const least = estimateBytes(problem, { ...options, sliceEvery: Math.max(span, options.sliceEvery) });
  const slices = (limitBytes - least) / ((bytes - least) / (span / options.sliceEvery));
  const fewer = slices >= 20 ? `, or a slice every ${(span / slices).toPrecision(2)} s (sliceSeconds)` : "";
  requireBytes(bytes, { what: "synthesis", grid: problem.task.grid, limitBytes, fewer });
}

/** What is free for this process. */
function freeBytes(): number {
  return process.availableMemory?.() ?? freemem();
}

/** @throws OrreryError `argument` when so many bytes are not free, with a grid for which they are. */
export function requireBytes(
  bytes: number,
  {
    what,
    grid,
    limitBytes = freeBytes(),
    fewer = "",
  }: { readonly what: string; readonly grid: Grid; readonly limitBytes?: number; readonly fewer?: string },
): void {
  if (bytes <= limitBytes) return;
  const share = (0.95 * limitBytes) / bytes;
  const shape = grid.shape.map((n) => Math.max(2, Math.floor(n * share ** (1 / grid.shape.length))));
  throw new OrreryError(
    "argument",
    `${what}: expected values that fit into ${gigabytes(limitBytes)}; got ${gigabytes(bytes)} for ${grid.shape.join("×")} points`,
    { hint: `A grid of ${shape.join("×")} points fits${fewer}.` },
  );
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toPrecision(3)} GB`;
}
