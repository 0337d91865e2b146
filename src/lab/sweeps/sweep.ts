import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { OrreryError } from "../../errors.ts";
import type { AnyJob } from "../job.ts";
import { nestOptions } from "../recipes/flatten-options.ts";
import type { SweepPlan } from "../recipes/recipe.ts";
import { writeRecipe } from "../recipes/recipe-text.ts";
import { type OptionLayer, resolveOptions } from "../recipes/resolve-options.ts";
import { watchForCancel } from "../runs/cancel-request.ts";
import { findRunIn, type Run, replaceFileSync, runFiles } from "../runs/run-folder.ts";
import { lockRun } from "../runs/run-lock.ts";
import { expandPlan, type TrialOptions, trialId } from "./expand-plan.ts";
import { runTrial } from "./trial-process.ts";

/** The file that makes a folder a sweep's. */
export const sweepFile = "sweep.json";

/** A cell of a sweep. */
export interface Trial {
  readonly id: string;
  readonly folder: string;
  readonly options: TrialOptions;
}

/** A sweep's record: what varies, and where each trial is. */
export interface SweepRecord {
  readonly format: "orrery sweep 1";
  readonly job: string;
  readonly created: string;
  readonly plan: SweepPlan;
  readonly trials: readonly { readonly id: string; readonly options: TrialOptions }[];
}

/** What an observer of a sweep is told. */
export type SweepEvent =
  | { readonly kind: "trial-start"; readonly trial: Trial; readonly done: number; readonly total: number }
  | {
      readonly kind: "trial-end";
      readonly trial: Trial;
      readonly state: string;
      readonly done: number;
      readonly total: number;
    }
  | { readonly kind: "trial-skipped"; readonly trial: Trial };

/**
 * Makes a sweep's folder: `sweep.json` and a recipe for each trial, all checked before the first one runs. A folder that
 * holds the same sweep is kept as it is.
 * @throws OrreryError `argument` for options that do not fit, or a folder that holds another sweep.
 */
export function prepareSweep(
  job: AnyJob,
  layers: readonly OptionLayer[],
  plan: SweepPlan,
  place: string | (() => string),
): SweepRecord {
  const trials = expandPlan(plan).map((options) => ({ id: trialId(options), options }));
  const record: SweepRecord = {
    format: "orrery sweep 1",
    job: job.name,
    created: new Date().toISOString(),
    plan,
    trials,
  };
  const recipes = trials.map(({ id, options }) => {
    const layer: OptionLayer = { values: nestOptions(options), locate: () => `trial ${id}` };
    return writeRecipe(job.name, { name: id }, resolveOptions(job, [...layers, layer]));
  });
  const folder = typeof place === "string" ? place : place();
  if (existsSync(join(folder, sweepFile))) {
    const before = readSweep(folder);
    const isSame = before.job === job.name && JSON.stringify(before.trials) === JSON.stringify(trials);
    if (isSame) return before;
    throw new OrreryError("argument", `${folder}: holds another sweep`, { hint: "Name another folder with --folder." });
  }
  trials.forEach(({ id }, i) => {
    mkdirSync(join(folder, id), { recursive: true });
    replaceFileSync(join(folder, id, runFiles.recipe), recipes[i]);
  });
  replaceFileSync(join(folder, sweepFile), `${JSON.stringify(record, null, 1)}\n`);
  return record;
}

/** The record of a sweep. @throws OrreryError `not-found` when the folder holds none. */
export function readSweep(folder: string): SweepRecord {
  try {
    return JSON.parse(readFileSync(join(folder, sweepFile), "utf8")) as SweepRecord;
  } catch (cause) {
    throw new OrreryError("not-found", `${folder}: expected a sweep's folder; it has no readable ${sweepFile}`, {
      cause,
    });
  }
}

/** The trials of a sweep with the runs that there are. */
export function sweepRuns(folder: string): { readonly trial: Trial; readonly run: Run | undefined }[] {
  return readSweep(folder).trials.map(({ id, options }) => {
    const path = join(folder, id);
    return { trial: { id, folder: path, options }, run: findRunIn(path) };
  });
}

/** How a sweep is run. */
export interface SweepOptions {
  /** What starts the command line in a process of its own: program and arguments. */
  readonly command: readonly string[];
  readonly parallel: number;
  readonly observer?: (event: SweepEvent) => void;
  readonly signal?: AbortSignal;
}

/**
 * Runs the trials of a prepared sweep that are not done, each in a process of its own; one that was interrupted, cancelled
 * or failed goes on from its checkpoints. Call it again after a kill: what is done is not done twice. An abort, or a request by
 * `requestCancel`, stops the running trials after their step and begins no other.
 * @returns how many trials are in each state
 * @throws OrreryError `argument` while another process is at it
 */
export async function runSweep(folder: string, options: SweepOptions): Promise<Readonly<Record<string, number>>> {
  readSweep(folder);
  const release = lockRun(folder, "sweep");
  const { signal, stop } = watchForCancel(folder, options.signal);
  try {
    return await runTrials(folder, { ...options, signal });
  } finally {
    stop();
    release();
  }
}

async function runTrials(folder: string, options: SweepOptions): Promise<Readonly<Record<string, number>>> {
  const { observer = () => {}, signal, command } = options;
  const all = sweepRuns(folder);
  const counts: Record<string, number> = {};
  const count = (state: string) => {
    counts[state] = (counts[state] ?? 0) + 1;
  };
  const waiting = all.filter(({ trial, run }) => {
    if (run?.state !== "done") return true;
    count("done");
    observer({ kind: "trial-skipped", trial });
    return false;
  });
  const total = all.length;
  let finished = total - waiting.length;
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined && signal?.aborted !== true; next = waiting.shift()) {
      const { trial } = next;
      observer({ kind: "trial-start", trial, done: finished, total });
      const state = await runTrial(trial.folder, command, signal);
      count(state);
      observer({ kind: "trial-end", trial, state, done: ++finished, total });
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, options.parallel) }, work));
  const left = total - Object.values(counts).reduce((sum, n) => sum + n, 0);
  return left === 0 ? counts : { ...counts, waiting: left };
}
