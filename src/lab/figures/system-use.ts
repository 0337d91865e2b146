import type { Figure } from "../figure.ts";
import { formatDuration, formatQuantity } from "./quantities.ts";

/** What is drawn of a run's use of its machine. */
interface Sample {
  readonly time: string;
  readonly processors: number;
  readonly memoryBytes: number;
}

/** Processors and memory that a run used over the time since it began. @param samples at least one, in the order of time */
export function systemUseFigures(samples: readonly Sample[], created: string): Figure[] {
  const start = Date.parse(created);
  const rows = samples.map(({ time, processors, memoryBytes }) => ({
    seconds: Math.round((Date.parse(time) - start) / 100) / 10,
    processors,
    megabytes: Math.round(memoryBytes / 1e4) / 100,
  }));
  const over = formatDuration(rows.at(-1)?.seconds ?? 0);
  const mean = rows.reduce((sum, row) => sum + row.processors, 0) / rows.length;
  const most = rows.reduce((peak, row) => Math.max(peak, row.megabytes), 0);
  const figure = (name: "processors" | "megabytes", words: Pick<Figure, "title" | "summary">): Figure => ({
    name: `${name}-used`,
    ...words,
    drawing: {
      kind: "chart",
      marks: [
        { mark: "line", channels: { x: "seconds", y: name } },
        ...(rows.length < 3 ? [{ mark: "dot", channels: { x: "seconds", y: name } } as const] : []),
      ],
      x: { label: "time since the run began, s" },
      y: { label: name === "megabytes" ? "memory, MB" : "processors busy", grid: true, zero: true },
      width: 560,
      height: 240,
    },
    table: {
      rows,
      columns: [
        { name: "seconds", label: "time", unit: "s" },
        { name: "processors", label: "processors busy" },
        { name: "megabytes", label: "memory", unit: "MB" },
      ],
    },
  });
  return [
    figure("processors", {
      title: "Processors",
      summary: `The job's process kept ${formatQuantity(mean, { digits: 3 })} processors busy, mean of ${rows.length} samples over ${over}.`,
    }),
    figure("megabytes", {
      title: "Memory",
      summary: `The job's process held at most ${formatQuantity(most * 1e6, { unit: "B" })}.`,
    }),
  ];
}
