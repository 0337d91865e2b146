import { parentPort } from "node:worker_threads";
import { Mapspace } from "./mapspace.ts";
import type { TaskMessage } from "./parallel.ts";
import { TaskRunner } from "./search-task.ts";

let runner: TaskRunner | undefined;

parentPort?.on("message", ({ spec, task, incumbent, deadline }: TaskMessage) => {
  if (spec !== undefined)
    runner = new TaskRunner(spec, new Mapspace(spec.problem, spec.architecture, spec.constraints));
  const isOver = () => deadline !== undefined && Date.now() >= deadline;
  parentPort?.postMessage(runner?.run(task, incumbent, isOver));
});
