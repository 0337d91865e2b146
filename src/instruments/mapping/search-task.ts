import { key } from "../../engine/random/key.ts";
import { OrreryError } from "../../errors.ts";
import type { Architecture } from "./architecture.ts";
import type { LevelConstraint } from "./constraints.ts";
import { cuttingSequence, Enumeration, type Region } from "./enumeration.ts";
import type { Mapspace } from "./mapspace.ts";
import type { Problem } from "./problem.ts";
import { Sampling } from "./sampling.ts";
import { type Metric, Tally, type TallyState } from "./tally.ts";
import { TrafficBound } from "./traffic-bound.ts";

/** What to search and how; plain data, so that it can be sent to a worker and hashed. */
export interface SearchSpec {
  readonly problem: Problem;
  readonly architecture: Architecture;
  readonly constraints?: readonly LevelConstraint[];
  /** `branch-and-bound` (default) and `exhaustive` prove the optimum; `random` draws `samples` valid mappings. */
  readonly strategy?: "branch-and-bound" | "exhaustive" | "random";
  /** Minimised in turn; `["edp"]` by default. */
  readonly metrics?: readonly Metric[];
  /** Keep the Pareto front of energy, cycles and stored bits. Branch and bound keeps only what it visits. */
  readonly front?: boolean;
  /** Seed of `random`, and of the first guess of `branch-and-bound`. */
  readonly seed?: number;
  /** Valid mappings that `random` draws; 2,000 by default. */
  readonly samples?: number;
  /** `random` gives up after so many invalid mappings in a row; 15,000 by default. */
  readonly timeout?: number;
  /**
   * Bounds the work of `branch-and-bound` and `exhaustive`: cut-ups, whole or begun, that are looked at; about a million a
   * second and thread. Each part of the space gets its share, so that the answer is the same on every machine.
   */
  readonly maxSteps?: number;
}

/** What one part of a search has seen. */
export interface TaskResult {
  readonly state: TallyState;
  readonly isComplete: boolean;
}

const regionsPerStorage = 64;
const samplesPerTask = 250;
const firstGuesses = 4;
const mostBoundedRegions = 4096;
/** Up to so many factorisations a first guess costs more than it saves. */
const smallSpace = 20_000n;

/**
 * Cuts a search into parts that are independent of each other and of who runs them. The first parts of branch and bound are
 * guesses: random mappings improved one dimension at a time. The best of them is what all other parts have to beat.
 */
export class TaskRunner {
  readonly tasks: number;
  /** How many parts are guesses; they come first. */
  readonly guesses: number;
  readonly metrics: readonly Metric[];
  readonly #regions: Region[];
  readonly #bound: TrafficBound;
  readonly #storageBounds = new Map<number, number>();

  constructor(
    readonly spec: SearchSpec,
    readonly space: Mapspace,
  ) {
    this.metrics = spec.metrics ?? ["edp"];
    if (this.metrics.length === 0) throw new OrreryError("argument", "search: expected at least one metric; got none");
    for (const [name, count] of [
      ["samples", spec.samples],
      ["timeout", spec.timeout],
      ["maxSteps", spec.maxSteps],
    ] as const) {
      if (count === undefined || (Number.isSafeInteger(count) && count > 0)) continue;
      throw new OrreryError("argument", `search: ${name} must be a positive integer; got ${count}`);
    }
    this.#regions = listRegions(space);
    this.#bound = new TrafficBound(space, this.metrics[0]);
    this.guesses = this.prunes && space.factorizationCount > smallSpace ? firstGuesses : 0;
    this.tasks =
      spec.strategy === "random"
        ? Math.ceil((spec.samples ?? 2000) / samplesPerTask)
        : this.#regions.length + this.guesses;
  }

  /** Runs part `task`; `incumbent` is the value of the first metric that it has to beat or to equal. */
  run(task: number, incumbent: number, shouldStop: () => boolean): TaskResult {
    const tally = new Tally(this.metrics);
    let isComplete = true;
    if (this.spec.strategy === "random") {
      this.sample(tally, task, shouldStop);
      isComplete = !shouldStop();
    } else if (task < this.guesses) this.guess(tally, task);
    else isComplete = this.enumerate(tally, task, incumbent, shouldStop);
    return { state: tally.toState(), isComplete };
  }

  /** No mapping in the part of the space that belongs to `task` has a smaller first metric. */
  boundOf(task: number): number {
    if (this.spec.strategy === "random") return Math.min(...this.#regions.map((region) => this.boundRegion(region)));
    return task < this.guesses ? Number.POSITIVE_INFINITY : this.boundRegion(this.#regions[task - this.guesses]);
  }

  private get prunes(): boolean {
    return (this.spec.strategy ?? "branch-and-bound") === "branch-and-bound";
  }

  private enumerate(tally: Tally, task: number, incumbent: number, shouldStop: () => boolean): boolean {
    const { front = false, maxSteps } = this.spec;
    const share = maxSteps === undefined ? Number.POSITIVE_INFINITY : Math.ceil(maxSteps / this.#regions.length);
    const bound = this.prunes ? { bound: this.#bound } : {};
    const enumeration = new Enumeration(this.space, tally, { front, incumbent, shouldStop, maxSteps: share, ...bound });
    const region = this.#regions[task - this.guesses];
    const end = enumeration.run(region);
    if (end === "out of steps") {
      tally.cutShort = 1;
      tally.openBound = Math.min(tally.openBound, this.boundRegion(region));
    }
    return end !== "stopped";
  }

  /** From the rows of the region; from the storage choice alone where there are very many regions. */
  private boundRegion(region: Region): number {
    const isWhole = this.#regions.length > mostBoundedRegions;
    const known = this.#storageBounds.get(region.storage);
    if (isWhole && known !== undefined) return known;
    const enumeration = new Enumeration(this.space, new Tally(this.metrics), { front: false, bound: this.#bound });
    const bound = enumeration.boundOf(isWhole ? { ...region, from: 0, to: Number.POSITIVE_INFINITY } : region);
    this.#storageBounds.set(region.storage, bound);
    return bound;
  }

  private sample(tally: Tally, task: number, shouldStop: () => boolean): void {
    const left = (this.spec.samples ?? 2000) - task * samplesPerTask;
    const limits = { valid: Math.min(samplesPerTask, left), invalidInRow: this.spec.timeout ?? 15000 };
    new Sampling(this.space, tally, this.spec.front ?? false).run(
      key(this.spec.seed ?? 0).fold(task),
      limits,
      shouldStop,
    );
  }

  /** The best of some random mappings, improved. Its counts are dropped: every mapping belongs to a region as well. */
  private guess(tally: Tally, task: number): void {
    const trial = new Tally(this.metrics);
    const sampling = new Sampling(this.space, trial, false);
    sampling.run(key(this.spec.seed ?? 0).fold(task), { valid: 50, invalidInRow: 2000 });
    sampling.improve(this.#bound);
    tally.best = trial.best;
    tally.guessedValue = trial.bestValue;
    tally.evaluated = trial.evaluated;
  }
}

function listRegions(space: Mapspace): Region[] {
  const rows = space.tables[cuttingSequence(space)[0]].rows;
  const parts = Math.min(rows, regionsPerStorage);
  return space.storages.flatMap((_, storage) =>
    Array.from({ length: parts }, (_, i) => ({
      storage,
      from: Math.floor((i * rows) / parts),
      to: Math.floor(((i + 1) * rows) / parts),
    })),
  );
}
