import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { Option } from "commander";
import { OrreryError } from "../errors.ts";
import { findJob } from "../instruments/registry.ts";
import type { AnyJob } from "../lab/index.ts";
import { listOptions, optionSchema } from "../lab/recipes/option-schema.ts";
import { type Recipe, readRecipe, type SweepPlan } from "../lab/recipes/recipe.ts";
import { newRunFolder } from "../lab/runs/run-name.ts";
import { prepareSweep, runSweep, type SweepEvent, sweepRuns } from "../lab/sweeps/sweep.ts";
import { hintForName } from "../nearest-name.ts";
import { parseWith } from "./command-line.ts";
import { flagName, valueOfFlag } from "./flags.ts";
import { interruption } from "./interruption.ts";
import { type JobCall, jobCommand } from "./job-command.ts";
import { runsRoot, shownPath } from "./places.ts";
import { compareText } from "./runs/compare-text.ts";
import { optionLayers } from "./start-run.ts";

const usage = `Usage: orrery sweep <recipe.yaml | instrument job | sweep folder> [options of the job]

  --vary <option=a,b,c>     Values to try; given several times, all combinations.
  --random <option=a..b>    Draw from a range; a..b:log evenly in the logarithm, a..b:whole whole numbers; or from a list a,b,c.
  --trials <n>              How often the random options are drawn for each combination (default 1).
  --draws-seed <n>          Seed of these draws (default 0).
  --parallel <n>            Trials at a time (default 1).

Each trial is a run in a process of its own. A killed sweep goes on where it was: orrery sweep <its folder>.

  $ orrery sweep labels train --vary method=cross-entropy,elr,gce --vary seed=0,1,2
  $ orrery sweep recipe.yaml --parallel 2
`;

interface SweepFlags {
  readonly vary?: readonly string[];
  readonly random?: readonly string[];
  readonly trials?: string;
  readonly drawsSeed?: string;
  readonly parallel?: string;
}

function optionOf(job: AnyJob, text: string): { path: string; value: string } {
  const at = text.indexOf("=");
  const name = at < 0 ? text : text.slice(0, at);
  const options = listOptions(optionSchema(job)).map(({ path }) => path);
  const path = options.find((option) => option === name || flagName(option) === name);
  if (path === undefined) {
    throw new OrreryError("argument", `sweep: ${job.name} has no option "${name}"`, {
      hint: hintForName(name, options, "Options"),
    });
  }
  if (at < 0) throw new OrreryError("argument", `sweep: expected ${name}=values; got "${text}"`);
  return { path, value: text.slice(at + 1) };
}

function listOf(job: AnyJob, path: string, text: string): (string | number | boolean)[] {
  const schema = listOptions(optionSchema(job)).find((option) => option.path === path)?.schema ?? {};
  return text.split(",").map((part) => {
    if (schema.type === "boolean") return part === "true";
    return valueOfFlag(schema, [part.trim()]) as string | number;
  });
}

function randomOf(job: AnyJob, text: string): [string, SweepPlan["random"][string]] {
  const { path, value } = optionOf(job, text);
  const range = /^(-?[\d.eE+-]+?)\.\.(-?[\d.eE+-]+)(?::(log|whole))?$/.exec(value);
  if (range === null) return [path, listOf(job, path, value)];
  const [, from, to, how] = range;
  return [
    path,
    { from: Number(from), to: Number(to), scale: how === "log" ? "log" : "linear", whole: how === "whole" },
  ];
}

function count(text: string | undefined, name: string, fallback: number): number {
  const value = text === undefined ? fallback : Number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  throw new OrreryError("argument", `--${name}: expected a whole number; got "${text}"`);
}

/** The plan of the recipe with what the flags say upon it. */
function planOf(job: AnyJob, flags: SweepFlags, recipe: Recipe | undefined): SweepPlan {
  const before: SweepPlan = recipe?.sweep ?? { grid: {}, random: {}, trials: 1, seed: 0, parallel: 1 };
  const grid = (flags.vary ?? []).map((text) => {
    const { path, value } = optionOf(job, text);
    return [path, listOf(job, path, value)] as const;
  });
  return {
    grid: { ...before.grid, ...Object.fromEntries(grid) },
    random: { ...before.random, ...Object.fromEntries((flags.random ?? []).map((text) => randomOf(job, text))) },
    trials: Math.max(1, count(flags.trials, "trials", before.trials)),
    seed: count(flags.drawsSeed, "draws-seed", before.seed),
    parallel: Math.max(1, count(flags.parallel, "parallel", before.parallel)),
  };
}

function tell(event: SweepEvent): void {
  const what = JSON.stringify(event.trial.options);
  if (event.kind === "trial-start") process.stderr.write(`${event.done + 1}/${event.total} ${what}\n`);
  if (event.kind === "trial-end") process.stderr.write(`${event.done}/${event.total} ${event.state}: ${what}\n`);
}

async function runPrepared(folder: string, job: AnyJob, parallel: number): Promise<number> {
  const command = [process.execPath, ...process.execArgv, process.argv[1]];
  const { signal, stop } = interruption();
  try {
    const counts = await runSweep(folder, { command, parallel, observer: tell, signal });
    const runs = sweepRuns(folder).flatMap(({ run }) => run ?? []);
    process.stdout.write(`${compareText(job, runs)}\n\n`);
    const states = Object.entries(counts).map(([state, n]) => `${n} ${state}`);
    process.stdout.write(`sweep: ${states.join(", ")} in ${shownPath(folder)}\n`);
    const isStopped = signal.aborted || counts.waiting !== undefined || counts.cancelled !== undefined;
    if (isStopped) return 130;
    return counts.failed === undefined ? 0 : 1;
  } finally {
    stop();
  }
}

async function sweepJob(job: AnyJob, words: readonly string[], recipe?: Recipe): Promise<number> {
  let code = 0;
  const act = async (call: JobCall) => {
    const plan = planOf(job, command.opts<SweepFlags>(), recipe);
    const layers = await optionLayers({ ...call, recipe });
    const { folder: given } = call.flags;
    let folder = given === undefined ? "" : resolve(given);
    prepareSweep(job, layers, plan, () => {
      folder ||= newRunFolder(runsRoot(call.flags), `sweep ${job.name}`);
      return folder;
    });
    code = await runPrepared(folder, job, plan.parallel);
  };
  const command = jobCommand(job, act);
  const collect = (text: string, before?: readonly string[]) => [...(before ?? []), text];
  command.addOption(new Option("--vary <values>").argParser(collect));
  command.addOption(new Option("--random <range>").argParser(collect));
  for (const flag of ["--trials <n>", "--draws-seed <n>", "--parallel <n>"]) command.addOption(new Option(flag));
  await parseWith(command, words);
  return code;
}

/** `orrery sweep …`: a recipe, a job with `--vary`, or the folder of a sweep that is to go on. */
export async function runSweepCommand(rest: readonly string[]): Promise<number> {
  const [first, second, ...others] = rest;
  if (first === undefined || first === "--help" || first === "-h") {
    process.stdout.write(usage);
    return 0;
  }
  if (/\.ya?ml$/.test(first)) {
    const recipe = await readRecipe(first);
    return sweepJob(await findJob(recipe.job), rest.slice(1), recipe);
  }
  if (existsSync(join(first, "sweep.json"))) {
    const { readSweep } = await import("../lab/sweeps/sweep.ts");
    const { job, plan } = readSweep(first);
    return runPrepared(resolve(first), await findJob(job), plan.parallel);
  }
  if (second === undefined || second.startsWith("-")) {
    throw new OrreryError("argument", `orrery sweep: expected a recipe, a job or a sweep's folder; got "${first}"`, {
      hint: "orrery sweep labels train --vary seed=0,1,2",
    });
  }
  return sweepJob(await findJob(`${first} ${second}`), others);
}
