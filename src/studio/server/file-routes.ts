import { resolve } from "node:path";
import { Hono } from "hono";
import { OrreryError } from "../../errors.ts";
import type { ApiError } from "../api.ts";
import { nodeFactsOf } from "./node-facts.ts";
import { preview } from "./preview.ts";
import type { RunIndex } from "./run-index.ts";

/** What the routes of files need. */
interface FileRoutesOptions {
  /** What relative paths are relative to. */
  readonly folder: string;
  readonly index: RunIndex;
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
    return context.json(await preview(resolve(folder, path), facts));
  });
  routes.onError((cause, context) => {
    const error = cause instanceof OrreryError ? cause : new OrreryError("runtime", "this file cannot be shown");
    return context.json({ error: error.message, hint: error.hint } satisfies ApiError, 400);
  });
  return routes;
}
