import type { AnyJob, MetricDeclaration } from "../../lab/index.ts";
import { flattenOptions, optionText } from "../../lab/recipes/flatten-options.ts";
import { declarationOf } from "../../lab/runs/metric-log.ts";
import type { Run } from "../../lab/runs/run-folder.ts";
import { readOptions } from "../../lab/runs/run-options.ts";
import { formatValue, textTable } from "../text.ts";

/** The options in which runs differ. */
function differing(runs: readonly Run[]): {
  readonly names: string[];
  readonly values: readonly Map<string, string>[];
} {
  const values = runs.map(
    ({ folder }) => new Map(flattenOptions(readOptions(folder)).map(([path, value]) => [path, optionText(value)])),
  );
  const all = [...new Set(values.flatMap((map) => [...map.keys()]))];
  return { names: all.filter((name) => new Set(values.map((map) => map.get(name))).size > 1), values };
}

/** A table of runs: the options in which they differ, and best and last of every metric. */
export function compareText(job: AnyJob | undefined, runs: readonly Run[]): string {
  const declarations: Readonly<Record<string, MetricDeclaration>> = job?.metrics ?? {};
  const { names, values } = differing(runs);
  const metrics = [...new Set(runs.flatMap(({ record }) => Object.keys(record.metrics)))];
  const head = ["run", "state", ...names, ...metrics.flatMap((name) => [`${name} best`, "last"])];
  const rows = runs.map(({ id, state, record }, i) => {
    const shown = (name: string, which: "best" | "last") => {
      const metric = record.metrics[name];
      return metric === undefined ? "–" : formatValue(metric[which].value, declarationOf(declarations, name) ?? {});
    };
    const cells = metrics.flatMap((name) => [shown(name, "best"), shown(name, "last")]);
    return [id, state, ...names.map((name) => values[i].get(name) ?? "–"), ...cells];
  });
  return textTable(head, rows);
}
