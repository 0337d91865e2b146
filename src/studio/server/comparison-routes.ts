import { Hono } from "hono";
import { findJob } from "../../instruments/registry.ts";
import type { MetricDeclaration } from "../../lab/index.ts";
import { type ReportedRun, renderComparison } from "../../lab/report/comparison-report.ts";
import { readOptions } from "../../lab/runs/run-options.ts";
import type { ApiError } from "../api.ts";
import type { RunIndex } from "./run-index.ts";
import { SeriesReader } from "./run-series.ts";

/** Runs in one report at most, and points of a series in it. */
const [mostRuns, pointsEach] = [200, 400];

/** The routes below `/api/comparisons`. */
export function comparisonRoutes(index: RunIndex): Hono {
  const routes = new Hono();
  const series = new SeriesReader();
  routes.get("/report", async (context) => {
    const ids = [...new Set((context.req.query("runs") ?? "").split(",").filter((id) => id !== ""))];
    if (ids.length === 0 || ids.length > mostRuns) {
      return context.json({ error: `runs: expected 1 to ${mostRuns} ids with commas between` } satisfies ApiError, 400);
    }
    const runs: ReportedRun[] = [];
    let declarations: Readonly<Record<string, MetricDeclaration>> = {};
    for (const id of ids) {
      const run = index.find(id);
      if (run === undefined) return context.json({ error: "no such run" } satisfies ApiError, 404);
      const { job, name, created, metrics } = run.record;
      declarations = { ...declarations, ...(await findJob(job).catch(() => undefined))?.metrics };
      const options = readOptions(run.folder);
      runs.push({
        id,
        name,
        job,
        created,
        metrics,
        options,
        state: run.state,
        series: series.read(run, pointsEach).series,
      });
    }
    const { x, y } = context.req.query();
    return context.html(renderComparison({ runs, declarations, x, y }));
  });
  return routes;
}
