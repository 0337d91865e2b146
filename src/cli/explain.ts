import type { AnyJob } from "../lab/index.ts";
import { flattenOptions, optionText } from "../lab/recipes/flatten-options.ts";
import type { ResolvedOptions } from "../lab/recipes/resolve-options.ts";
import { textTable } from "./text.ts";

/** Every option with its value and where that comes from; options that have no value are left out. */
export function explainOptions(job: AnyJob, { options, origins }: ResolvedOptions): string {
  const rows = flattenOptions(options).map(([path, value]) => [path, optionText(value), origins[path] ?? "default"]);
  return `${job.name}\n\n${textTable(["option", "value", "from"], rows)}`;
}
