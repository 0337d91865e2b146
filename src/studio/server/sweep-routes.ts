import { join } from "node:path";
import { Hono } from "hono";
import { etag } from "hono/etag";
import { findJob } from "../../instruments/registry.ts";
import { readSweep, type SweepRecord } from "../../lab/sweeps/sweep.ts";
import type { ApiError, SweepDetail, SweepRow, TrialRow, TrialState } from "../api.ts";
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

function rowOf(id: string, { job, created, plan }: SweepRecord, trials: readonly TrialRow[]): SweepRow {
  const states: Partial<Record<TrialState, number>> = {};
  for (const { state } of trials) states[state] = (states[state] ?? 0) + 1;
  const varied = [...Object.keys(plan.grid), ...Object.keys(plan.random)];
  return { id, job, created, total: trials.length, states, varied };
}

/** The routes below `/api/sweeps`: what sweeps there are, and how far their trials are. */
export function sweepRoutes(index: RunIndex): Hono {
  const routes = new Hono();
  routes.get("/", etag());
  routes.get("/:id", etag());
  routes.get("/", (context) => {
    const rows = index.sweeps().flatMap((id) => {
      try {
        const record = readSweep(join(index.root, id));
        return [rowOf(id, record, trialsOf(index, id, record))];
      } catch {
        // One that is being made, or that somebody damaged, is not shown.
        return [];
      }
    });
    return context.json(rows.sort((a, b) => (a.created < b.created ? 1 : -1)));
  });
  routes.get("/:id", async (context) => {
    const id = context.req.param("id");
    if (!index.sweeps().includes(id)) return context.json({ error: "no such sweep" } satisfies ApiError, 404);
    const folder = join(index.root, id);
    const record = readSweep(folder);
    const trials = trialsOf(index, id, record);
    const job = await findJob(record.job).catch(() => undefined);
    const detail: SweepDetail = {
      ...rowOf(id, record, trials),
      ...{ folder, plan: record.plan, trials, declarations: job?.metrics ?? {} },
    };
    return context.json(detail);
  });
  return routes;
}
