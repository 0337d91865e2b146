import { NdArray } from "../../../engine/index.ts";
import type { JobContext } from "../../../lab/index.ts";
import type { SolveCheckpoint, Values } from "../reachability/index.ts";

/** A checkpoint of a solution, as it is kept. */
interface SavedSolution extends Pick<SolveCheckpoint, "fingerprint" | "time" | "step"> {
  readonly times: readonly number[];
  readonly arrays: {
    readonly values: NdArray;
    readonly slices: readonly NdArray[];
    readonly arrival?: NdArray;
  };
}

/** Keeps where the solution of one equation stands among a run's checkpoints. */
export class SolutionStore {
  readonly #store: ReturnType<JobContext["checkpoints"]>;
  #saving = Promise.resolve();

  constructor(context: Pick<JobContext, "checkpoints">) {
    this.#store = context.checkpoints<SavedSolution>("solution");
  }

  /** The state to go on from; undefined in a fresh run. */
  async load(): Promise<SolveCheckpoint | undefined> {
    const saved = (await this.#store.load()) as SavedSolution | undefined;
    if (saved === undefined) return undefined;
    const { fingerprint, time, step, times, arrays } = saved;
    const numbers = ({ data }: NdArray) => data as Values;
    const slices = times.map((at, k) => ({ time: at, values: numbers(arrays.slices[k]) }));
    const arrival = arrays.arrival === undefined ? {} : { arrival: numbers(arrays.arrival) };
    return { fingerprint, time, step, values: numbers(arrays.values), slices, ...arrival };
  }

  /** Writes in the background, one after the other. */
  save({ fingerprint, time, step, values, slices, arrival }: SolveCheckpoint): void {
    const saved: SavedSolution = {
      ...{ fingerprint, time, step },
      times: slices.map((slice) => slice.time),
      arrays: {
        values: new NdArray(values),
        slices: slices.map((slice) => new NdArray(slice.values)),
        ...(arrival === undefined ? {} : { arrival: new NdArray(arrival) }),
      },
    };
    this.#saving = this.#saving.then(() => this.#store.save(saved));
    // Whoever waits for the end hears of a failure.
    this.#saving.catch(() => {});
  }

  /** Waits until everything is on disk. */
  async flush(): Promise<void> {
    await this.#saving;
  }
}
