import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

/** What of a run's folder must not depend on whether the run was interrupted: metrics, artifacts and figures, byte for byte. */
export function runContent(run: string): Readonly<Record<string, string>> {
  const below = (part: string): string[] =>
    readdirSync(join(run, part), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(run, join(entry.parentPath, entry.name)))
      .sort();
  const names = ["metrics.ndjson", ...below("artifacts"), ...below("figures")];
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(run, name), "latin1")]));
}
