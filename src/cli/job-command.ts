import { Argument, Command, Option } from "commander";
import type { AnyJob } from "../lab/index.ts";
import { nestOptions } from "../lab/recipes/flatten-options.ts";
import { optionSchema, schemaAt } from "../lab/recipes/option-schema.ts";
import type { OptionLayer } from "../lab/recipes/resolve-options.ts";
import { type Flag, flagName, flagsOf, valueOfFlag } from "./flags.ts";
import { jobHelp } from "./job-help.ts";

/** How a run is started: what every job's command takes beside its options. */
export interface RunFlags {
  readonly preset?: string;
  readonly recipe?: string;
  readonly name?: string;
  readonly runs?: string;
  readonly folder?: string;
  readonly explain?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** What a command line says of a job. */
export interface JobCall {
  readonly job: AnyJob;
  readonly flags: RunFlags;
  readonly layer: OptionLayer;
}

const runOptionNames = ["preset", "recipe", "name", "runs", "folder", "explain", "json", "quiet", "debug"] as const;

/** The options of running that any command has which starts a run. */
export function addRunOptions(command: Command): Command {
  command.addOption(new Option("--preset <name>")).addOption(new Option("--recipe <path>"));
  command.addOption(new Option("--name <text>")).addOption(new Option("--runs <folder>"));
  command.addOption(new Option("--folder <folder>")).addOption(new Option("--explain"));
  return command.addOption(new Option("--json")).addOption(new Option("--quiet")).addOption(new Option("--debug"));
}

/** The layer of options that flags and places on the command line make. */
function flagLayer(job: AnyJob, flags: readonly Flag[], command: Command, places: readonly string[]): OptionLayer {
  const given: Record<string, unknown> = {};
  const schema = optionSchema(job);
  (job.positional ?? []).forEach((name, i) => {
    const field = schemaAt(schema, [name]);
    if (places[i] !== undefined && field !== undefined) given[name] = valueOfFlag(field, [places[i]]);
  });
  for (const { path, schema: field, options } of flags) {
    const attribute = options[0].attributeName();
    if (command.getOptionValueSource(attribute) !== "cli") continue;
    const value = command.getOptionValue(attribute) as boolean | readonly string[];
    given[path] = typeof value === "boolean" ? value : valueOfFlag(field, value);
  }
  const isPlace = (path: readonly (string | number)[]) => job.positional?.includes(String(path[0])) ?? false;
  const locate = (path: readonly (string | number)[]) =>
    isPlace(path) && places.length > 0 ? `<${path[0]}>` : `--${flagName(path.join("."))}`;
  return { values: nestOptions(given), locate, folder: process.cwd() };
}

/** The command of a job; `act` is given what the command line says. */
export function jobCommand(job: AnyJob, act: (call: JobCall) => Promise<void>): Command {
  const schema = optionSchema(job);
  const flags = flagsOf(schema);
  const command = new Command(job.name.split(" ")[1]).summary(job.summary);
  for (const name of job.positional ?? []) command.addArgument(new Argument(`[${name}]`));
  for (const { path, options } of flags) {
    const reserved = runOptionNames.find((name) => name === path);
    if (reserved !== undefined) throw new Error(`${job.name}: the option "${path}" is the command line's own`);
    for (const option of options) command.addOption(option);
  }
  addRunOptions(command).configureHelp({ formatHelp: () => jobHelp(job, flags, schema.required ?? []) });
  return command.action(async (...values: unknown[]) => {
    const places = values.slice(0, job.positional?.length ?? 0).filter((text): text is string => text !== undefined);
    await act({ job, flags: command.opts<RunFlags>(), layer: flagLayer(job, flags, command, places) });
  });
}
