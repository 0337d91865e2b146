import type { Estimate } from "./estimate.ts";
import type { Values } from "./grid.ts";
import type { Accuracy, Scheme } from "./scheme.ts";

/** The solution at one of the problem's times. */
export interface Slice {
  readonly time: number;
  readonly values: Values;
}

/** What an observer is told. */
export type SolveEvent =
  /** Before the first step. */
  | { readonly kind: "estimate"; readonly estimate: Estimate }
  | {
      readonly kind: "progress";
      readonly time: number;
      /** Steps made, of the estimate's steps. */
      readonly step: number;
      /** Of the time span. */
      readonly fraction: number;
      readonly seconds: number;
      readonly secondsLeft: number;
    }
  | ({ readonly kind: "slice" } & Slice)
  | { readonly kind: "checkpoint"; readonly step: number };

/** All that a solution needs to go on from where it was, as plain data. */
export interface SolveCheckpoint {
  /** Names system, grid, scheme, precision and times; a checkpoint of another problem is refused. */
  readonly fingerprint: string;
  readonly time: number;
  readonly step: number;
  readonly values: Values;
  readonly arrival?: Values;
  /** The slices reached so far that are kept. */
  readonly slices: readonly Slice[];
}

/** How a problem is solved. */
export interface SolveOptions {
  /** A word or own choices. Default `high`. */
  readonly scheme?: Accuracy | Partial<Scheme>;
  /** Default `f32`. */
  readonly precision?: "f32" | "f64";
  /** Worker threads; 0, the default, solves in the calling thread and gives way to other events now and then. */
  readonly workers?: number;
  readonly signal?: AbortSignal;
  readonly observer?: (event: SolveEvent) => void;
  /** Called with a checkpoint soon after the start, then at most this often, in seconds, and when the solution is cancelled. Default 30. */
  readonly checkpointEverySeconds?: number;
  readonly onCheckpoint?: (checkpoint: SolveCheckpoint) => void;
  readonly resume?: SolveCheckpoint;
  /** Called at each of the times; `true` ends the solution there. */
  readonly onSlice?: (slice: Slice) => boolean | undefined;
  /** Whether the solution is kept at all of the times or only at the last. Default `all`. */
  readonly keep?: "all" | "last";
  /** Ends the solution when no value changes faster than this any more. */
  readonly settledBelow?: number;
  /** Problems that need more are refused. Default: what the machine has free. */
  readonly memoryLimitBytes?: number;
}

/** A solution. */
export interface Solution {
  /** The times reached, with the values `[points]` at each; with `keep: "last"` only the last. */
  readonly times: readonly number[];
  readonly values: readonly Values[];
  /** The values at the last time reached. */
  readonly last: Values;
  /** Times since the start at which points arrived, infinite where they did not; present when asked for. */
  readonly arrival?: Values;
  /** Whether it reached the last time, or ended before: because the values had settled, or because `onSlice` said so. */
  readonly end: "reached" | "settled" | "stopped";
  readonly steps: number;
  readonly seconds: number;
  readonly scheme: Scheme;
}
