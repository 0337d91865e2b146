import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Context, Hono } from "hono";
import { OrreryError } from "../../errors.ts";
import { version } from "../../lab/runs/environment.ts";
import type { ApiError } from "../api.ts";
import { comparisonRoutes } from "./comparison-routes.ts";
import { fileRoutes } from "./file-routes.ts";
import { guard } from "./guard.ts";
import { instrumentInfos } from "./instrument-info.ts";
import type { CommandLine } from "./job-process.ts";
import { jsonBody } from "./json-body.ts";
import { openApi } from "./open-api.ts";
import { recipeInput } from "./request-fields.ts";
import { estimateRecipe, resolveRecipe } from "./resolve-recipe.ts";
import { RunIndex } from "./run-index.ts";
import { runRoutes } from "./run-routes.ts";
import { sweepRoutes } from "./sweep-routes.ts";
import { uploadRoutes } from "./upload-routes.ts";

/** What a studio is made of. */
export interface StudioOptions {
  /** Where the runs are. */
  readonly root: string;
  /** What relative paths are relative to, and where the file picker begins. */
  readonly folder: string;
  /** Starts the command line in a process of its own. */
  readonly command: CommandLine;
  /** Needed by whatever writes, or reads the disk outside the runs. */
  readonly token: string;
  /** The port, known once the server listens. */
  readonly port: () => number;
  /** The built page. */
  readonly web: string;
  /** Bytes of an uploaded file at most. */
  readonly uploadLimit: number;
}

const types: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".woff2": "font/woff2",
};

const policy =
  "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** A file of the built page: only names that the build made, in one folder. */
function sendAsset(context: Context, web: string, name: string): Response | undefined {
  if (!/^[\w-][\w.-]*$/.test(name)) return undefined;
  const path = join(web, "assets", name);
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
  context.header("content-type", types[name.slice(name.lastIndexOf("."))] ?? "application/octet-stream");
  context.header("cache-control", "public, max-age=31536000, immutable");
  return context.body(new Uint8Array(readFileSync(path)));
}

/** The studio's server as a function of requests: the API, and the page for every other address. */
export function studioApp({ root, folder, command, token, port, web, uploadLimit }: StudioOptions): Hono {
  const app = new Hono();
  const index = new RunIndex(root);
  app.use(guard({ port, token, uploadLimit }));
  app.get("/api/instruments", async (context) => context.json(await instrumentInfos()));
  app.get("/api/about", (context) => context.json({ version, root, folder }));
  app.get("/api/openapi.json", async (context) => context.json(await openApi()));
  app.post("/api/recipes/resolve", async (context) => {
    const { resolution } = await resolveRecipe(await jsonBody(context, recipeInput), folder);
    return context.json(resolution);
  });
  app.post("/api/recipes/estimate", async (context) =>
    context.json(await estimateRecipe(await jsonBody(context, recipeInput), folder)),
  );
  app.route("/api/runs", runRoutes({ index, command, folder }));
  app.route("/api/sweeps", sweepRoutes({ index, command, folder }));
  app.route("/api/comparisons", comparisonRoutes(index));
  app.route("/api/files", fileRoutes({ folder, index }));
  app.route("/api/uploads", uploadRoutes({ root, limit: uploadLimit }));
  app.all("/api/*", (context) => context.json({ error: "no such address" } satisfies ApiError, 404));
  app.get("/assets/:name", (context) => sendAsset(context, web, context.req.param("name")) ?? context.notFound());
  app.get("*", (context) => {
    const page = join(web, "index.html");
    if (statSync(page, { throwIfNoEntry: false }) === undefined)
      return context.text("the page is not built: npm run build", 503);
    context.header("content-security-policy", policy);
    context.header("cache-control", "no-store");
    return context.html(readFileSync(page, "utf8"));
  });
  app.notFound((context) => context.json({ error: "no such address" } satisfies ApiError, 404));
  app.onError((cause, context) => {
    if (cause instanceof OrreryError)
      return context.json({ error: cause.message, hint: cause.hint } satisfies ApiError, 400);
    return context.json({ error: "this is a bug in orrery" } satisfies ApiError, 500);
  });
  return app;
}
