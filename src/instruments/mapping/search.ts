import { OrreryError } from "../../errors.ts";
import { type Evaluation, evaluate } from "./evaluation.ts";
import type { Mapping } from "./mapping.ts";
import { Mapspace } from "./mapspace.ts";
import { runTasks } from "./parallel.ts";
import { type SearchSpec, type TaskResult, TaskRunner } from "./search-task.ts";
import { type Candidate, type Cost, type InvalidReason, metricValue, Tally, type TallyState } from "./tally.ts";
import { TrafficBound } from "./traffic-bound.ts";

/** How a search runs, apart from what it searches. */
export interface SearchControl {
  /** Worker threads; 0 searches in the calling thread. */
  readonly workers?: number;
  readonly maxSeconds?: number;
  readonly signal?: AbortSignal;
  /** Called after each finished part. */
  readonly onProgress?: (progress: SearchProgress) => void;
  /** Called after each finished part with all that a later `resume` needs. */
  readonly onCheckpoint?: (checkpoint: SearchCheckpoint) => void;
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

/**
 * Searches the map space of one problem on one architecture. `branch-and-bound` and `exhaustive` visit everything and
 * prove the optimum of the first metric; `random` draws mappings. The result does not depend on the number of workers
 * nor on interruptions.
 * @throws OrreryError `argument` for an impossible problem or constraint, `cancelled` on abort.
 * When nothing fits, `best` is null and `invalid` says why; see `explainNoMapping`.
 */
export async function search(spec: SearchSpec, control: SearchControl = {}): Promise<SearchResult> {
  const started = performance.now();
  const space = new Mapspace(spec.problem, spec.architecture, spec.constraints);
  const runner = new TaskRunner(spec, space);
  const tally = new Tally(spec.metrics ?? ["edp"]);
  const done = new Set<number>(control.resume?.done);
  if (control.resume !== undefined) tally.merge(control.resume.tally);
  const partial = new Tally(tally.metrics);
  const deadline = control.maxSeconds === undefined ? undefined : Date.now() + control.maxSeconds * 1000;
  const accept = (task: number, result: TaskResult) => {
    if (!result.isComplete) {
      partial.merge(result.state);
      return;
    }
    tally.merge(result.state);
    done.add(task);
    control.onProgress?.({
      done: done.size,
      parts: runner.tasks,
      tried: tally.tried,
      valid: tally.valid,
      bestValue: tally.bestValue,
    });
    control.onCheckpoint?.({ done: [...done].sort((a, b) => a - b), tally: tally.toState() });
  };
  await runTasks(spec, runner, {
    tasks: Array.from({ length: runner.tasks }, (_, i) => i).filter((i) => !done.has(i)),
    workers: control.workers ?? 0,
    incumbent: () => Math.min(tally.bestValue, partial.bestValue),
    ...(control.signal === undefined ? {} : { signal: control.signal }),
    ...(deadline === undefined ? {} : { deadline }),
    accept,
  });
  if (control.signal?.aborted === true) throw new OrreryError("cancelled", "mapping search: cancelled");
  const isComplete = done.size === runner.tasks && spec.strategy !== "random";
  tally.merge(partial.toState());
  return summarize(space, tally, isComplete, (performance.now() - started) / 1000);
}

function summarize(space: Mapspace, tally: Tally, isComplete: boolean, seconds: number): SearchResult {
  const found = (c: Candidate): FoundMapping => ({
    mapping: space.toMapping(c.point),
    energyPicojoules: c.energyPicojoules,
    cycles: c.cycles,
    lastLevelAccesses: c.lastLevelAccesses,
    storedBits: c.storedBits,
  });
  const state = tally.toState();
  const best = tally.best === null ? null : found(tally.best);
  const proven = Math.min(tally.bestValue, tally.openBound);
  const lowerBound = isComplete ? proven : boundWholeSpace(space, tally);
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
    gap: tally.best === null ? Number.POSITIVE_INFINITY : metricValue(tally.metrics[0], tally.best) / lowerBound - 1,
    seconds,
  };
}

/** Compulsory traffic of the whole space, before any dimension is cut: the smallest over the storage choices. */
function boundWholeSpace(space: Mapspace, tally: Tally): number {
  return Math.min(...space.storages.map((_, i) => TrafficBound.ofSpace(space, tally.metrics[0], i)));
}
