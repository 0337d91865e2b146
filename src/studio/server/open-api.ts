import { z } from "zod";
import { instruments } from "../../instruments/registry.ts";
import { optionSchema } from "../../lab/recipes/option-schema.ts";
import { annotationFields } from "../../lab/runs/annotations.ts";
import { version } from "../../lab/runs/environment.ts";
import { recipeInput, sweepInput } from "./request-fields.ts";

interface Route {
  readonly method: "get" | "post" | "put" | "delete";
  readonly path: string;
  readonly summary: string;
  readonly body?: z.ZodType;
  /** Whether the body is a file as it is. */
  readonly takesFile?: boolean;
  readonly query?: readonly { readonly name: string; readonly description: string }[];
  readonly answers: string;
}

/** Every address of the API. */
export const apiRoutes: readonly Route[] = [
  { method: "get", path: "/api/about", summary: "Version and folders.", answers: "application/json" },
  {
    method: "get",
    path: "/api/instruments",
    summary: "Instruments with their jobs and options.",
    answers: "application/json",
  },
  { method: "get", path: "/api/openapi.json", summary: "This description.", answers: "application/json" },
  {
    method: "post",
    path: "/api/recipes/resolve",
    summary: "Check a recipe.",
    body: recipeInput,
    answers: "application/json",
  },
  {
    method: "post",
    path: "/api/recipes/estimate",
    summary: "Guess what a run of it takes.",
    body: recipeInput,
    answers: "application/json",
  },
  { method: "get", path: "/api/runs", summary: "All runs, newest first.", answers: "application/json" },
  { method: "post", path: "/api/runs", summary: "Start a run.", body: recipeInput, answers: "application/json" },
  { method: "get", path: "/api/runs/{id}", summary: "A run in full.", answers: "application/json" },
  { method: "get", path: "/api/runs/{id}/figures", summary: "Its figures.", answers: "application/json" },
  {
    method: "get",
    path: "/api/runs/{id}/series",
    summary: "Its metrics over steps.",
    query: [{ name: "points", description: "Points of a series at most." }],
    answers: "application/json",
  },
  {
    method: "get",
    path: "/api/runs/{id}/system",
    summary: "Processors and memory that it used over time.",
    answers: "application/json",
  },
  {
    method: "get",
    path: "/api/runs/{id}/live",
    summary: "New lines of its events and metrics, as server-sent events.",
    query: [{ name: "from", description: "Byte offsets `events-metrics` to go on from; Last-Event-ID goes before." }],
    answers: "text/event-stream",
  },
  { method: "get", path: "/api/runs/{id}/log", summary: "Its events, one JSON object a line.", answers: "text/plain" },
  { method: "get", path: "/api/runs/{id}/report", summary: "Its report as one HTML file.", answers: "text/html" },
  {
    method: "get",
    path: "/api/runs/{id}/artifacts/{name}",
    summary: "A file that it made.",
    answers: "application/octet-stream",
  },
  {
    method: "get",
    path: "/api/runs/{id}/models/{name}",
    summary: "A model that it made, as a graph.",
    answers: "application/json",
  },
  {
    method: "get",
    path: "/api/runs/{id}/annotations",
    summary: "Tags, note and decisions.",
    answers: "application/json",
  },
  {
    method: "put",
    path: "/api/runs/{id}/annotations",
    summary: "Replace them.",
    body: annotationFields,
    answers: "application/json",
  },
  {
    method: "post",
    path: "/api/runs/{id}/cancel",
    summary: "Ask it to stop after its step.",
    answers: "application/json",
  },
  { method: "post", path: "/api/runs/{id}/resume", summary: "Go on with it.", answers: "application/json" },
  { method: "delete", path: "/api/runs/{id}", summary: "Move it to the trash.", answers: "application/json" },
  {
    method: "post",
    path: "/api/runs/{id}/restore",
    summary: "Bring it back from the trash.",
    answers: "application/json",
  },
  { method: "get", path: "/api/sweeps", summary: "All sweeps, newest first.", answers: "application/json" },
  { method: "post", path: "/api/sweeps", summary: "Start a sweep.", body: sweepInput, answers: "application/json" },
  {
    method: "post",
    path: "/api/sweeps/{id}/cancel",
    summary: "Ask its trials to stop after their step, and begin no other.",
    answers: "application/json",
  },
  { method: "post", path: "/api/sweeps/{id}/resume", summary: "Go on with it.", answers: "application/json" },
  { method: "get", path: "/api/sweeps/{id}", summary: "A sweep with its trials.", answers: "application/json" },
  {
    method: "get",
    path: "/api/comparisons/report",
    summary: "Runs side by side as one HTML file.",
    query: [
      { name: "runs", description: "Their ids, with commas between." },
      { name: "x", description: "The option that points are drawn over." },
      { name: "y", description: "The metric that they show." },
    ],
    answers: "text/html",
  },
  {
    method: "get",
    path: "/api/files/preview",
    summary: "What a file or folder looks like.",
    query: [
      { name: "path", description: "The file." },
      { name: "run", description: "The run whose tables tell of a model's nodes." },
      { name: "job", description: "The job that is to be given the file." },
      { name: "option", description: "Its option, by its dotted path: what the file is taken for." },
      { name: "options", description: "Its other options as JSON." },
    ],
    answers: "application/json",
  },
  { method: "get", path: "/api/uploads", summary: "Bytes of an uploaded file at most.", answers: "application/json" },
  {
    method: "post",
    path: "/api/uploads",
    summary: "Take a file from the browser.",
    takesFile: true,
    query: [
      { name: "name", description: "The file's name, without a path." },
      { name: "into", description: "The batch of a file before it, to lie beside it." },
    ],
    answers: "application/json",
  },
];

function bodyOf({ body, takesFile }: Route): object {
  if (takesFile === true) return { requestBody: { required: true, content: { "application/octet-stream": {} } } };
  if (body === undefined) return {};
  const schema = z.toJSONSchema(body, { io: "input", unrepresentable: "any" });
  return { requestBody: { required: true, content: { "application/json": { schema } } } };
}

function operation(route: Route): object {
  const { method, path, summary, query = [], answers } = route;
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const needsToken = method !== "get" || path.startsWith("/api/files");
  return {
    summary,
    parameters: [
      ...names.map((name) => ({ name, in: "path", required: true, schema: { type: "string" } })),
      ...query.map(({ name, description }) => ({ name, in: "query", description, schema: { type: "string" } })),
    ],
    ...bodyOf(route),
    responses: {
      200: { description: "Done.", content: { [answers]: {} } },
      default: { description: "`{ error, hint }`." },
    },
    ...(needsToken ? { security: [{ token: [] }] } : {}),
  };
}

/** The API as OpenAPI 3.1, from the same schemas that check requests and options. */
export async function openApi(): Promise<object> {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of apiRoutes) {
    paths[route.path] ??= {};
    paths[route.path][route.method] = operation(route);
  }
  const jobs = (await Promise.all(instruments.map((instrument) => instrument.jobs()))).flat();
  return {
    openapi: "3.1.0",
    info: { title: "Orrery studio", version },
    paths,
    components: {
      securitySchemes: { token: { type: "apiKey", in: "header", name: "x-orrery-token" } },
      schemas: Object.fromEntries(jobs.map((job) => [job.name.replace(" ", "."), optionSchema(job)])),
    },
  };
}
