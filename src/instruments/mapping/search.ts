import { OrreryError } from "../../errors.ts";
import { searchKey } from "./cache.ts";
import { type Evaluation, evaluate } from "./evaluation.ts";
import type { Mapping } from "./mapping.ts";
import { Mapspace } from "./mapspace.ts";
import { runTasksHere, type TaskPlan, WorkerPool } from "./parallel.ts";
import { type SearchSpec, type TaskResult, TaskRunner } from "./search-task.ts";
import { type Candidate, type Cost, type InvalidReason, Tally, type TallyState } from "./tally.ts";

/** How a search runs, apart from what it searches. */
export interface SearchControl {
  /** Worker threads, or a pool of them to share; 0 searches in the calling thread, and so do all small searches. */
  readonly workers?: number | WorkerPool;
  readonly maxSeconds?: number;
  readonly signal?: AbortSignal;
  /** Called after each finished part. */
  readonly onProgress?: (progress: SearchProgress) => void;
  /** Called after each finished part; `take` copies all that a later `resume` needs. */
  readonly onCheckpoint?: (take: () => SearchCheckpoint) => void;
  readonly resume?: SearchCheckpoint;
}

/** Where a search stands. */
export interface SearchProgress {
  readonly done: number;
  readonly parts: number;
  readonly tried: number;
  readonly valid: number;
  readonly bestValue: number;
}

/** The finished parts of a search and what they found, as plain data. */
export interface SearchCheckpoint {
  /** `searchKey` of the search. */
  readonly key: string;
  readonly done: readonly number[];
  readonly tally: TallyState;
}

/** A mapping found, with its cost. */
export interface FoundMapping extends Cost {
  readonly mapping: Mapping;
}

/** The outcome of a search. */
export interface SearchResult {
  /** The best mapping with its full evaluation; null when none fits. */
  readonly best: (FoundMapping & { readonly evaluation: Evaluation }) | null;
  /** Non-dominated mappings in energy, cycles and stored bits, cheapest energy first; empty unless asked for. */
  readonly front: readonly FoundMapping[];
  /** Exact number of mappings in the space, and of cut-ups (factorisations × storage choices). */
  readonly size: bigint;
  readonly cutUps: bigint;
  readonly tried: number;
  readonly valid: number;
  readonly evaluated: number;
  readonly pruned: number;
  /** Why cut-ups did not fit, commonest first. */
  readonly invalid: readonly InvalidReason[];
  /** Whether the whole space was covered. */
  readonly isComplete: boolean;
  /** No mapping of the space has a smaller first metric than this. */
  readonly lowerBound: number;
  /** `best / lowerBound − 1`: 0 when the best is proven. */
  readonly gap: number;
  readonly seconds: number;
}

/** Spaces of so many cut-ups are done before a thread has started. */
const smallSpace = 400_000n;

/**
 * Searches the map space of one problem on one architecture. `branch-and-bound` and `exhaustive` visit everything and
 * prove the optimum of the first metric; `random` draws mappings. The result does not depend on the number of workers
 * nor on interruptions, unless time was up.
 * @throws OrreryError `argument` for an impossible problem or constraint, or a checkpoint of another search; `cancelled` on abort.
 * When nothing fits, `best` is null and `invalid` says why; see `explainNoMapping`.
 */
export async function search(spec: SearchSpec, control: SearchControl = {}): Promise<SearchResult> {
  const started = performance.now();
  const space = new Mapspace(spec.problem, spec.architecture, spec.constraints);
  const runner = new TaskRunner(spec, space);
  const pool = poolOf(control, space);
  const key = searchKey(spec);
  const { resume } = control;
  if (resume !== undefined && resume.key !== key) {
    throw new OrreryError("argument", `mapping search: the checkpoint belongs to another search`, {
      hint: "Something that matters was changed since: search anew, without the checkpoint.",
    });
  }
  const progress = new SearchState(key, runner, control);
  try {
    pool?.pool.start();
    await runTasksHere(runner, progress.plan(0, runner.guesses));
    const rest = progress.plan(runner.guesses, runner.tasks);
    await (pool === undefined ? runTasksHere(runner, rest) : pool.pool.run(spec, rest));
  } finally {
    if (pool?.isOwn === true) await pool.pool.close();
  }
  if (control.signal?.aborted === true) throw new OrreryError("cancelled", "mapping search: cancelled");
  return summarize(runner, progress, (performance.now() - started) / 1000);
}

function poolOf({ workers = 0 }: SearchControl, space: Mapspace): { pool: WorkerPool; isOwn: boolean } | undefined {
  if (workers === 0 || space.factorizationCount * BigInt(space.storages.length) <= smallSpace) return undefined;
  return typeof workers === "number" ? { pool: new WorkerPool(workers), isOwn: true } : { pool: workers, isOwn: false };
}

/** What a search has found, part by part. */
class SearchState {
  readonly tally: Tally;
  readonly done: Set<number>;
  readonly #partial: Tally;
  readonly #deadline: number | undefined;

  constructor(
    readonly key: string,
    readonly runner: TaskRunner,
    readonly control: SearchControl,
  ) {
    this.tally = new Tally(runner.metrics);
    this.#partial = new Tally(runner.metrics);
    this.done = new Set<number>(control.resume?.done);
    if (control.resume !== undefined) this.tally.merge(control.resume.tally);
    this.#deadline = control.maxSeconds === undefined ? undefined : Date.now() + control.maxSeconds * 1000;
  }

  /** The parts `from … to − 1` that are not done yet. */
  plan(from: number, to: number): TaskPlan {
    const { signal } = this.control;
    return {
      tasks: Array.from({ length: to - from }, (_, i) => from + i).filter((i) => !this.done.has(i)),
      incumbent: this.tally.guessedValue,
      accept: (task, result) => this.accept(task, result),
      ...(signal === undefined ? {} : { signal }),
      ...(this.#deadline === undefined ? {} : { deadline: this.#deadline }),
    };
  }

  /** Adds what unfinished parts have seen; only at the end. */
  addPartial(): void {
    this.tally.merge(this.#partial.toState());
  }

  private accept(task: number, result: TaskResult): void {
    if (!result.isComplete) {
      this.#partial.merge(result.state);
      return;
    }
    this.tally.merge(result.state);
    this.done.add(task);
    const { tally, done } = this;
    const { tried, valid, bestValue } = tally;
    this.control.onProgress?.({ done: done.size, parts: this.runner.tasks, tried, valid, bestValue });
    this.control.onCheckpoint?.(() => ({
      key: this.key,
      done: [...done].sort((a, b) => a - b),
      tally: tally.toState(),
    }));
  }
}

function summarize(runner: TaskRunner, progress: SearchState, seconds: number): SearchResult {
  const { space, spec } = runner;
  const { tally, done } = progress;
  const open = Array.from({ length: runner.tasks }, (_, i) => i).filter((i) => !done.has(i));
  const isRandom = spec.strategy === "random";
  const isComplete = open.length === 0 && !isRandom && tally.cutShort === 0;
  progress.addPartial();
  const unseen = isRandom ? [0] : open;
  const bound = Math.min(tally.openBound, ...unseen.map((task) => runner.boundOf(task)));
  const found = ({ point, ...cost }: Candidate): FoundMapping => ({ mapping: space.toMapping(point), ...cost });
  const state = tally.toState();
  const best = tally.best === null ? null : found(tally.best);
  const lowerBound = Math.min(tally.bestValue, bound);
  return {
    best: best === null ? null : { ...best, evaluation: evaluate(space.problem, space.architecture, best.mapping) },
    front: state.front.map(found),
    size: space.size,
    cutUps: space.factorizationCount * BigInt(space.storages.length),
    tried: tally.tried,
    valid: tally.valid,
    evaluated: tally.evaluated,
    pruned: tally.pruned,
    invalid: state.invalid,
    isComplete,
    lowerBound,
    gap: best === null ? Number.POSITIVE_INFINITY : tally.bestValue / lowerBound - 1,
    seconds,
  };
}
