/** Epochs that the estimate looks back on: a method's first epochs may be cheaper than its last. */
const remembered = 3;

/** Estimates how long a run will still take, from its last epochs. */
export class Pace {
  #durations: readonly number[] = [];

  /** Notes an epoch's time. */
  add(durationMs: number): void {
    this.#durations = [...this.#durations, durationMs].slice(-remembered);
  }

  /**
   * Milliseconds left for `epochs` epochs (perhaps a fraction of one more): the last three epochs' mean each. Undefined before anything
   * was timed; `running` tells how long a part of the running epoch took, which serves until one is whole.
   */
  remainingMs(epochs: number, running?: { readonly part: number; readonly durationMs: number }): number | undefined {
    const whole = this.#durations.reduce((sum, duration) => sum + duration, 0) / this.#durations.length;
    if (this.#durations.length > 0) return epochs * whole;
    return running === undefined || running.part <= 0 ? undefined : (epochs * running.durationMs) / running.part;
  }
}
