import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { z } from "zod";
import { OrreryError } from "../../errors.ts";
import type { AnyJob, JobDefinition, PartialOptions } from "../job.ts";
import { writeRecipe } from "../recipes/recipe-text.ts";
import { presetLayer, type ResolvedOptions, resolveOptions } from "../recipes/resolve-options.ts";
import { watchForCancel } from "./cancel-request.ts";
import type { RunEnd, RunEvent } from "./run-event.ts";
import { readRun, replaceFileSync, runFiles } from "./run-folder.ts";
import { lockRun } from "./run-lock.ts";
import type { RunError } from "./run-record.ts";
import { type RunTitle, RunWriter } from "./run-writer.ts";
import { systemRefusal } from "./system-refusal.ts";
import { logSystemUse } from "./system-use.ts";

/** How a job is run. */
export interface RunOptions extends RunTitle {
  /** The run's folder; made when it is not there. One that holds a run goes on with it. */
  readonly folder: string;
  readonly observer?: (event: RunEvent) => void;
  readonly signal?: AbortSignal;
}

/** How a run ended, and where it is. A failure also carries what was thrown. */
export type FinishedRun = RunEnd & { readonly folder: string; readonly cause?: unknown };

function errorOf(thrown: unknown): RunError {
  const cause = systemRefusal(thrown) ?? thrown;
  if (cause instanceof OrreryError) return { code: cause.code, message: cause.message, hint: cause.hint };
  return { code: "bug", message: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) };
}

const isCancellation = (cause: unknown) =>
  (cause instanceof OrreryError && cause.code === "cancelled") || (cause as Error | undefined)?.name === "AbortError";

async function attempt(
  job: AnyJob,
  options: unknown,
  writer: RunWriter,
  signal: AbortSignal,
): Promise<RunEnd & { cause?: unknown }> {
  try {
    return { state: "done", outcome: await job.run(options as never, writer.context(signal)) };
  } catch (cause) {
    if (isCancellation(cause)) return { state: "cancelled" };
    return { state: "failed", error: errorOf(cause), cause };
  }
}

/** The report of a run that has ended. A report that cannot be made is told, and spoils no run. */
async function reportOn(folder: string, job: AnyJob): Promise<void> {
  try {
    const { writeReport } = await import("./write-report.ts");
    await writeReport(readRun(folder), job);
  } catch (cause) {
    process.emitWarning(`${folder}: no report: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

/**
 * Runs a job in its folder: writes `run.json`, the resolved recipe, events, metrics, figures and artifacts as they come.
 * A folder with a run that was killed, cancelled or failed goes on from its last checkpoints and ends with the same bytes in
 * its metrics. Errors of the job are an outcome, not thrown.
 * @throws OrreryError `argument` when another process is writing the run.
 */
export async function runResolved(job: AnyJob, resolved: ResolvedOptions, options: RunOptions): Promise<FinishedRun> {
  const { folder, observer = () => {}, signal: own } = options;
  mkdirSync(folder, { recursive: true });
  const unlock = lockRun(folder);
  const { signal, stop } = watchForCancel(folder, own);
  const endSystemUse = logSystemUse(folder);
  try {
    const recipe = join(folder, runFiles.recipe);
    if (!existsSync(recipe)) replaceFileSync(recipe, writeRecipe(job.name, options, resolved));
    const writer = new RunWriter(folder, job, options, observer);
    const { cause, ...end } = await attempt(job, resolved.options, writer, signal);
    writer.settle(end);
    await reportOn(folder, job);
    writer.close(end);
    return { ...end, folder, ...(cause === undefined ? {} : { cause }) };
  } finally {
    stop();
    endSystemUse();
    unlock();
  }
}

/**
 * `runResolved` with options as a program gives them: upon the preset's, with defaults for the rest.
 * @throws OrreryError `argument` with everything that is wrong with the options.
 */
export async function runJob<J extends { readonly options: AnyJob["options"] }>(
  job: J,
  options: J extends JobDefinition<infer O> ? PartialOptions<z.input<O>> : never,
  run: RunOptions,
): Promise<FinishedRun> {
  const own = job as unknown as AnyJob;
  const given = { values: options as Readonly<Record<string, unknown>>, locate: () => "given", folder: process.cwd() };
  return runResolved(own, resolveOptions(own, [...presetLayer(own, run.preset), given]), run);
}
