import { Command, CommanderError } from "commander";
import { OrreryError } from "../errors.ts";
import { findInstrument, instruments } from "../instruments/registry.ts";
import { systemRefusal } from "../lab/runs/system-refusal.ts";
import { hintForName } from "../nearest-name.ts";
import { jobCommand } from "./job-command.ts";
import { rootHelp } from "./root-help.ts";

/** What is done beside the instruments: name, one line, and the command, loaded when it is asked for. */
export const verbs: readonly { readonly name: string; readonly summary: string; readonly run: Act }[] = [
  {
    name: "run",
    summary: "Run a recipe: a YAML file that names a job and its options.",
    run: async (rest) => (await import("./run-command.ts")).runRecipe(rest),
  },
  {
    name: "sweep",
    summary: "Run a job over a grid or a random search, resumable cell by cell.",
    run: async (rest) => (await import("./sweep-command.ts")).runSweepCommand(rest),
  },
  {
    name: "runs",
    summary: "List, show, compare, resume, cancel, remove, export runs.",
    run: async (rest) => (await import("./runs/runs-command.ts")).runRunsCommand(rest),
  },
  {
    name: "studio",
    summary: "The lab in a browser, on this machine.",
    run: async (rest) => (await import("./studio-command.ts")).runStudio(rest),
  },
];

/** A command: takes the words after its name, answers the exit code. */
export type Act = (rest: readonly string[]) => Promise<number>;

/** Parses with commander whose errors are thrown, not printed; help is printed. */
export async function parseWith(command: Command, rest: readonly string[]): Promise<void> {
  const prepare = (one: Command) => {
    one.exitOverride().configureOutput({ writeErr: () => {} });
    one.commands.forEach(prepare);
  };
  prepare(command);
  await command.parseAsync([...rest], { from: "user" });
}

async function runInstrument(name: string, rest: readonly string[]): Promise<number> {
  const instrument = findInstrument(name);
  const jobs = await instrument.jobs();
  const command = new Command(`orrery ${name}`).description(
    `${instrument.title}\n\nBring ${instrument.brings}; get ${instrument.gets}.`,
  );
  let code = 0;
  for (const job of jobs) {
    const { startRun } = await import("./start-run.ts");
    command.addCommand(
      jobCommand(job, async (call) => {
        code = await startRun(call);
      }),
    );
  }
  command.addHelpText("after", `\nOne job's options: orrery ${jobs[0].name} --help`);
  const verb = rest.find((word) => !word.startsWith("-"));
  const names = jobs.map((job) => job.name.split(" ")[1]);
  if (verb !== undefined && verb !== "help" && !names.includes(verb)) {
    throw new OrreryError("argument", `orrery ${name}: no job "${verb}"`, { hint: hintForName(verb, names, "Jobs") });
  }
  if (rest.length === 0) {
    process.stdout.write(command.helpInformation());
    process.stdout.write(`\nOne job's options: orrery ${jobs[0].name} --help\n`);
    return 0;
  }
  await parseWith(command, rest);
  return code;
}

async function dispatch(words: readonly string[]): Promise<number> {
  const [first, ...rest] = words;
  if (first === undefined || first === "--help" || first === "-h" || first === "help") {
    process.stdout.write(rootHelp(verbs));
    return 0;
  }
  if (first === "--version" || first === "-V" || first === "-v") {
    process.stdout.write(`${(await import("../lab/runs/environment.ts")).version}\n`);
    return 0;
  }
  const verb = verbs.find(({ name }) => name === first);
  if (verb !== undefined) return verb.run(rest);
  if (instruments.some(({ name }) => name === first)) return runInstrument(first, rest);
  const names = [...instruments, ...verbs].map(({ name }) => name);
  throw new OrreryError("argument", `orrery: no instrument or command "${first}"`, {
    hint: hintForName(first, names, "There are"),
  });
}

function reportError(thrown: unknown): number {
  const cause = systemRefusal(thrown) ?? thrown;
  if (cause instanceof CommanderError) {
    if (cause.exitCode === 0) return 0;
    const [message, suggestion = ""] = cause.message.replace(/^error: /, "").split("\n");
    const hint = suggestion.replace(/^\((.*)\)$/, "$1");
    process.stderr.write(`${message}${hint === "" ? "" : `. ${hint}`}\n`);
    return 1;
  }
  if (cause instanceof OrreryError) {
    process.stderr.write(`${cause.message}${cause.hint === undefined ? "" : `\n${cause.hint}`}\n`);
    if (process.argv.includes("--debug")) process.stderr.write(`${cause.stack}\n`);
    return cause.code === "cancelled" ? 130 : 1;
  }
  process.stderr.write(`this is a bug in orrery\n${cause instanceof Error ? cause.stack : String(cause)}\n`);
  return 2;
}

/**
 * The `orrery` command.
 * @returns the exit code: 0 done, 1 an error of the user's, 2 a bug, 130 interrupted
 */
export async function runCommandLine(words: readonly string[]): Promise<number> {
  try {
    return await dispatch(words);
  } catch (cause) {
    return reportError(cause);
  }
}
