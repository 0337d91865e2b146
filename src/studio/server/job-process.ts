import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { findRunIn, replaceFileSync, runFiles } from "../../lab/runs/run-folder.ts";
import { isHeld } from "../../lab/runs/run-lock.ts";

/** What starts the command line in a process of its own: program and arguments. */
export type CommandLine = readonly string[];

/** How long a fresh process may take until its run's record is there. */
const startMs = 20_000;

/** A process of the command line that outlives the server. */
interface Started {
  readonly command: CommandLine;
  /** What follows `orrery`. */
  readonly words: readonly string[];
  /** Where its `output.txt` is. */
  readonly folder: string;
  /** Whether what it was started for has begun. */
  readonly hasBegun: () => boolean;
}

/** Starts the command line apart. @returns an error text when the process ended, or time was up, before its work had begun */
async function start({ command, words, folder, hasBegun }: Started): Promise<string | undefined> {
  const output = openSync(join(folder, "output.txt"), "a");
  const [program, ...before] = command;
  const child = spawn(program, [...before, ...words], { detached: true, stdio: ["ignore", output, output] });
  closeSync(output);
  let failure: string | undefined;
  child.once("error", (cause) => {
    failure = cause.message;
  });
  child.once("exit", (code) => {
    failure ??= `the process ended with code ${code}`;
  });
  child.unref();
  for (const deadline = Date.now() + startMs; Date.now() < deadline; ) {
    if (hasBegun()) return undefined;
    if (failure !== undefined) return failure;
    await new Promise((done) => setTimeout(done, 40));
  }
  return "the process did not begin";
}

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
  const hasBegun = () => (findRunIn(folder)?.record.attempts.length ?? 0) > attempts;
  return start({ command, words: ["run", path, "--folder", folder, "--quiet"], folder, hasBegun });
}

/** Starts the trials of a prepared sweep that are not done in a process of its own, as `startProcess` does a run. */
export async function startSweepProcess(folder: string, command: CommandLine): Promise<string | undefined> {
  return start({ command, words: ["sweep", folder], folder, hasBegun: () => isHeld(folder) });
}
