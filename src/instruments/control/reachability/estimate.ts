import { totalmem } from "node:os";
import { OrreryError } from "../../../errors.ts";
import { createKernel, fillConstants, type Kernel } from "./kernel/kernel.ts";
import { measureSpeeds } from "./kernel/speed-bound.ts";
import { compileModule, createMemory, instantiateKernel } from "./kernel/web-assembly.ts";
import { type PreparedProblem, type Problem, prepareProblem } from "./problem.ts";
import { resolveScheme } from "./scheme.ts";
import type { SolveOptions } from "./solve-options.ts";
import { stopTimes } from "./time-integration.ts";

/** What a solution takes. */
export interface Estimate {
  readonly points: number;
  /** Bytes that the solver works in. */
  readonly bytes: number;
  /** `bytes` over the bytes of one array of values. */
  readonly buffers: number;
  /** Bytes of the solutions that are kept, on top. */
  readonly keptBytes: number;
  readonly steps: number;
  readonly stages: number;
  /** With every thread on a core of its own; right within a factor of about two. */
  readonly seconds: number;
}

/** Nanoseconds of one vector operation, measured over all schemes. */
const operationNanoseconds = 0.25;

/**
 * What `solve` would take with the same arguments, without its buffers being allocated.
 * @throws OrreryError as `solve` does, except for what it takes.
 */
export function estimateSolve(problem: Problem, options: SolveOptions = {}): Estimate {
  const { precision = "f32", workers = 0 } = options;
  const prepared = prepareProblem(problem, precision);
  const kernel = createKernel(prepared, resolveScheme(options.scheme), { precision, workers });
  const memory = createMemory(kernel.tableBytes, kernel.isShared);
  const exports = instantiateKernel(compileModule(kernel.encode(kernel.tableBytes)), memory);
  fillConstants(kernel, memory.buffer, prepared.times[0]);
  const { rate } = measureSpeeds(kernel, exports, memory.buffer);
  return estimateKernel(kernel, rate, options);
}

/** The estimate of a planned kernel whose largest stable step is `1/rate`. */
export function estimateKernel(kernel: Kernel, rate: number, { keep = "all", workers = 0 }: SolveOptions): Estimate {
  const { problem, layout, scheme } = kernel;
  const points = problem.grid.size;
  const steps = countSteps(problem, scheme.cfl / rate);
  const stages = steps * scheme.integration;
  const vectors = layout.rows * (layout.vectorBytes / 16);
  return {
    points,
    bytes: kernel.memoryBytes,
    buffers: kernel.memoryBytes / (points * layout.size),
    keptBytes: (keep === "all" ? problem.times.length : 1) * points * layout.size,
    steps,
    stages,
    seconds: (stages * vectors * kernel.operations * operationNanoseconds * 1e-9) / Math.max(1, workers),
  };
}

function countSteps(problem: PreparedProblem, largest: number): number {
  let time = problem.times[0];
  return stopTimes(problem).reduce((sum, stop) => {
    const steps = Math.max(1, Math.ceil((Math.abs(stop - time) / largest) * (1 - 1e-9)));
    time = stop;
    return sum + steps;
  }, 0);
}

/** WebAssembly addresses 4 GiB. */
const addressableBytes = 2 ** 32 - 2 ** 16;

/** @throws OrreryError `argument` when a problem needs more memory than there is, saying what would fit. */
export function requireMemory(kernel: Kernel, { keep = "all", memoryLimitBytes }: SolveOptions): void {
  const { problem, layout, memoryBytes } = kernel;
  const { grid } = problem;
  const dense = grid.size * layout.size;
  const needed = memoryBytes + dense * (keep === "all" ? problem.times.length : 1);
  const free = process.availableMemory?.() ?? totalmem();
  const limit = memoryLimitBytes ?? free;
  if (needed <= limit && memoryBytes <= addressableBytes) return;
  const isAddress = memoryBytes > addressableBytes;
  const share = Math.min(limit / needed, addressableBytes / memoryBytes) ** (1 / grid.axes.length);
  const smaller = grid.shape.map((points) => Math.max(2, Math.floor(points * share * 0.98)));
  const expected = isAddress ? "a solver's memory of at most 4 GiB" : `at most ${gigabytes(limit)}`;
  throw new OrreryError(
    "argument",
    `reachability solve: expected ${expected}; got ${gigabytes(isAddress ? memoryBytes : needed)} for ${grid.shape.join("×")} points (${(memoryBytes / dense).toFixed(1)} buffers of ${gigabytes(dense)} and the kept solutions)`,
    {
      hint: `A grid of about ${smaller.join("×")} points fits${keep === "all" && problem.times.length > 2 ? ", or keep only the last solution" : ""}.`,
    },
  );
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toPrecision(3)} GB`;
}
