import type { Values } from "./grid.ts";
import type { Step } from "./time-integration.ts";

/** What advances the values of one problem. */
export interface Stepper {
  /** `max Σ αᵢ/Δxᵢ` over the grid at a time: the inverse of the largest stable step. */
  speedBound(time: number): number;
  /** Makes some steps. Only the last may be followed by a change of time-varying data. */
  run(steps: readonly Step[]): Promise<void>;
  /** A copy of the values, dense. */
  read(): Values;
  /** A copy of the times since the start at which each point arrived; infinite where it has not. */
  readArrival(): Values | undefined;
  write(values: Values, arrival?: Values): void;
  /** The largest change of a value in the last step. */
  readonly change: number;
  close(): Promise<void>;
}
