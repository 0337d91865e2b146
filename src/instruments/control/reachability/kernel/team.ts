import { Worker } from "node:worker_threads";
import { OrreryError } from "../../../../errors.ts";
import type { Kernel } from "./kernel.ts";
import type { StageArguments } from "./stage-list.ts";
import type { Share, Sweeper } from "./sweeper.ts";
import type { KernelMemory } from "./web-assembly.ts";

/** What a worker of a team is started with. */
export interface WorkerSpec {
  readonly module: object;
  readonly memory: KernelMemory;
  readonly share: Share;
  /** How the threads wait for each other: the number arrived, and the number of the meeting. */
  readonly meeting: Int32Array;
  readonly threads: number;
  /** Bytes of a number. */
  readonly size: number;
}

/** The stages that a worker runs, meeting the others after each. */
export type WorkMessage = readonly StageArguments[];

/** A worker's answer: the largest change of the last step on its rows. */
export interface DoneMessage {
  readonly change: number;
}

/** Runs stages on worker threads, each on its slab of rows along the first axis, with one meeting of all after every stage. */
export class Team implements Sweeper {
  readonly #workers: readonly Worker[];
  #failure: OrreryError | undefined;
  change = 0;

  constructor(kernel: Kernel, module: object, memory: KernelMemory) {
    const threads = kernel.scratch.length;
    const meeting = new Int32Array(new SharedArrayBuffer(8));
    this.#workers = kernel.scratch.map((scratch, i) => {
      const share = { from: cut(kernel, i, threads), to: cut(kernel, i + 1, threads), scratch };
      const worker = startWorker({ module, memory, share, meeting, threads, size: kernel.layout.size });
      worker.on("error", (cause) => {
        this.#failure = new OrreryError("runtime", `reachability solve: a worker stopped: ${cause}`, { cause });
      });
      worker.unref();
      return worker;
    });
  }

  async run(stages: readonly StageArguments[]): Promise<void> {
    const answers = await Promise.all(this.#workers.map((worker) => this.#ask(worker, stages)));
    if (stages[stages.length - 1].active !== 0) this.change = Math.max(...answers.map((answer) => answer.change));
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #ask(worker: Worker, stages: WorkMessage): Promise<DoneMessage> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) throw this.#failure;
      const settle = () => {
        worker.off("message", onMessage);
        worker.off("error", onError);
        worker.unref();
      };
      const onMessage = (answer: DoneMessage) => {
        settle();
        resolve(answer);
      };
      const onError = () => {
        settle();
        reject(this.#failure);
      };
      worker.ref();
      worker.on("message", onMessage);
      worker.on("error", onError);
      worker.postMessage(stages);
    });
  }
}

/** The first row of a thread's slab: whole layers of the first axis where there are enough of them, else any row. */
function cut({ layout, problem }: Kernel, thread: number, threads: number): number {
  const layers = problem.grid.shape[0];
  const unit = problem.grid.axes.length > 1 && layers >= 8 * threads ? layout.rows / layers : 1;
  return Math.round((layout.rows / unit) * (thread / threads)) * unit;
}

/** The compiled worker beside this file or, from TypeScript sources, the source with tsx registered in the thread. */
function startWorker(workerData: WorkerSpec): Worker {
  const isSource = import.meta.url.endsWith(".ts");
  const file = new URL(isSource ? "../worker.ts" : "../worker.js", import.meta.url);
  if (!isSource) return new Worker(file, { workerData });
  const code = `import("tsx/esm/api").then((tsx) => { tsx.register(); return import(${JSON.stringify(file.href)}); })`;
  return new Worker(code, { eval: true, workerData, execArgv: [] });
}
