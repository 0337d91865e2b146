import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { replaceFileSync, runFiles } from "./run-folder.ts";

/** How often a run or a sweep looks whether somebody asked it to stop. */
const lookEveryMs = 500;

/** Asks the process that writes a run, or starts the trials of a sweep, to stop after its step, wherever it is. */
export function requestCancel(folder: string): void {
  replaceFileSync(join(folder, runFiles.cancelRequest), new Date().toISOString());
}

/** A signal that is aborted with `own`, or when somebody writes the request into the folder; requests before this one are over. */
export function watchForCancel(
  folder: string,
  own: AbortSignal | undefined,
): { signal: AbortSignal; stop: () => void } {
  const request = new AbortController();
  const path = join(folder, runFiles.cancelRequest);
  rmSync(path, { force: true });
  const timer = setInterval(() => existsSync(path) && request.abort(), lookEveryMs);
  timer.unref();
  const signal = own === undefined ? request.signal : AbortSignal.any([own, request.signal]);
  return {
    signal,
    stop: () => {
      clearInterval(timer);
      rmSync(path, { force: true });
    },
  };
}
