import { rmSync } from "node:fs";
import { basename, join } from "node:path";
import { type Context, Hono } from "hono";
import { etag } from "hono/etag";
import type { z } from "zod";
import { OrreryError } from "../../errors.ts";
import { findJob } from "../../instruments/registry.ts";
import type { SweepPlan } from "../../lab/recipes/recipe.ts";
import { requestCancel } from "../../lab/runs/cancel-request.ts";
import { isHeld } from "../../lab/runs/run-lock.ts";
import { newRunFolder } from "../../lab/runs/run-name.ts";
import { prepareSweep, readSweep, type SweepRecord } from "../../lab/sweeps/sweep.ts";
import type { ApiError, SweepDetail, SweepRow, TrialRow, TrialState } from "../api.ts";
import { type CommandLine, startSweepProcess } from "./job-process.ts";
import { jsonBody } from "./json-body.ts";
import { sweepInput } from "./request-fields.ts";
import { layersOfRecipe, problemsOf } from "./resolve-recipe.ts";
import { type RunIndex, trialSign } from "./run-index.ts";

function trialsOf(index: RunIndex, id: string, { trials }: SweepRecord): TrialRow[] {
  return trials.map(({ id: name, options }) => {
    const trial = `${id}${trialSign}${name}`;
    const run = index.find(trial);
    if (run === undefined) return { id: trial, options, state: "waiting", metrics: {} };
    const { seconds, progress, metrics } = index.row(run);
    return { id: trial, options, state: run.state, seconds, progress, metrics };
  });
}

function rowOf(
  index: RunIndex,
  id: string,
  { job, created, plan }: SweepRecord,
  trials: readonly TrialRow[],
): SweepRow {
  const states: Partial<Record<TrialState, number>> = {};
  for (const { state } of trials) states[state] = (states[state] ?? 0) + 1;
  const varied = [...Object.keys(plan.grid), ...Object.keys(plan.random)];
  return { id, job, created, total: trials.length, states, varied, isGoing: isHeld(join(index.root, id)) };
}

/** What the routes of sweeps need. */
interface SweepRoutesOptions {
  readonly index: RunIndex;
  readonly command: CommandLine;
  /** What relative paths in recipes are relative to. */
  readonly folder: string;
}

/** Trials of a sweep that the page starts; larger ones are for the command line. */
const mostTrials = 2000;

/** How many trials a plan has, before they are made. */
function countTrials({ grid, random, trials }: SweepPlan): number {
  const cells = Object.values(grid).reduce((product, values) => product * values.length, 1);
  return cells * (Object.keys(random).length === 0 ? 1 : trials);
}

/** Makes a sweep's folder with a checked recipe for each trial. @returns its path @throws OrreryError as `prepareSweep` does */
async function prepare(
  { recipe, plan }: z.output<typeof sweepInput>,
  { index, folder }: SweepRoutesOptions,
): Promise<string> {
  const count = countTrials(plan);
  if (count > mostTrials) {
    throw new OrreryError("argument", `sweep: expected at most ${mostTrials} trials; got ${count}`, {
      hint: "orrery sweep on the command line takes more.",
    });
  }
  const { job, layers } = await layersOfRecipe(recipe, folder);
  const path = newRunFolder(index.root, `sweep ${job.name}`);
  try {
    prepareSweep(job, layers, plan, path);
  } catch (cause) {
    rmSync(path, { recursive: true, force: true });
    throw cause;
  }
  return path;
}

/** The routes below `/api/sweeps`: start them, what there are, how far their trials are, cancel and resume. */
export function sweepRoutes(options: SweepRoutesOptions): Hono {
  const { index, command } = options;
  const routes = new Hono();
  const missing = (context: Context) => context.json({ error: "no such sweep" } satisfies ApiError, 404);
  const folderOf = (id: string) => (index.sweeps().includes(id) ? join(index.root, id) : undefined);
  routes.post("/", async (context) => {
    const input = await jsonBody(context, sweepInput);
    try {
      const path = await prepare(input, options);
      const failure = await startSweepProcess(path, command);
      if (failure !== undefined) return context.json({ error: failure } satisfies ApiError, 500);
      return context.json({ id: basename(path) }, 201);
    } catch (cause) {
      if (!(cause instanceof OrreryError)) throw cause;
      return context.json(problemsOf(cause), 422);
    }
  });
  routes.post("/:id/cancel", (context) => {
    const folder = folderOf(context.req.param("id"));
    if (folder === undefined) return missing(context);
    if (!isHeld(folder)) return context.json({ error: "no trial is begun now" } satisfies ApiError, 409);
    requestCancel(folder);
    return context.json({ ok: true }, 202);
  });
  routes.post("/:id/resume", async (context) => {
    const folder = folderOf(context.req.param("id"));
    if (folder === undefined) return missing(context);
    if (isHeld(folder)) return context.json({ error: "the sweep is going on" } satisfies ApiError, 409);
    const failure = await startSweepProcess(folder, command);
    if (failure !== undefined) return context.json({ error: failure } satisfies ApiError, 500);
    return context.json({ ok: true }, 202);
  });
  routes.get("/", etag());
  routes.get("/:id", etag());
  routes.get("/", (context) => {
    const rows = index.sweeps().flatMap((id) => {
      try {
        const record = readSweep(join(index.root, id));
        return [rowOf(index, id, record, trialsOf(index, id, record))];
      } catch {
        // One that is being made, or that somebody damaged, is not shown.
        return [];
      }
    });
    return context.json(rows.sort((a, b) => (a.created < b.created ? 1 : -1)));
  });
  routes.get("/:id", async (context) => {
    const id = context.req.param("id");
    const folder = folderOf(id);
    if (folder === undefined) return missing(context);
    const record = readSweep(folder);
    const trials = trialsOf(index, id, record);
    const job = await findJob(record.job).catch(() => undefined);
    const detail: SweepDetail = {
      ...rowOf(index, id, record, trials),
      ...{ folder, plan: record.plan, trials, declarations: job?.metrics ?? {} },
    };
    return context.json(detail);
  });
  return routes;
}
