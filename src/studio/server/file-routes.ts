import { resolve } from "node:path";
import { Hono } from "hono";
import { OrreryError } from "../../errors.ts";
import type { ApiError } from "../api.ts";
import { preview } from "./preview.ts";

/**
 * The routes below `/api/files`, all behind the token: this machine's files as its user may read them, to choose and look at
 * what a job is given. Nothing here writes.
 */
export function fileRoutes(folder: string): Hono {
  const routes = new Hono();
  routes.get("/preview", async (context) => {
    const path = context.req.query("path") ?? "";
    if (path.includes("\0")) return context.json({ error: "expected a path" } satisfies ApiError, 400);
    return context.json(await preview(resolve(folder, path)));
  });
  routes.onError((cause, context) => {
    const error = cause instanceof OrreryError ? cause : new OrreryError("runtime", "this file cannot be shown");
    return context.json({ error: error.message, hint: error.hint } satisfies ApiError, 400);
  });
  return routes;
}
