import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { OrreryError } from "../../errors.ts";
import { isAlive, ownProcess } from "./process-identity.ts";
import { runFiles } from "./run-folder.ts";
import type { RunProcess } from "./run-record.ts";

function holderOf(path: string): RunProcess | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as RunProcess;
  } catch {
    return undefined;
  }
}

/** Whether a living process of this machine, or one of another, holds the folder of a run or a sweep. */
export function isHeld(folder: string): boolean {
  const holder = holderOf(join(folder, runFiles.lock));
  return holder !== undefined && isAlive(holder) !== false;
}

/**
 * Takes the right to write into a run's folder, or to start the trials of a sweep's, which one process has at a time; what a dead process left is taken over.
 * @returns what gives it back
 * @throws OrreryError `argument` when a living process has it.
 */
export function lockRun(folder: string, what: "run" | "sweep" = "run"): () => void {
  const path = join(folder, runFiles.lock);
  const own = JSON.stringify(ownProcess());
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      writeFileSync(path, own, { flag: "wx" });
      return () => rmSync(path, { force: true });
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw cause;
    }
    const holder = holderOf(path);
    if (holder !== undefined && isAlive(holder) !== false) {
      throw new OrreryError("argument", `${folder}: process ${holder.pid} on ${holder.host} is writing this ${what}`, {
        hint: `Wait for it, stop it with orrery runs cancel, or, when that machine is gone, remove ${path}.`,
      });
    }
    rmSync(path, { force: true });
  }
  throw new OrreryError("argument", `${folder}: another process took this run`);
}
