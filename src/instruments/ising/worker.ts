import { parentPort, workerData } from "node:worker_threads";
import type { BeginMessage, WorkerSpec } from "./parallel.ts";
import { RestartRunner } from "./solvers/restart-runner.ts";

const { spec, stop, stateEveryMs } = workerData as WorkerSpec;
const runner = new RestartRunner(spec);

parentPort?.on("message", ({ restart, state }: BeginMessage) => {
  runner.begin(restart, state);
  let savedAt = performance.now();
  for (;;) {
    const isStopped = Atomics.load(stop, 0) === 1;
    const isDue = isStopped || performance.now() - savedAt >= stateEveryMs;
    if (isDue) savedAt = performance.now();
    const report = runner.slice(isDue);
    parentPort?.postMessage(report);
    if (report.isDone || isStopped) return;
  }
});
