import type { PreparedProblem } from "../problem.ts";
import type { Scheme } from "../scheme.ts";
import type { KernelProgram } from "./kernel-program.ts";
import type { Layout } from "./layout.ts";
import type { Tables } from "./tables.ts";

/** Fixed addresses that a kernel reads and writes beside the buffers that its arguments name. */
export interface KernelPlaces {
  /** One number per axis: the speeds of global dissipation. */
  readonly globalSpeeds: number;
  /** A row of lane masks: all ones at a row's points, zero beyond. */
  readonly mask: number;
  /** The buffer of each constraint's field. */
  readonly fields: readonly number[];
  /** The buffer of the arrival times, where they are recorded. */
  readonly arrival: number | undefined;
}

/** What the functions of a kernel are made from. */
export interface KernelParts {
  readonly problem: PreparedProblem;
  readonly scheme: Scheme;
  readonly layout: Layout;
  readonly tables: Tables;
  readonly program: KernelProgram;
  readonly places: KernelPlaces;
  /** Index of the ghost row function of each open boundary rule. */
  readonly ghostRows: ReadonlyMap<string, number>;
  /** Index of the function that writes the ghosts of a row. */
  readonly wrapRow: number;
}

/** A thread's scratch area: vectors of results, values put aside within a vector's formulas, ghost rows. */
export const scratchPlaces = { results: 0, aside: 128, ghostRows: 4096 } as const;
