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
}

/** What one part of a search has seen. */
export interface TaskResult {
  readonly state: TallyState;
  readonly isComplete: boolean;
}

const regionsPerStorage = 64;
const samplesPerTask = 250;
const firstGuesses = 4;
/** Up to so many factorisations a first guess costs more than it saves. */
const smallSpace = 20_000n;

/**
 * Cuts a search into parts that are independent of each other and of who runs them. Part 0 of branch and bound is a
 * first guess: random mappings improved one dimension at a time.
 */
export class TaskRunner {
  readonly tasks: number;
  readonly metrics: readonly Metric[];
  readonly #regions: Region[];

  constructor(
    readonly spec: SearchSpec,
    readonly space: Mapspace,
  ) {
    this.metrics = spec.metrics ?? ["edp"];
    if (this.metrics.length === 0) throw new OrreryError("argument", "search: expected at least one metric; got none");
    this.#regions = spec.strategy === "random" ? [] : listRegions(space);
    const samples = spec.samples ?? 2000;
    if (!Number.isSafeInteger(samples) || samples < 1) {
      throw new OrreryError("argument", `search: samples must be a positive integer; got ${samples}`);
    }
    this.tasks = spec.strategy === "random" ? Math.ceil(samples / samplesPerTask) : this.#regions.length + this.guesses;
  }

  /** Runs part `task`; `incumbent` is the best value of the first metric known so far. */
  run(task: number, incumbent: number, shouldStop: () => boolean): TaskResult {
    const tally = new Tally(this.metrics);
    const front = this.spec.front ?? false;
    let isComplete = true;
    if (this.spec.strategy === "random") this.sample(tally, task, shouldStop);
    else if (task < this.guesses) this.guess(tally, task);
    else {
      const options = { front, incumbent, shouldStop, ...this.boundOption() };
      isComplete = new Enumeration(this.space, tally, options).run(this.#regions[task - this.guesses]);
    }
    if (this.spec.strategy === "random" && shouldStop()) isComplete = false;
    return { state: tally.toState(), isComplete };
  }

  private get guesses(): number {
    return this.hasBound && this.space.factorizationCount > smallSpace ? firstGuesses : 0;
  }

  private get hasBound(): boolean {
    return (this.spec.strategy ?? "branch-and-bound") === "branch-and-bound";
  }

  private boundOption(): { bound?: TrafficBound } {
    return this.hasBound ? { bound: new TrafficBound(this.space, this.metrics[0]) } : {};
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
    sampling.improve(new TrafficBound(this.space, this.metrics[0]));
    tally.best = trial.best;
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
