import { Worker } from "node:worker_threads";
import { OrreryError } from "../../errors.ts";
import type { SearchSpec, TaskResult, TaskRunner } from "./search-task.ts";

/** Tasks to run and who runs them. */
export interface TaskPlan {
  readonly tasks: readonly number[];
  /** Worker threads; 0 runs everything here, giving way to other events between tasks. */
  readonly workers: number;
  /** The best value known when a task is handed out. */
  readonly incumbent: () => number;
  readonly accept: (task: number, result: TaskResult) => void;
  readonly signal?: AbortSignal;
  /** Time of day in milliseconds at which running tasks stop. */
  readonly deadline?: number;
}

/** A task as it travels to a worker, and its result on the way back. */
export interface TaskMessage {
  readonly task: number;
  readonly incumbent: number;
  readonly deadline: number | undefined;
}

/**
 * Runs the tasks of a search, in this thread or on workers, and hands each result to `accept` as it comes.
 * @throws OrreryError `runtime` when a worker fails.
 */
export async function runTasks(spec: SearchSpec, runner: TaskRunner, plan: TaskPlan): Promise<void> {
  const queue = [...plan.tasks];
  const isOver = () => plan.signal?.aborted === true || (plan.deadline !== undefined && Date.now() >= plan.deadline);
  if (plan.workers === 0) {
    let yielded = Date.now();
    for (let task = queue.shift(); task !== undefined && !isOver(); task = queue.shift()) {
      plan.accept(task, runner.run(task, plan.incumbent(), isOver));
      if (Date.now() - yielded > 20) {
        await new Promise((resolve) => setImmediate(resolve));
        yielded = Date.now();
      }
    }
    return;
  }
  const workers = Array.from({ length: Math.min(plan.workers, queue.length) }, () => startWorker(spec));
  try {
    await Promise.all(workers.map((worker) => feed(worker, queue, plan, isOver)));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** The compiled worker beside this file or, from TypeScript sources, the source with tsx registered in the thread. */
function startWorker(spec: SearchSpec): Worker {
  const isSource = import.meta.url.endsWith(".ts");
  const file = new URL(isSource ? "./worker.ts" : "./worker.js", import.meta.url);
  if (!isSource) return new Worker(file, { workerData: spec });
  const code = `import("tsx/esm/api").then((tsx) => { tsx.register(); return import(${JSON.stringify(file.href)}); })`;
  return new Worker(code, { eval: true, workerData: spec, execArgv: [] });
}

/** Gives a worker one task after the other until the queue is empty or the time is over. */
function feed(worker: Worker, queue: number[], plan: TaskPlan, isOver: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    let current: number | undefined;
    const next = () => {
      current = isOver() ? undefined : queue.shift();
      if (current === undefined) resolve();
      else
        worker.postMessage({
          task: current,
          incumbent: plan.incumbent(),
          deadline: plan.deadline,
        } satisfies TaskMessage);
    };
    const stop = () => resolve();
    plan.signal?.addEventListener("abort", stop, { once: true });
    worker.on("message", (result: TaskResult) => {
      if (plan.signal?.aborted !== true) plan.accept(current!, result);
      next();
    });
    worker.on("error", (cause) => {
      plan.signal?.removeEventListener("abort", stop);
      reject(new OrreryError("runtime", `mapping search: a worker stopped: ${cause}`, { cause }));
    });
    next();
  });
}
