import { join, resolve } from "node:path";
import { writeBytes } from "../../data/index.ts";
import { toCsv } from "../../lab/exports/csv.ts";
import type { ExportedFile, ExportedRun } from "../../lab/exports/exported-run.ts";
import { toMlflow } from "../../lab/exports/mlflow.ts";
import { toTensorBoard } from "../../lab/exports/tensorboard.ts";
import { flattenOptions } from "../../lab/recipes/flatten-options.ts";
import { readAnnotations } from "../../lab/runs/annotations.ts";
import { readMetrics } from "../../lab/runs/metric-log.ts";
import { type Run, runFiles } from "../../lab/runs/run-folder.ts";
import { readOptions } from "../../lab/runs/run-options.ts";
import { shownPath } from "../places.ts";

const formats: Readonly<Record<string, (run: ExportedRun) => ExportedFile[]>> = {
  csv: toCsv,
  tensorboard: toTensorBoard,
  mlflow: toMlflow,
};

/** Writes a run for other tools and prints where. */
export async function exportRun(
  { id, folder, record, state }: Run,
  { format, to }: { readonly format: string; readonly to?: string },
): Promise<void> {
  const target = to === undefined ? join(folder, "export", format) : resolve(to);
  const files = formats[format]({
    ...{ id, job: record.job, name: record.name, created: record.created, state },
    options: Object.fromEntries(flattenOptions(readOptions(folder))),
    tags: readAnnotations(folder).tags,
    points: readMetrics(join(folder, runFiles.metrics)),
  });
  for (const { path, content } of files) {
    await writeBytes(join(target, path), typeof content === "string" ? Buffer.from(content) : content);
  }
  process.stdout.write(`${files.length} ${files.length === 1 ? "file" : "files"} in ${shownPath(target)}\n`);
}
