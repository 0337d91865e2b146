import { setImmediate as nextTurn } from "node:timers/promises";

/** Shares a thread: a long loop works until its slice is over, then gives timers, signals and other work their turn. */
export class TimeSlice {
  #beganAt = performance.now();

  /** @param milliseconds how long a slice lasts. */
  constructor(readonly milliseconds: number) {}

  get isOver(): boolean {
    return performance.now() - this.#beganAt >= this.milliseconds;
  }

  /** Lets everything else that waits have its turn, and begins the next slice. */
  async next(): Promise<void> {
    await nextTurn();
    this.#beganAt = performance.now();
  }
}
