import type { JobContext, SavedState } from "../../../lab/index.ts";

/** Saves the latest of many states, one at a time and in order, so that whoever reports them need not wait. */
export class StateSaver<S extends SavedState> {
  readonly #store: ReturnType<JobContext["checkpoints"]>;
  #latest: (() => S) | undefined;
  #saving: Promise<void> | undefined;

  constructor(context: JobContext, name: string) {
    this.#store = context.checkpoints<SavedState>(name);
  }

  /** The state to go on from; undefined in a fresh run. */
  async load(): Promise<S | undefined> {
    return (await this.#store.load()) as S | undefined;
  }

  /** Takes note of a state, made when its turn comes; a later one takes the place of one that waits. */
  offer(state: () => S): void {
    this.#latest = state;
    this.#saving ??= this.#saveAll().finally(() => {
      this.#saving = undefined;
    });
  }

  /** Waits until the latest state is on disk. */
  async flush(): Promise<void> {
    await this.#saving;
  }

  async #saveAll(): Promise<void> {
    for (let state = this.#latest; state !== undefined; state = this.#latest) {
      this.#latest = undefined;
      await this.#store.save(state());
    }
  }
}
