import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const loader = import.meta.resolve("tsx");

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs, and how it will end. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** The words that start the command line from source, in a process of its own. */
export const commandLine: readonly string[] = [process.execPath, "--import", loader, main];

/** Starts `orrery …` from source as a user's shell would, in `cwd`; nothing is a terminal. */
export function startOrrery(words: readonly string[], cwd: string): Running {
  const [program, ...before] = commandLine;
  const env = { ...process.env, ORRERY_RUNS: undefined, NO_COLOR: "1" };
  const child = spawn(program, [...before, ...words], { cwd, env });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (part) => {
    stdout += part;
  });
  child.stderr.setEncoding("utf8").on("data", (part) => {
    stderr += part;
  });
  const ended = new Promise<Ended>((done) => child.on("close", (code) => done({ code, stdout, stderr })));
  return { child, ended };
}

/** Runs `orrery …` to its end. */
export function orrery(words: readonly string[], cwd: string): Promise<Ended> {
  return startOrrery(words, cwd).ended;
}
