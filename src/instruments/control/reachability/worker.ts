import { parentPort, workerData } from "node:worker_threads";
import { sweepRows } from "./kernel/sweeper.ts";
import type { DoneMessage, WorkerSpec, WorkMessage } from "./kernel/team.ts";
import { instantiateKernel } from "./kernel/web-assembly.ts";

const { module, memory, share, meeting, threads, size } = workerData as WorkerSpec;
const kernel = instantiateKernel(module, memory);
const lanes = 16 / size;
const results =
  size === 4
    ? new Float32Array(memory.buffer, share.scratch, lanes)
    : new Float64Array(memory.buffer, share.scratch, lanes);

/** How often a thread looks before it sleeps: a few microseconds, less than waking takes. */
const looks = 2000;

/** Waits until all threads are here. */
function meet(): void {
  const round = Atomics.load(meeting, 1);
  if (Atomics.add(meeting, 0, 1) === threads - 1) {
    Atomics.store(meeting, 0, 0);
    Atomics.add(meeting, 1, 1);
    Atomics.notify(meeting, 1);
    return;
  }
  for (let i = 0; i < looks; i++) if (Atomics.load(meeting, 1) !== round) return;
  while (Atomics.load(meeting, 1) === round) Atomics.wait(meeting, 1, round);
}

parentPort?.on("message", (stages: WorkMessage) => {
  for (const stage of stages) {
    sweepRows(kernel, stage, share);
    meet();
  }
  const answer: DoneMessage = { change: Math.max(...results) };
  parentPort?.postMessage(answer);
});
