import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import type { RunProcess } from "./run-record.ts";

/** Field 22 of `/proc/PID/stat`, undefined where there is no such file, or the process has ended and nobody has asked how. */
function startTicks(pid: number): number | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The second field is the program's name in brackets and may hold blanks.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? undefined : Number(fields[19]);
  } catch {
    return undefined;
  }
}

/** This process. */
export function ownProcess(): RunProcess {
  return { pid: process.pid, host: hostname(), startTicks: startTicks(process.pid) };
}

/** Whether a process still runs; undefined for one on another machine. */
export function isAlive({ pid, host, startTicks: began }: RunProcess): boolean | undefined {
  if (host !== hostname()) return undefined;
  try {
    process.kill(pid, 0);
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === "EPERM";
  }
  return began === undefined || startTicks(pid) === began;
}
