import type { Key } from "../../engine/random/key.ts";
import { OrreryError } from "../../errors.ts";
import type { IsingModel } from "./model.ts";
import { type BeginMessage, runRestarts } from "./parallel.ts";
import { type BetaRange, betaRangeOf } from "./solvers/beta-range.ts";
import type { ChainState } from "./solvers/chain.ts";
import { kernelProblem } from "./solvers/kernel-problem.ts";
import { chainMaker, type Method } from "./solvers/method.ts";
import type { SliceReport } from "./solvers/restart-runner.ts";

/** How a classical search runs. */
export interface SolveOptions {
  /** The only source of randomness; restart r uses a fold of its own. */
  readonly key: Key;
  /** Default `{ name: "memetic" }`. */
  readonly method?: Method;
  /** Independent restarts; default 10, or without end where `maxSeconds` is given. */
  readonly restarts?: number;
  readonly maxSeconds?: number;
  /** Ends when the objective is at least this good. */
  readonly target?: number;
  /** Worker threads; 0 (default) searches in the calling thread, `availableParallelism()` uses every core. */
  readonly workers?: number;
  /** On abort the running slices are finished and the result so far is answered. */
  readonly signal?: AbortSignal;
  readonly observer?: (event: SolveEvent) => void;
  /** Where to go on: the `state` of a result or of a checkpoint, with the same model, key and method. */
  readonly resume?: SolveState;
}

/** What an observer is told; `seconds` since the call. */
export type SolveEvent =
  | { readonly kind: "improved"; readonly seconds: number; readonly restart: number; readonly objective: number }
  | {
      readonly kind: "restart";
      readonly seconds: number;
      readonly restart: RestartRecord;
      /** The best state it met. */
      readonly spins: Int8Array;
    }
  | { readonly kind: "progress"; readonly seconds: number; readonly sweeps: number; readonly objective: number }
  | { readonly kind: "checkpoint"; readonly seconds: number; readonly state: SolveState };

/** The outcome of one restart. */
export interface RestartRecord {
  readonly restart: number;
  readonly energy: number;
  readonly objective: number;
  readonly sweeps: number;
  readonly flips: number;
}

/** A state with its energy. */
export interface Solution {
  readonly spins: Int8Array;
  readonly energy: number;
  /** In the user's units. */
  readonly objective: number;
  /** The restart that met it. */
  readonly restart: number;
}

/** Where a search stands, as plain data. */
export interface SolveState {
  readonly restarts: readonly RestartRecord[];
  readonly best: Solution | null;
  readonly running: readonly { readonly restart: number; readonly state: ChainState | null }[];
}

/** The outcome of a search. */
export interface SolveResult {
  /** Why it ended. */
  readonly status: "done" | "time" | "target" | "cancelled";
  readonly best: Solution;
  /** The finished restarts, by number. */
  readonly restarts: readonly RestartRecord[];
  /** The temperatures that were found, used where the method gives none. */
  readonly betaRange: BetaRange;
  readonly sweeps: number;
  readonly flips: number;
  readonly seconds: number;
  /** All that a later `resume` needs. */
  readonly state: SolveState;
}

const stateEveryMs = 2000;
const progressEveryMs = 250;

/** The search as its reports come in. */
class Search {
  readonly #model: IsingModel;
  readonly #options: SolveOptions;
  readonly #started = performance.now();
  readonly finished = new Map<number, RestartRecord>();
  readonly #running = new Map<number, { state: ChainState | null; sweeps: number; flips: number }>();
  readonly #queue: BeginMessage[] = [];
  /** The best state of each running restart. */
  readonly #states = new Map<number, Int8Array>();
  readonly #limit: number;
  #next = 0;
  #progressAt = 0;
  #stateToldAt = performance.now();
  best: Solution | null = null;

  constructor(model: IsingModel, options: SolveOptions) {
    this.#model = model;
    this.#options = options;
    this.#limit = options.restarts ?? (options.maxSeconds === undefined ? 10 : Number.POSITIVE_INFINITY);
    const { resume } = options;
    if (resume === undefined) return;
    for (const record of resume.restarts) this.finished.set(record.restart, record);
    this.best = resume.best;
    for (const { restart, state } of resume.running) {
      this.#queue.push({ restart, ...(state === null ? {} : { state }) });
      this.#running.set(restart, { state, sweeps: 0, flips: 0 });
    }
    this.#next = Math.max(-1, ...this.finished.keys(), ...this.#running.keys()) + 1;
  }

  get seconds(): number {
    return (performance.now() - this.#started) / 1000;
  }

  next(): BeginMessage | undefined {
    const waiting = this.#queue.shift();
    if (waiting !== undefined) return waiting;
    if (this.#next >= this.#limit) return undefined;
    const restart = this.#next++;
    this.#running.set(restart, { state: null, sweeps: 0, flips: 0 });
    return { restart };
  }

  accept(report: SliceReport): void {
    const { restart, isDone, energy, spins, sweeps, flips, state } = report;
    const { observer } = this.#options;
    const { seconds } = this;
    if (spins !== undefined) this.#states.set(restart, spins);
    if (spins !== undefined && this.#isBetter(energy, restart)) {
      const objective = this.#model.objectiveOf(energy);
      const isLower = energy < (this.best?.energy ?? Number.POSITIVE_INFINITY);
      this.best = { spins, energy, objective, restart };
      if (isLower) observer?.({ kind: "improved", seconds, restart, objective });
    }
    if (isDone) {
      const record = { restart, energy, objective: this.#model.objectiveOf(energy), sweeps, flips };
      this.finished.set(restart, record);
      this.#running.delete(restart);
      observer?.({ kind: "restart", seconds, restart: record, spins: this.#states.get(restart) as Int8Array });
      this.#states.delete(restart);
    } else {
      const before = this.#running.get(restart)?.state ?? null;
      this.#running.set(restart, { state: state ?? before, sweeps, flips });
    }
    // Restarts shorter than a slice never report a state of their own.
    if (state !== undefined || performance.now() - this.#stateToldAt >= stateEveryMs) {
      this.#stateToldAt = performance.now();
      observer?.({ kind: "checkpoint", seconds, state: this.toState() });
    }
    if (performance.now() - this.#progressAt < progressEveryMs || this.best === null) return;
    this.#progressAt = performance.now();
    observer?.({ kind: "progress", seconds, sweeps: this.total("sweeps"), objective: this.best.objective });
  }

  /** Lower, or as low in an earlier restart: so the answer does not depend on who was faster. */
  #isBetter(energy: number, restart: number): boolean {
    if (this.best === null || energy < this.best.energy) return true;
    return energy === this.best.energy && restart < this.best.restart;
  }

  total(what: "sweeps" | "flips"): number {
    let sum = 0;
    for (const record of this.finished.values()) sum += record[what];
    for (const chain of this.#running.values()) sum += chain[what];
    return sum;
  }

  /** Why to end before all restarts are made, if so. */
  get ending(): "cancelled" | "target" | "time" | undefined {
    const { signal, target, maxSeconds } = this.#options;
    if (signal?.aborted) return "cancelled";
    if (target !== undefined && this.best !== null) {
      const energy = this.#model.energyOfObjective(target);
      if (this.best.energy <= energy + 1e-9 * Math.abs(energy)) return "target";
    }
    return maxSeconds !== undefined && this.seconds >= maxSeconds ? "time" : undefined;
  }

  get isUnfinished(): boolean {
    return this.#running.size > 0 || this.#next < this.#limit;
  }

  toState(): SolveState {
    const running = [...this.#running].map(([restart, { state }]) => ({ restart, state }));
    const restarts = [...this.finished.values()].sort((a, b) => a.restart - b.restart);
    return { restarts, best: this.best, running: running.sort((a, b) => a.restart - b.restart) };
  }
}

function checkOptions({ restarts, maxSeconds, workers = 0 }: SolveOptions): void {
  if (restarts !== undefined && !(Number.isInteger(restarts) && restarts >= 1)) {
    throw new OrreryError("argument", `ising solve: expected restarts, a whole number of at least 1; got ${restarts}`);
  }
  if (maxSeconds !== undefined && !(maxSeconds > 0)) {
    throw new OrreryError("argument", `ising solve: expected maxSeconds above 0; got ${maxSeconds}`);
  }
  if (!Number.isInteger(workers) || workers < 0) {
    throw new OrreryError("argument", `ising solve: expected a whole number of workers; got ${workers}`);
  }
}

/**
 * Searches the states of lowest energy with a classical method: independent restarts, each with a key of its own, on as many
 * threads as asked. Limited by restarts alone, the result depends on nothing but model, key and method, however many
 * workers there were and however often it was stopped and resumed.
 * @throws OrreryError `argument` for impossible options or settings, `runtime` when a worker fails.
 */
export async function solve(model: IsingModel, options: SolveOptions): Promise<SolveResult> {
  checkOptions(options);
  const { key, method = { name: "memetic" }, workers = 0 } = options;
  const [rangeKey, chainKey] = key.split(2);
  const problem = kernelProblem(model);
  const range = betaRangeOf(problem, rangeKey);
  chainMaker(problem, method, range);
  const search = new Search(model, options);
  await runRestarts(
    { definition: model.toDefinition(), method, range, key: chainKey.toJSON() },
    {
      next: () => search.next(),
      workers: Math.min(workers, options.restarts ?? workers),
      accept: (report) => search.accept(report),
      isOver: () => search.ending !== undefined,
      stateEveryMs,
    },
  );
  return {
    status: search.isUnfinished ? (search.ending ?? "done") : "done",
    best: search.best as Solution,
    ...{ betaRange: range, sweeps: search.total("sweeps"), flips: search.total("flips"), seconds: search.seconds },
    ...{ restarts: search.toState().restarts, state: search.toState() },
  };
}
