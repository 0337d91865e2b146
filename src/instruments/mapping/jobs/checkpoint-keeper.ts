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
  #latest: T | undefined;
  #savedAt = Number.NEGATIVE_INFINITY;
  #saving: Promise<void> = Promise.resolve();

  constructor(context: JobContext, name: string) {
    this.#store = context.checkpoints<Kept<unknown>>(name);
  }

  /** The state to go on from; undefined in a fresh run. */
  async load(): Promise<T | undefined> {
    const kept = (await this.#store.load()) as Kept<T> | undefined;
    return kept?.state;
  }

  /** Takes note of a state: the first is on its way to the disk at once, later ones about a second after. */
  offer(state: T): void {
    this.#latest = state;
    if (performance.now() - this.#savedAt >= everyMs) this.#save();
  }

  /** Waits until the latest state is on disk. */
  async flush(): Promise<void> {
    this.#save();
    await this.#saving;
  }

  #save(): void {
    const state = this.#latest;
    if (state === undefined) return;
    this.#latest = undefined;
    this.#savedAt = Number.NEGATIVE_INFINITY;
    this.#saving = this.#saving.then(() => this.#store.save({ arrays: {}, state } as Kept<unknown>));
  }
}
