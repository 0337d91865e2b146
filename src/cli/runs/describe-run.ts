import { formatDuration, formatQuantity } from "../../lab/figures/quantities.ts";
import type { AnyJob, MetricDeclaration } from "../../lab/index.ts";
import { declarationOf } from "../../lab/runs/metric-log.ts";
import { type Run, runFiles } from "../../lab/runs/run-folder.ts";
import { secondsOf } from "../../lab/runs/run-record.ts";
import { shownPath } from "../places.ts";
import { describeEnd } from "../progress/describe-end.ts";
import { definitionList, formatValue, textTable } from "../text.ts";

function metricsTable({ record }: Run, declarations: Readonly<Record<string, MetricDeclaration>>): string {
  const rows = Object.entries(record.metrics).map(([name, { direction, best, last }]) => {
    const how = declarationOf(declarations, name) ?? {};
    return [
      name,
      direction,
      formatValue(best.value, how),
      String(best.step),
      formatValue(last.value, how),
      String(last.step),
    ];
  });
  return textTable(["metric", "better", "best", "at", "last", "at"], rows);
}

/** All that one wants to know of a run, as text. */
export function describeRun(run: Run, job: AnyJob | undefined): string {
  const { record, folder, state } = run;
  const facts: (readonly [string, string])[] = [
    ["job", record.job],
    ...(record.name === undefined ? [] : [["name", record.name] as const]),
    ["state", state],
    [
      "begun",
      `${record.created}, ${record.attempts.length === 1 ? "one attempt" : `${record.attempts.length} attempts`}`,
    ],
    ["time", formatDuration(secondsOf(record))],
    ["folder", shownPath(folder)],
    ["recipe", shownPath(folder, runFiles.recipe)],
    [
      "machine",
      `${record.environment.processor}, ${record.environment.processors} threads, Node ${record.environment.node}`,
    ],
  ];
  const parts = [definitionList(facts)];
  if (Object.keys(record.metrics).length > 0) parts.push(metricsTable(run, job?.metrics ?? {}));
  for (const warning of record.warnings) parts.push(`warning: ${warning}`);
  if (record.artifacts.length > 0) {
    const files = record.artifacts.map(
      ({ name, description, bytes }) => [name, `${description} (${formatQuantity(bytes, { unit: "B" })})`] as const,
    );
    parts.push(definitionList(files));
  }
  if (record.status.state !== "running" && job !== undefined) parts.push(describeEnd(job, folder, record.status));
  return parts.join("\n\n");
}
