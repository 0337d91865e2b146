import type { AnyJob } from "../lab/index.ts";
import type { ResolvedOptions } from "../lab/recipes/resolve-options.ts";
import { textTable } from "./text.ts";

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function leaves(value: unknown, path: string): [string, string][] {
  if (!isMap(value)) return [[path, typeof value === "string" ? value : JSON.stringify(value)]];
  return Object.entries(value).flatMap(([name, item]) => leaves(item, path === "" ? name : `${path}.${name}`));
}

/** Every option with its value and where that comes from; options that have no value are left out. */
export function explainOptions(job: AnyJob, { options, origins }: ResolvedOptions): string {
  const rows = leaves(options, "").map(([path, value]) => [path, value, origins[path] ?? "default"]);
  return `${job.name}\n\n${textTable(["option", "value", "from"], rows)}`;
}
