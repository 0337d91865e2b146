import { OrreryError } from "../../../errors.ts";
import { TimeSlice } from "../../../time-slice.ts";

/** How a caller follows and stops sampling. */
export interface SweepLoopOptions<State> {
  readonly signal?: AbortSignal;
  /** Told the share that is done. */
  readonly observer?: (share: number) => void;
  /** Given the state of the run every few seconds and on abort, for `resume`. */
  readonly onState?: (state: State) => void | Promise<void>;
}

/** What is swept. */
export interface SweptSamples<State> {
  /** Sweeps made. */
  readonly sweeps: number;
  /** Makes one more. */
  advance(): void;
  toState(): State;
}

const stateEveryMs = 3000;
const sliceMs = 40;

/** Sweeps until `total` sweeps are made, and gives way to other events. @throws OrreryError `cancelled` on abort, after `onState`. */
export async function sweepUntil<State>(
  samples: SweptSamples<State>,
  total: number,
  { signal, observer, onState }: SweepLoopOptions<State>,
): Promise<void> {
  const slice = new TimeSlice(sliceMs);
  let savedAt = performance.now();
  while (samples.sweeps < total) {
    samples.advance();
    if (!slice.isOver) continue;
    observer?.(samples.sweeps / total);
    await slice.next();
    if (signal?.aborted || performance.now() - savedAt >= stateEveryMs) {
      await onState?.(samples.toState());
      savedAt = performance.now();
    }
    if (signal?.aborted) throw new OrreryError("cancelled", "ising sample: cancelled");
  }
}
