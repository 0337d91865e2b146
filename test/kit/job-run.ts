import { mkdtempSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type AnyJob,
  checkFigure,
  type Figure,
  type Outcome,
  readFigures,
  readRun,
  runJob,
} from "../../src/lab/index.ts";

/** What a finished run left. */
export interface JobRun {
  readonly folder: string;
  readonly outcome: Outcome;
  /** Checked. */
  readonly figures: readonly Figure[];
  readonly warnings: readonly string[];
  /** The path of an artifact. */
  file(name: string): string;
  json(name: string): Record<string, unknown>;
}

/** Runs a job in this process to its end, in a new folder below `root`; throws what the job throws. */
export async function jobRun(job: unknown, options: object, root: string): Promise<JobRun> {
  const folder = mkdtempSync(join(root, "run-"));
  const warnings: string[] = [];
  const end = await runJob(job as { readonly options: AnyJob["options"] }, options as never, {
    folder,
    observer: (event) => {
      if (event.kind === "warning") warnings.push(event.message);
    },
  });
  if (end.state !== "done") throw end.cause ?? new Error(end.state);
  const figures = readFigures(readRun(folder)).map(checkFigure);
  const file = (name: string) => join(folder, "artifacts", name);
  const json = (name: string) => JSON.parse(readFileSync(file(name), "utf8")) as Record<string, unknown>;
  return { folder, outcome: end.outcome, figures, warnings, file, json };
}
