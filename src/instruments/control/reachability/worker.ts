import { parentPort, workerData } from "node:worker_threads";
import type { StageArguments } from "./kernel/stage-list.ts";
import { sweepRows } from "./kernel/sweeper.ts";
import type { DoneMessage, WorkerSpec, WorkMessage } from "./kernel/team.ts";
import { instantiateKernel } from "./kernel/web-assembly.ts";

const { module, memory, shares, thread, meeting, chunk, size } = workerData as WorkerSpec;
const kernel = instantiateKernel(module, memory);
const { scratch } = shares[thread];
const lanes = 16 / size;
const results =
  size === 4 ? new Float32Array(memory.buffer, scratch, lanes) : new Float64Array(memory.buffer, scratch, lanes);

/** Places in `meeting`. */
const arrived = 0;
const round = 1;
const taken = 2;

/** How often a thread looks before it sleeps: a few microseconds, less than waking takes. */
const looks = 2000;

/** Waits until all threads are here; the last one gives all slabs free again. */
function meet(): void {
  const now = Atomics.load(meeting, round);
  if (Atomics.add(meeting, arrived, 1) === shares.length - 1) {
    Atomics.store(meeting, arrived, 0);
    for (let i = 0; i < shares.length; i++) Atomics.store(meeting, taken + i, 0);
    Atomics.add(meeting, round, 1);
    Atomics.notify(meeting, round);
    return;
  }
  for (let i = 0; i < looks; i++) if (Atomics.load(meeting, round) !== now) return;
  while (Atomics.load(meeting, round) === now) Atomics.wait(meeting, round, now);
}

/** One stage on this thread's slab and then on what is left of the others. */
function runStage(stage: StageArguments): number {
  let change = 0;
  for (let k = 0; k < shares.length; k++) {
    const slab = (thread + k) % shares.length;
    const { from, to } = shares[slab];
    for (;;) {
      const start = from + chunk * Atomics.add(meeting, taken + slab, 1);
      if (start >= to) break;
      sweepRows(kernel, stage, { from: start, to: Math.min(to, start + chunk), scratch });
      change = Math.max(change, ...results);
    }
  }
  return change;
}

parentPort?.on("message", (stages: WorkMessage) => {
  let change = 0;
  for (const stage of stages) {
    change = runStage(stage);
    meet();
  }
  const answer: DoneMessage = { change };
  parentPort?.postMessage(answer);
});
