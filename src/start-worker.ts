import { Worker } from "node:worker_threads";

/**
 * Starts a worker thread: the compiled module beside the caller or, from TypeScript sources, the source with tsx registered in the thread.
 * @param base the caller's `import.meta.url`
 * @param path of the worker's module from there, without its ending: `"./worker"`
 */
export function startWorker<Data = undefined>(base: string, path: string, workerData?: Data): Worker {
  const isSource = base.endsWith(".ts");
  const file = new URL(`${path}${isSource ? ".ts" : ".js"}`, base);
  if (!isSource) return new Worker(file, { workerData });
  // Resolved here: evaluated code would look for tsx where the process was started.
  const loader = JSON.stringify(import.meta.resolve("tsx/esm/api"));
  const code = `import(${loader}).then((tsx) => { tsx.register(); return import(${JSON.stringify(file.href)}); })`;
  return new Worker(code, { eval: true, workerData, execArgv: [] });
}
