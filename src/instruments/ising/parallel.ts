import { setImmediate as nextTurn } from "node:timers/promises";
import type { Worker } from "node:worker_threads";
import { OrreryError } from "../../errors.ts";
import { startWorker } from "../../start-worker.ts";
import type { ChainState } from "./solvers/chain.ts";
import { RestartRunner, type RunnerSpec, type SliceReport } from "./solvers/restart-runner.ts";

/** A restart handed to a worker, and where it was left. */
export interface BeginMessage {
  readonly restart: number;
  readonly state?: ChainState;
}

/** What a worker is started with. */
export interface WorkerSpec {
  readonly spec: RunnerSpec;
  /** One shared integer: 1 asks for an end after the running slice. */
  readonly stop: Int32Array;
  /** How often a report carries the state. */
  readonly stateEveryMs: number;
}

/** Restarts to be made and who makes them. */
export interface RestartPlan {
  /** The next restart, or undefined when there is none. */
  readonly next: () => BeginMessage | undefined;
  /** Worker threads; 0 runs everything here, giving way to other events between slices. */
  readonly workers: number;
  readonly accept: (report: SliceReport) => void;
  /** Whether to end after the running slice. */
  readonly isOver: () => boolean;
  readonly stateEveryMs: number;
}

/** Makes restarts, in this thread or on workers, and hands every report to `accept`. @throws OrreryError `runtime` when a worker fails. */
export async function runRestarts(spec: RunnerSpec, plan: RestartPlan): Promise<void> {
  if (plan.workers === 0) return runHere(spec, plan);
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const workers = Array.from({ length: plan.workers }, () =>
    startWorker<WorkerSpec>(import.meta.url, "./worker", { spec, stop, stateEveryMs: plan.stateEveryMs }),
  );
  const clock = setInterval(() => {
    if (plan.isOver()) Atomics.store(stop, 0, 1);
  }, 10);
  try {
    await Promise.all(workers.map((worker) => feed(worker, plan, stop)));
  } finally {
    clearInterval(clock);
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

async function runHere(spec: RunnerSpec, plan: RestartPlan): Promise<void> {
  const runner = new RestartRunner(spec);
  let savedAt = performance.now();
  for (let begin = plan.next(); begin !== undefined; begin = plan.isOver() ? undefined : plan.next()) {
    runner.begin(begin.restart, begin.state);
    for (;;) {
      const isOver = plan.isOver();
      const isDue = isOver || performance.now() - savedAt >= plan.stateEveryMs;
      if (isDue) savedAt = performance.now();
      const report = runner.slice(isDue);
      plan.accept(report);
      // Also after restarts shorter than a slice: signals and timers wait for this.
      await nextTurn();
      if (report.isDone || isOver) break;
    }
  }
}

/** Gives a worker one restart after the other until there is none or the time is over. */
function feed(worker: Worker, plan: RestartPlan, stop: Int32Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const next = () => {
      const begin = Atomics.load(stop, 0) === 1 ? undefined : plan.next();
      if (begin === undefined) resolve();
      else worker.postMessage(begin);
    };
    worker.on("message", (report: SliceReport) => {
      plan.accept(report);
      if (plan.isOver()) Atomics.store(stop, 0, 1);
      if (report.isDone) next();
      else if (report.state !== undefined && Atomics.load(stop, 0) === 1) resolve();
    });
    worker.on("error", (cause) => {
      reject(new OrreryError("runtime", `ising solve: a worker stopped: ${cause}`, { cause }));
    });
    next();
  });
}
