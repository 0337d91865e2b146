import { spawn } from "node:child_process";
import { mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { findRunIn, replaceFileSync, runFiles } from "../../lab/runs/run-folder.ts";

/** What starts the command line in a process of its own: program and arguments. */
export type CommandLine = readonly string[];

/** How long a fresh process may take until its run's record is there. */
const startMs = 20_000;

/**
 * Starts or resumes a run in a process of its own that outlives the server; what it prints goes into the run's `output.txt`.
 * @param recipe the resolved recipe of a new run; left out, the folder's own is run
 * @returns an error text when the process ended before it had a record
 */
export async function startProcess(folder: string, command: CommandLine, recipe?: string): Promise<string | undefined> {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, runFiles.recipe);
  if (recipe !== undefined) replaceFileSync(path, recipe);
  const attempts = findRunIn(folder)?.record.attempts.length ?? 0;
  const output = openSync(join(folder, "output.txt"), "a");
  const [program, ...before] = command;
  const child = spawn(program, [...before, "run", path, "--folder", folder, "--quiet"], {
    detached: true,
    stdio: ["ignore", output, output],
  });
  let failure: string | undefined;
  child.once("error", (cause) => {
    failure = cause.message;
  });
  child.once("exit", (code) => {
    failure ??= `the process ended with code ${code}`;
  });
  child.unref();
  for (const deadline = Date.now() + startMs; Date.now() < deadline; ) {
    if ((findRunIn(folder)?.record.attempts.length ?? 0) > attempts) return undefined;
    if (failure !== undefined) return failure;
    await new Promise((done) => setTimeout(done, 40));
  }
  return "the process did not start the run";
}
