import { encodeCsv } from "../../data/index.ts";
import type { ExportedFile, ExportedRun } from "./exported-run.ts";

/** A run's metrics as a table with a row for each step and a column for each metric, and its options as another. */
export function toCsv({ points, options }: ExportedRun): ExportedFile[] {
  const names = [...new Set(points.flatMap(({ values }) => Object.keys(values)))];
  const steps = [...new Set(points.map(({ step }) => step))].sort((a, b) => a - b);
  const rows = new Map(steps.map((step, i) => [step, i]));
  const columns = names.map((name) => ({
    kind: "number" as const,
    name,
    values: new Float64Array(steps.length).fill(Number.NaN),
  }));
  const byName = new Map(columns.map((column) => [column.name, column.values]));
  for (const { step, values } of points) {
    for (const [name, value] of Object.entries(values))
      (byName.get(name) as Float64Array)[rows.get(step) as number] = value;
  }
  const step = { kind: "number" as const, name: "step", values: Float64Array.from(steps) };
  const entries = Object.entries(options);
  const text = (name: string, values: readonly string[]) => ({ kind: "text" as const, name, values });
  return [
    { path: "metrics.csv", content: encodeCsv([step, ...columns]) },
    {
      path: "options.csv",
      content: encodeCsv([
        text(
          "option",
          entries.map(([name]) => name),
        ),
        text(
          "value",
          entries.map(([, value]) => (typeof value === "string" ? value : JSON.stringify(value))),
        ),
      ]),
    },
  ];
}
