import { resolve } from "node:path";
import { type Context, Hono } from "hono";
import { OrreryError } from "../../errors.ts";
import { findJob } from "../../instruments/registry.ts";
import { lookOf } from "../../lab/index.ts";
import type { ApiError } from "../api.ts";
import { nodeFactsOf } from "./node-facts.ts";
import { type PreviewOptions, preview } from "./preview.ts";
import type { RunIndex } from "./run-index.ts";

/** What the routes of files need. */
interface FileRoutesOptions {
  /** What relative paths are relative to. */
  readonly folder: string;
  readonly index: RunIndex;
}

/** How the option that a file is chosen for looks at it, with the other options as the page has them. */
async function declaredLook(context: Context): Promise<PreviewOptions["look"]> {
  const { job: name = "", option = "", options = "{}" } = context.req.query();
  const job = await findJob(name).catch(() => undefined);
  const look = job === undefined ? undefined : lookOf(job, option);
  return look === undefined ? undefined : (path) => look(path, JSON.parse(options));
}

/**
 * The routes below `/api/files`, all behind the token: this machine's files as its user may read them, to choose and look at
 * what a job is given. Nothing here writes.
 */
export function fileRoutes({ folder, index }: FileRoutesOptions): Hono {
  const routes = new Hono();
  routes.get("/preview", async (context) => {
    const path = context.req.query("path") ?? "";
    if (path.includes("\0")) return context.json({ error: "expected a path" } satisfies ApiError, 400);
    const run = index.find(context.req.query("run") ?? "");
    const facts = run === undefined ? undefined : await nodeFactsOf(run);
    return context.json(await preview(resolve(folder, path), { facts, look: await declaredLook(context) }));
  });
  routes.onError((cause, context) => {
    const error = cause instanceof OrreryError ? cause : new OrreryError("runtime", "this file cannot be shown");
    return context.json({ error: error.message, hint: error.hint } satisfies ApiError, 400);
  });
  return routes;
}
