import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { setTimeout as wait } from "node:timers/promises";
import { requestCancel } from "../runs/cancel-request.ts";
import { findRunIn, runFiles } from "../runs/run-folder.ts";
import type { RunState } from "../runs/run-record.ts";

/** How often a trial is asked to stop until it has: one that has only just begun overlooks what came before. */
const askEveryMs = 1000;
/** How often one is looked at that the process of a killed sweep has left running. */
const lookEveryMs = 250;

/**
 * Runs the recipe in a trial's folder in a process of its own; what that prints goes into `output.txt`. One that a killed sweep left running is
 * waited for. An abort asks it to stop after its step.
 * @returns the state in which it left the run; `failed` when it died before it wrote one
 */
export async function runTrial(folder: string, command: readonly string[], signal?: AbortSignal): Promise<RunState> {
  while (findRunIn(folder)?.state === "running" && signal?.aborted !== true) await wait(lookEveryMs);
  const left = findRunIn(folder)?.state;
  if (left === "done" || signal?.aborted === true) return left ?? "interrupted";
  const [program, ...before] = command;
  const output = createWriteStream(join(folder, "output.txt"), { flags: "a" });
  const child = spawn(program, [...before, "run", join(folder, runFiles.recipe), "--folder", folder, "--json"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.pipe(output, { end: false });
  child.stderr.pipe(output, { end: false });
  let asking: NodeJS.Timeout | undefined;
  const cancel = () => {
    requestCancel(folder);
    asking = setInterval(() => requestCancel(folder), askEveryMs);
  };
  signal?.addEventListener("abort", cancel, { once: true });
  await new Promise<void>((done) => {
    child.once("close", () => done());
    child.once("error", () => done());
  });
  signal?.removeEventListener("abort", cancel);
  clearInterval(asking);
  output.end();
  await finished(output);
  return findRunIn(folder)?.state ?? "failed";
}
