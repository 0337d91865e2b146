import type { Worker } from "node:worker_threads";
import { OrreryError } from "../../errors.ts";
import { startWorker } from "../../start-worker.ts";
import { TimeSlice } from "../../time-slice.ts";
import type { SearchSpec, TaskResult, TaskRunner } from "./search-task.ts";

/** Tasks to run and what to do with their results. */
export interface TaskPlan {
  readonly tasks: readonly number[];
  /** The value of the first metric that parts have to beat, or to equal. */
  readonly incumbent: number;
  readonly accept: (task: number, result: TaskResult) => void;
  readonly signal?: AbortSignal;
  /** Time of day in milliseconds at which running tasks stop. */
  readonly deadline?: number;
}

/** A task as it travels to a worker. The search comes along with the first task of a run. */
export interface TaskMessage {
  readonly spec: SearchSpec | undefined;
  readonly task: number;
  readonly incumbent: number;
  readonly deadline: number | undefined;
}

const isOver = ({ signal, deadline }: TaskPlan) =>
  signal?.aborted === true || (deadline !== undefined && Date.now() >= deadline);

/** Runs the tasks of a search in this thread, giving way to other events now and then. */
export async function runTasksHere(runner: TaskRunner, plan: TaskPlan): Promise<void> {
  const slice = new TimeSlice(20);
  for (const task of plan.tasks) {
    if (isOver(plan)) return;
    plan.accept(
      task,
      runner.run(task, plan.incumbent, () => isOver(plan)),
    );
    if (slice.isOver) await slice.next();
  }
}

/** Worker threads for searches, one search after the other. They start with the first one and end with `close`. */
export class WorkerPool {
  #workers: Worker[] = [];

  constructor(readonly size: number) {}

  /** Starts the threads, so that they are ready when the tasks come. */
  start(): void {
    while (this.#workers.length < this.size) this.#workers.push(startWorker(import.meta.url, "./worker"));
  }

  /**
   * Runs the tasks of a search and hands each result to `accept` as it comes.
   * @throws OrreryError `runtime` when a worker fails.
   */
  async run(spec: SearchSpec, plan: TaskPlan): Promise<void> {
    this.start();
    const queue = [...plan.tasks];
    const serve = async (worker: Worker) => {
      let isFirst = true;
      for (let task = queue.shift(); task !== undefined && !isOver(plan); task = queue.shift()) {
        const { incumbent, deadline } = plan;
        const result = await ask(worker, { spec: isFirst ? spec : undefined, task, incumbent, deadline });
        isFirst = false;
        if (plan.signal?.aborted !== true) plan.accept(task, result);
      }
    };
    const aborted = new Promise<void>((resolve) => {
      if (plan.signal?.aborted === true) resolve();
      plan.signal?.addEventListener("abort", () => resolve(), { once: true });
    });
    try {
      await Promise.race([Promise.all(this.#workers.map(serve)), aborted]);
    } catch (cause) {
      await this.close();
      throw cause;
    }
    // A worker in the middle of a task cannot be asked to stop.
    if (plan.signal?.aborted === true) await this.close();
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    await Promise.all(this.#workers.splice(0).map((worker) => worker.terminate()));
  }
}

function ask(worker: Worker, message: TaskMessage): Promise<TaskResult> {
  return new Promise((resolve, reject) => {
    const forget = () => {
      worker.off("message", answer);
      worker.off("error", fail);
    };
    const answer = (result: TaskResult) => {
      forget();
      resolve(result);
    };
    const fail = (cause: unknown) => {
      forget();
      reject(new OrreryError("runtime", `mapping search: a worker stopped: ${cause}`, { cause }));
    };
    worker.on("message", answer);
    worker.on("error", fail);
    worker.postMessage(message);
  });
}
