import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { findRunIn, runFiles } from "../runs/run-folder.ts";
import { requestCancel } from "../runs/run-job.ts";
import type { RunState } from "../runs/run-record.ts";

/**
 * Runs the recipe in a trial's folder in a process of its own; what that prints goes into `output.txt`. An abort asks it to
 * stop after its step.
 * @returns the state in which it left the run; `failed` when it died before it wrote one
 */
export async function runTrial(folder: string, command: readonly string[], signal?: AbortSignal): Promise<RunState> {
  const [program, ...before] = command;
  const output = createWriteStream(join(folder, "output.txt"), { flags: "a" });
  const child = spawn(program, [...before, "run", join(folder, runFiles.recipe), "--folder", folder, "--json"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.pipe(output, { end: false });
  child.stderr.pipe(output, { end: false });
  const cancel = () => requestCancel(folder);
  signal?.addEventListener("abort", cancel, { once: true });
  await new Promise<void>((done) => {
    child.once("close", () => done());
    child.once("error", () => done());
  });
  signal?.removeEventListener("abort", cancel);
  output.end();
  return findRunIn(folder)?.state ?? "failed";
}
