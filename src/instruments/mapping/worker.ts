import { parentPort, workerData } from "node:worker_threads";
import { Mapspace } from "./mapspace.ts";
import type { TaskMessage } from "./parallel.ts";
import { type SearchSpec, TaskRunner } from "./search-task.ts";

const spec = workerData as SearchSpec;
const runner = new TaskRunner(spec, new Mapspace(spec.problem, spec.architecture, spec.constraints));

parentPort?.on("message", ({ task, incumbent, deadline }: TaskMessage) => {
  const isOver = () => deadline !== undefined && Date.now() >= deadline;
  parentPort?.postMessage(runner.run(task, incumbent, isOver));
});
