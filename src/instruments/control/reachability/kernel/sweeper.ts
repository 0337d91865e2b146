import { TimeSlice } from "../../../../time-slice.ts";
import { type Kernel, largestLanes } from "./kernel.ts";
import type { StageArguments } from "./stage-list.ts";
import { instantiateKernel, type KernelExports, type KernelMemory } from "./web-assembly.ts";

/** What goes through all rows of a kernel's grid, in this thread or in several. */
export interface Sweeper {
  /** Runs stages one after the other. */
  run(stages: readonly StageArguments[]): Promise<void>;
  /** The largest change of the last step. */
  readonly change: number;
  close(): Promise<void>;
}

/** Runs stages in the calling thread and gives way to other events every few milliseconds. */
export class LocalSweeper implements Sweeper {
  readonly #kernel: Kernel;
  readonly #memory: KernelMemory;
  readonly #exports: KernelExports;
  readonly #slice = new TimeSlice(20);
  change = 0;

  constructor(kernel: Kernel, module: object, memory: KernelMemory) {
    this.#kernel = kernel;
    this.#memory = memory;
    this.#exports = instantiateKernel(module, memory);
  }

  async run(stages: readonly StageArguments[]): Promise<void> {
    const { layout, scratch } = this.#kernel;
    const chunk = Math.max(1, Math.floor(65536 / layout.points));
    for (const stage of stages) {
      let change = 0;
      for (let row = 0; row < layout.rows; row += chunk) {
        if (this.#slice.isOver) await this.#slice.next();
        sweepRows(this.#exports, stage, { from: row, to: Math.min(layout.rows, row + chunk), scratch: scratch[0] });
        if (stage.active !== 0) change = Math.max(change, largestLanes(layout, this.#memory.buffer, scratch[0], 1)[0]);
      }
      if (stage.active !== 0) this.change = change;
    }
  }

  async close(): Promise<void> {}
}

/** The rows that one thread works on and its scratch area. */
export interface Share {
  readonly from: number;
  readonly to: number;
  readonly scratch: number;
}

/** One stage on some rows. */
export function sweepRows(kernel: KernelExports, stage: StageArguments, { from, to, scratch }: Share): void {
  const { input, output, start, active, keep, mix, mixedStep, elapsed, length } = stage;
  kernel.sweep(from, to, input, output, start, scratch, active, keep, mix, mixedStep, elapsed, length);
}
