import { createReadStream, readFileSync, realpathSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { Readable } from "node:stream";
import { type Context, Hono } from "hono";
import { etag } from "hono/etag";
import { OrreryError } from "../../errors.ts";
import { findJob } from "../../instruments/registry.ts";
import { annotationFields, readAnnotations, writeAnnotations } from "../../lab/runs/annotations.ts";
import { requestCancel } from "../../lab/runs/cancel-request.ts";
import { type Run, readFigures, runFiles } from "../../lab/runs/run-folder.ts";
import { newRunFolder } from "../../lab/runs/run-name.ts";
import { readRunOrigins, readRunRecipe } from "../../lab/runs/run-options.ts";
import { readSystemUse } from "../../lab/runs/system-use.ts";
import { writeReport } from "../../lab/runs/write-report.ts";
import type { ApiError, RunDetail, RunPage, RunSeries } from "../api.ts";
import { type CommandLine, startProcess } from "./job-process.ts";
import { jsonBody } from "./json-body.ts";
import { followRun } from "./live-events.ts";
import { modelGraph } from "./model-graph.ts";
import { nodeFactsOf } from "./node-facts.ts";
import { recipeInput } from "./request-fields.ts";
import { resolveRecipe } from "./resolve-recipe.ts";
import { isFolderName, type RunIndex, textOf, trialSign } from "./run-index.ts";
import { SeriesReader } from "./run-series.ts";
import { restoreRun, trashRun } from "./trash.ts";

/** What the routes of runs need. */
export interface RunRoutesOptions {
  readonly index: RunIndex;
  readonly command: CommandLine;
  /** What relative paths in recipes are relative to. */
  readonly folder: string;
}

const types: Readonly<Record<string, string>> = {
  ".csv": "text/csv; charset=utf-8",
  ".json": "application/json",
  ".md": "text/plain; charset=utf-8",
  ".ndjson": "application/x-ndjson",
  ".png": "image/png",
  ".txt": "text/plain; charset=utf-8",
  ".yaml": "text/plain; charset=utf-8",
};

async function detailOf(index: RunIndex, run: Run): Promise<RunDetail> {
  const job = await findJob(run.record.job).catch(() => undefined);
  const recipe = textOf(run, runFiles.recipe) ?? "";
  return {
    ...index.row(run),
    record: run.record,
    recipe,
    options: recipe === "" ? {} : readRunRecipe(run.folder).layer.values,
    origins: recipe === "" ? {} : readRunOrigins(run.folder),
    declarations: job?.metrics ?? {},
    stepName: job?.stepName ?? "step",
    hasReport: textOf(run, runFiles.report) !== undefined,
  };
}

/** The file of an artifact; undefined for any path that leaves the run's artifacts, through links too. */
function artifactPath(run: Run, name: string): string | undefined {
  const root = join(run.folder, runFiles.artifacts);
  const isListed = run.record.artifacts.some((artifact) => artifact.name === name);
  if (!isListed) return undefined;
  try {
    const real = realpathSync(join(root, name));
    return real.startsWith(realpathSync(root) + sep) && statSync(real).isFile() ? real : undefined;
  } catch {
    return undefined;
  }
}

function sendFile(context: Context, path: string, name: string): Response {
  const extension = name.slice(name.lastIndexOf("."));
  context.header("content-type", types[extension] ?? "application/octet-stream");
  context.header("content-length", String(statSync(path).size));
  context.header(
    "content-disposition",
    `attachment; filename*=UTF-8''${encodeURIComponent(name.split("/").at(-1) ?? name)}`,
  );
  return context.body(Readable.toWeb(createReadStream(path)) as ReadableStream);
}

/** The routes below `/api/runs`. */
export function runRoutes({ index, command, folder }: RunRoutesOptions): Hono {
  const routes = new Hono();
  const series = new SeriesReader();
  const missing = (context: Context) => context.json({ error: "no such run" } satisfies ApiError, 404);
  type Handler = (context: Context, run: Run) => Response | Promise<Response>;
  const withRun = (handle: Handler) => (context: Context) => {
    const run = index.find(context.req.param("id") ?? "");
    return run === undefined ? missing(context) : handle(context, run);
  };

  // What pages ask for again and again; not what is streamed.
  for (const path of ["/", "/:id", "/:id/figures", "/:id/series"]) routes.get(path, etag());
  routes.get("/", (context) => {
    const rows = index.rows();
    return context.json({ total: rows.length, rows } satisfies RunPage);
  });
  routes.post("/", async (context) => {
    const input = await jsonBody(context, recipeInput);
    const resolved = await resolveRecipe(input, folder);
    if (!("job" in resolved)) return context.json(resolved.resolution, 422);
    const run = newRunFolder(index.root, resolved.job.name);
    const failure = await startProcess(run, command, resolved.resolution.yaml);
    if (failure !== undefined) return context.json({ error: failure } satisfies ApiError, 500);
    return context.json({ id: run.slice(run.lastIndexOf(sep) + 1) }, 201);
  });
  routes.get(
    "/:id",
    withRun(async (context, run) => context.json(await detailOf(index, run))),
  );
  routes.get(
    "/:id/figures",
    withRun((context, run) => context.json(readFigures(run))),
  );
  routes.get(
    "/:id/series",
    withRun((context, run) => {
      const limit = Math.min(20_000, Math.max(8, Number(context.req.query("points") ?? 1200) || 1200));
      return context.json(series.read(run, limit) satisfies RunSeries);
    }),
  );
  routes.get(
    "/:id/system",
    withRun((context, run) => context.json(readSystemUse(run))),
  );
  routes.get(
    "/:id/live",
    withRun((context, run) => followRun(context, run, () => index.find(run.id))),
  );
  routes.get(
    "/:id/log",
    withRun((context, run) => context.text(textOf(run, runFiles.events) ?? "")),
  );
  routes.get(
    "/:id/report",
    withRun(async (context, run) => {
      const job = await findJob(run.record.job).catch(() => undefined);
      const path = run.state === "running" ? undefined : await writeReport(run, job);
      if (path === undefined) return context.json({ error: "the run is still going on" } satisfies ApiError, 409);
      return context.html(readFileSync(path, "utf8"));
    }),
  );
  routes.get(
    "/:id/artifacts/:name{.+}",
    withRun((context, run) => {
      const name = context.req.param("name") ?? "";
      const path = artifactPath(run, name);
      return path === undefined
        ? context.json({ error: "no such file in the run" } satisfies ApiError, 404)
        : sendFile(context, path, name);
    }),
  );
  routes.get(
    "/:id/models/:name{.+}",
    withRun(async (context, run) => {
      const path = artifactPath(run, context.req.param("name") ?? "");
      if (path === undefined) return context.json({ error: "no such file in the run" } satisfies ApiError, 404);
      return context.json(await modelGraph(path, await nodeFactsOf(run)));
    }),
  );
  routes.get(
    "/:id/annotations",
    withRun((context, run) => context.json(readAnnotations(run.folder))),
  );
  routes.put(
    "/:id/annotations",
    withRun(async (context, run) => {
      writeAnnotations(run.folder, await jsonBody(context, annotationFields));
      return context.json(readAnnotations(run.folder));
    }),
  );
  routes.post(
    "/:id/cancel",
    withRun((context, run) => {
      if (run.state !== "running") return context.json({ error: `the run is ${run.state}` } satisfies ApiError, 409);
      requestCancel(run.folder);
      return context.json({ ok: true }, 202);
    }),
  );
  routes.post(
    "/:id/resume",
    withRun(async (context, run) => {
      if (run.state === "running" || run.state === "done") {
        return context.json({ error: `the run is ${run.state}` } satisfies ApiError, 409);
      }
      const failure = await startProcess(run.folder, command);
      if (failure !== undefined) return context.json({ error: failure } satisfies ApiError, 500);
      return context.json({ id: run.id }, 202);
    }),
  );
  routes.delete(
    "/:id",
    withRun((context, run) => {
      if (run.state === "running") return context.json({ error: "the run is running" } satisfies ApiError, 409);
      if (run.id.includes(trialSign))
        return context.json({ error: "a trial stays in its sweep" } satisfies ApiError, 409);
      trashRun(index.root, run.id);
      return context.json({ ok: true });
    }),
  );
  routes.post("/:id/restore", (context) => {
    const id = context.req.param("id");
    if (!isFolderName(id) || !restoreRun(index.root, id)) return missing(context);
    return context.json({ ok: true });
  });
  routes.onError((cause, context) => {
    if (!(cause instanceof OrreryError)) throw cause;
    return context.json({ error: cause.message, hint: cause.hint } satisfies ApiError, 400);
  });
  return routes;
}
