import { availableParallelism, cpus, totalmem } from "node:os";
import { fileURLToPath } from "node:url";

/** One line of a bench's table. Times are medians in milliseconds unless the workload's name says otherwise. */
export interface BenchRow {
  readonly workload: string;
  readonly ours: number;
  /** Null where the peer is not installed. */
  readonly peer: number | null;
  readonly ratio: number | null;
  /** The ratio to reach. */
  readonly target?: number;
  readonly note?: string;
}

export interface BenchResult {
  readonly question: string;
  readonly rows: readonly BenchRow[];
}

/** What the numbers were measured on. */
export function machine(): string {
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus()[0].model.trim()}, ${availableParallelism()} threads, ${memory} GiB, Node ${process.versions.node}`;
}

/** Where what a bench measured is kept. */
export function resultPath(name: string): string {
  return fileURLToPath(new URL(`results/${name}.json`, import.meta.url));
}

/** A row with its ratio. */
export function rowOf(
  workload: string,
  ours: number,
  peer: number | null,
  details: Pick<BenchRow, "target" | "note"> = {},
): BenchRow {
  const rounded = (x: number) => Number(x.toPrecision(3));
  return {
    workload,
    ours: rounded(ours),
    peer: peer === null ? null : rounded(peer),
    ratio: peer === null ? null : rounded(ours / peer),
    ...details,
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

/** The rows with aligned columns. */
export function formatTable(rows: readonly BenchRow[]): string {
  const cells = rows.map(({ workload, ours, peer, ratio, target, note }) => [
    workload,
    String(ours),
    String(peer ?? "–"),
    String(ratio ?? "–"),
    target === undefined ? "" : `≤ ${target}`,
    note ?? "",
  ]);
  const lines = [["workload", "ours", "peer", "ratio", "target", "note"], ...cells];
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  return lines
    .map((line) =>
      line
        .map((cell, i) => (i === 0 || i === 5 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
