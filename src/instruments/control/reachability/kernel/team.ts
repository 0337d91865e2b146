import type { Worker } from "node:worker_threads";
import { OrreryError } from "../../../../errors.ts";
import { startWorker } from "../../../../start-worker.ts";
import type { Kernel } from "./kernel.ts";
import type { StageArguments } from "./stage-list.ts";
import type { Share, Sweeper } from "./sweeper.ts";
import type { KernelMemory } from "./web-assembly.ts";

/** What a worker of a team is started with. */
export interface WorkerSpec {
  readonly module: object;
  readonly memory: KernelMemory;
  /** The slab of every thread, and which of them is this worker's own. */
  readonly shares: readonly Share[];
  readonly thread: number;
  /** How the threads wait for each other: the number arrived, the number of the meeting, then how much of every slab is taken. */
  readonly meeting: Int32Array;
  /** Rows that are taken at once. */
  readonly chunk: number;
  /** Bytes of a number. */
  readonly size: number;
}

/** The stages that a worker runs, meeting the others after each. */
export type WorkMessage = readonly StageArguments[];

/** A worker's answer: the largest change of the last step on its rows. */
export interface DoneMessage {
  readonly change: number;
}

/**
 * Runs stages on worker threads, each on its slab of rows along the first axis, with one meeting of all after every stage. Who
 * is done with a slab helps with the others, so that a thread that the machine keeps waiting holds up no more than a chunk.
 */
export class Team implements Sweeper {
  readonly #workers: readonly Worker[];
  #failure: OrreryError | undefined;
  change = 0;

  constructor(kernel: Kernel, module: object, memory: KernelMemory) {
    const threads = kernel.scratch.length;
    const meeting = new Int32Array(new SharedArrayBuffer(4 * (2 + threads)));
    const shares = kernel.scratch.map((scratch, i) => ({
      from: cut(kernel, i, threads),
      to: cut(kernel, i + 1, threads),
      scratch,
    }));
    const chunk = Math.max(1, Math.ceil(kernel.layout.rows / (threads * chunksPerSlab)));
    this.#workers = shares.map((_, thread) => {
      const worker = startWorker<WorkerSpec>(import.meta.url, "../worker", {
        module,
        memory,
        shares,
        thread,
        meeting,
        chunk,
        size: kernel.layout.size,
      });
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

/** Few enough that taking one costs nothing, many enough that waiting for the last costs little. */
const chunksPerSlab = 8;

/** The first row of a thread's slab: whole layers of the first axis where there are enough of them, else any row. */
function cut({ layout, problem }: Kernel, thread: number, threads: number): number {
  const layers = problem.grid.shape[0];
  const unit = problem.grid.axes.length > 1 && layers >= 8 * threads ? layout.rows / layers : 1;
  return Math.round((layout.rows / unit) * (thread / threads)) * unit;
}
