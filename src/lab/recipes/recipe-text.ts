import { Document, isMap, isScalar, type Pair, type YAMLMap } from "yaml";
import type { ResolvedOptions } from "./resolve-options.ts";

function comment(map: YAMLMap, origins: Readonly<Record<string, string>>, before: string): void {
  for (const pair of map.items as Pair<unknown, unknown>[]) {
    const path = `${before}${String(isScalar(pair.key) ? pair.key.value : pair.key)}`;
    if (isMap(pair.value)) comment(pair.value, origins, `${path}.`);
    else if (isScalar(pair.value)) pair.value.comment = ` ${origins[path] ?? "default"}`;
  }
}

/** A resolved recipe as YAML that `orrery run` takes; a comment tells where each value came from. */
export function writeRecipe(
  job: string,
  { name, preset }: { readonly name?: string; readonly preset?: string },
  { options, origins }: ResolvedOptions,
): string {
  const head = { job, ...(name === undefined ? {} : { name }), ...(preset === undefined ? {} : { preset }) };
  const document = new Document({ ...head, options });
  const map = document.get("options");
  if (isMap(map)) comment(map, origins, "");
  return document.toString({ lineWidth: 0 });
}
