import { OrreryError } from "../../../../errors.ts";
import { stencilRadius } from "../finite-differences.ts";
import type { BoundaryRule, Grid } from "../grid.ts";
import type { PreparedProblem } from "../problem.ts";
import type { Scheme } from "../scheme.ts";
import { ghostRow, wrapRow } from "./ghosts.ts";
import { type KernelParts, type KernelPlaces, scratchPlaces } from "./kernel-parts.ts";
import { kernelProgram } from "./kernel-program.ts";
import { createLayout, type Layout, roundUp, viewOf } from "./layout.ts";
import { boundFunction, sweepFunction } from "./sweep.ts";
import { Tables } from "./tables.ts";
import type { Precision } from "./vector-emitter.ts";
import { encodeModule, type FunctionCode } from "./wasm-module.ts";

/** A kernel for one problem and where everything is in its memory. */
export interface Kernel {
  readonly problem: PreparedProblem;
  readonly scheme: Scheme;
  readonly layout: Layout;
  readonly tables: Tables;
  readonly places: KernelPlaces;
  /** The buffers of values that the Runge–Kutta stages go through; the first holds the solution at the start. */
  readonly stages: readonly number[];
  /** The scratch area of each thread. */
  readonly scratch: readonly number[];
  /** Bytes of all memory. */
  readonly memoryBytes: number;
  /** Bytes of what lies before the buffers: all that `bound` needs. */
  readonly tableBytes: number;
  /** Whether threads share the memory. */
  readonly isShared: boolean;
  /** The vector operations that a vector of points takes in a stage. */
  readonly operations: number;
  /** The bytes of the WebAssembly module for a memory of so many bytes, shared when there are workers. */
  encode(memoryBytes: number): Uint8Array<ArrayBuffer>;
}

/** How a kernel is built. */
export interface KernelOptions {
  readonly precision: Precision;
  /** Worker threads; 0 for the calling thread alone. */
  readonly workers: number;
}

/** Plans a kernel: its formulas, its memory and its code. @throws OrreryError `argument` when the grid is too small for the scheme. */
export function createKernel(problem: PreparedProblem, scheme: Scheme, { precision, workers }: KernelOptions): Kernel {
  const { grid, system } = problem;
  requirePoints(grid, scheme);
  const layout = createLayout(grid, precision);
  const tables = new Tables({ grid, layout, states: system.states, functions: system.functions });
  const program = kernelProgram(problem, scheme, tables);
  let end = 1024;
  const take = (bytes: number) => {
    const address = end;
    end = roundUp(end + bytes, 64);
    return address;
  };
  const globalSpeeds = take(8 * grid.axes.length);
  const mask = take(layout.vectorBytes);
  end = roundUp(tables.place(end), 64);
  const scratchRows = 2 * stencilRadius[scheme.derivative] * (grid.axes.length - 1);
  const scratch = Array.from({ length: Math.max(1, workers) }, () =>
    take(scratchPlaces.ghostRows + scratchRows * layout.rowBytes),
  );
  const tableBytes = toPages(end);
  const stages = Array.from({ length: scheme.integration === 3 ? 3 : 2 }, () => take(layout.bufferBytes));
  const fields = problem.constraints.map(() => take(layout.bufferBytes));
  const arrival = problem.arrival === undefined ? undefined : take(layout.bufferBytes);
  const places: KernelPlaces = { globalSpeeds, mask, fields, arrival };
  const parts = { problem, scheme, layout, tables, program, places };
  const isShared = workers > 0;
  const encode = (bytes: number) => encodeModule({ pages: bytes / pageBytes, isShared }, kernelFunctions(parts));
  const memoryBytes = toPages(end);
  return {
    problem,
    scheme,
    layout,
    tables,
    places,
    stages,
    scratch,
    memoryBytes,
    tableBytes,
    operations: program.operations,
    isShared,
    encode,
  };
}

/** @throws OrreryError `argument` when an axis is shorter than the scheme's stencil reaches. */
function requirePoints(grid: Grid, { derivative }: Scheme): void {
  const least = Math.max(2, stencilRadius[derivative] + 1);
  const short = grid.axes.find(({ points }) => points < least);
  if (short === undefined) return;
  throw new OrreryError(
    "argument",
    `grid axis ${short.name}: expected at least ${least} points for ${derivative}; got ${short.points}`,
  );
}

const pageBytes = 65536;

function toPages(bytes: number): number {
  return roundUp(bytes, pageBytes);
}

function kernelFunctions(parts: Omit<KernelParts, "ghostRows" | "wrapRow">): FunctionCode[] {
  const { layout, problem } = parts;
  const { axes } = problem.grid;
  const functions: FunctionCode[] = [];
  const ghostRows = new Map<BoundaryRule, number>();
  for (const { boundary } of axes.slice(0, -1)) {
    if (boundary === "periodic" || ghostRows.has(boundary)) continue;
    ghostRows.set(boundary, functions.length);
    functions.push(ghostRow(layout, boundary, `ghost ${boundary}`));
  }
  const wrap = functions.length;
  functions.push(wrapRow(layout, axes[axes.length - 1].boundary, "wrap"));
  const all = { ...parts, ghostRows, wrapRow: wrap };
  return [...functions, sweepFunction(all), boundFunction(all)];
}

/** Writes what a kernel reads and never changes itself: the lane masks and the tables at a time. */
export function fillConstants({ layout, tables, places }: Kernel, memory: ArrayBufferLike, time: number): void {
  const lanes = layout.vectorBytes / layout.size;
  const bytes = new Uint8Array(memory, places.mask, layout.vectorBytes);
  for (let i = 0; i < lanes; i++) bytes.fill(i < layout.points ? 0xff : 0, i * layout.size, (i + 1) * layout.size);
  tables.fill(memory, time, "all");
}

/** The largest lane of each of some vectors. */
export function largestLanes(layout: Layout, memory: ArrayBufferLike, address: number, count: number): number[] {
  const lanes = 16 / layout.size;
  const view = viewOf(memory, layout.precision, address, count * lanes);
  return Array.from({ length: count }, (_, i) => Math.max(...view.subarray(i * lanes, (i + 1) * lanes)));
}
