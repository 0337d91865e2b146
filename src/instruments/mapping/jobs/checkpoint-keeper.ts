import type { JobContext } from "../../../lab/index.ts";

/** At most one save a second: a search finishes parts faster than a disk likes. */
const everyMs = 1000;

interface Kept<T> {
  readonly arrays: Readonly<Record<string, never>>;
  readonly state: T;
}

/** Keeps the latest state of long work in the run's checkpoints, saving now and then in the background. */
export class CheckpointKeeper<T> {
  readonly #store: ReturnType<JobContext["checkpoints"]>;
  #latest: (() => T) | undefined;
  #savedAt = Number.NEGATIVE_INFINITY;
  #saving: Promise<void> | undefined;
  #failure: unknown;

  /** @param now a clock in milliseconds. */
  constructor(
    context: Pick<JobContext, "checkpoints">,
    name: string,
    readonly now: () => number = () => performance.now(),
  ) {
    this.#store = context.checkpoints<Kept<unknown>>(name);
  }

  /** The state to go on from; undefined in a fresh run. */
  async load(): Promise<T | undefined> {
    const kept = (await this.#store.load()) as Kept<T> | undefined;
    return kept?.state;
  }

  /**
   * Takes note that there is a state, which `take` copies when it is its turn: the first is on its way to the disk at once,
   * later ones when a second has passed and the one before is there. Throws why an earlier one could not be saved.
   */
  offer(take: () => T): void {
    this.#latest = take;
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#saving === undefined && this.now() - this.#savedAt >= everyMs) this.#save();
  }

  /** Waits until the latest state is on disk. */
  async flush(): Promise<void> {
    await this.#saving;
    if (this.#failure === undefined) this.#save();
    await this.#saving;
    if (this.#failure !== undefined) throw this.#failure;
  }

  #save(): void {
    const state = this.#latest?.();
    if (state === undefined) return;
    this.#latest = undefined;
    this.#savedAt = this.now();
    const saved = this.#store.save({ arrays: {}, state } as Kept<unknown>);
    this.#saving = saved
      .catch((error: unknown) => {
        this.#failure = error;
      })
      .finally(() => {
        this.#saving = undefined;
      });
  }
}
