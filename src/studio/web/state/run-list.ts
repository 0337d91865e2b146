import type { RunRow } from "../../api.ts";

/** Which column a table is sorted by. */
export interface Sorting {
  readonly by: string;
  readonly isDescending: boolean;
}

/** The rows whose words hold every word of the filter, in the state when one is named. */
export function filterRuns(
  rows: readonly RunRow[],
  { text, state }: { readonly text: string; readonly state: string },
): RunRow[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  return rows.filter((row) => {
    if (state !== "" && row.state !== state) return false;
    const all = `${row.id} ${row.job} ${row.name ?? ""} ${row.tags.join(" ")} ${row.note}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

/** The metric that a row shows: the first that it has. */
export function mainMetric(row: RunRow): string | undefined {
  return Object.keys(row.metrics)[0];
}

function valueFor(row: RunRow, by: string): string | number {
  if (by === "created") return row.created;
  if (by === "seconds") return row.seconds;
  if (by === "best" || by === "last") {
    const metric = mainMetric(row);
    return metric === undefined ? Number.NEGATIVE_INFINITY : row.metrics[metric][by].value;
  }
  return String((row as unknown as Readonly<Record<string, unknown>>)[by] ?? "");
}

/** The rows in order; equal ones stay as they were. */
export function sortRuns(rows: readonly RunRow[], { by, isDescending }: Sorting): RunRow[] {
  const sign = isDescending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [x, y] = [valueFor(a, by), valueFor(b, by)];
    return x < y ? -sign : x > y ? sign : 0;
  });
}
