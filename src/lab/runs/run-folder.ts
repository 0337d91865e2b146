import { existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { OrreryError } from "../../errors.ts";
import { hintForName } from "../../nearest-name.ts";
import type { Figure } from "../figure.ts";
import { isAlive } from "./process-identity.ts";
import type { RunRecord, RunState } from "./run-record.ts";

/** The files of a run's folder. */
export const runFiles = {
  record: "run.json",
  recipe: "recipe.yaml",
  events: "events.ndjson",
  metrics: "metrics.ndjson",
  system: "system.ndjson",
  annotations: "annotations.json",
  cancelRequest: "cancel-request",
  lock: "lock.json",
  report: "report.html",
  figures: "figures",
  artifacts: "artifacts",
  checkpoints: "checkpoints",
} as const;

/** A run of another machine that has not written its record for so long is taken for dead. */
const silenceMs = 120_000;

/** A run as it is found on disk. */
export interface Run {
  /** The folder's name. */
  readonly id: string;
  readonly folder: string;
  readonly record: RunRecord;
  readonly state: RunState;
}

/** Replaces a file whole or not at all. */
export function replaceFileSync(path: string, content: string | Uint8Array): void {
  const aside = `${path}.${process.pid}.tmp`;
  writeFileSync(aside, content);
  renameSync(aside, path);
}

/** A run's state: a run that says it runs is looked for among the processes. */
export function stateOf(record: RunRecord, folder: string): RunState {
  if (record.status.state !== "running") return record.status.state;
  const last = record.attempts.at(-1);
  if (last === undefined || last.ended !== undefined) return "interrupted";
  const found = isAlive(last.process);
  const isRunning = found ?? Date.now() - statSync(join(folder, runFiles.record)).mtimeMs < silenceMs;
  return isRunning ? "running" : "interrupted";
}

const recordFormat = "orrery run 1";

function parseRecord(text: string): RunRecord | undefined {
  try {
    const record = JSON.parse(text) as RunRecord;
    return record.format === recordFormat ? record : undefined;
  } catch {
    return undefined;
  }
}

/** The run in a folder, undefined when there is none. */
export function findRunIn(folder: string): Run | undefined {
  let text: string;
  try {
    text = readFileSync(join(folder, runFiles.record), "utf8");
  } catch {
    return undefined;
  }
  const record = parseRecord(text);
  return record === undefined ? undefined : { id: basename(folder), folder, record, state: stateOf(record, folder) };
}

/** The run in a folder. @throws OrreryError `not-found`, or `format` when its record cannot be read. */
export function readRun(folder: string): Run {
  const run = findRunIn(folder);
  if (run !== undefined) return run;
  const path = join(folder, runFiles.record);
  if (!existsSync(path)) {
    throw new OrreryError("not-found", `${folder}: expected the folder of a run; it has no ${runFiles.record}`, {
      hint: "orrery runs list shows the runs.",
    });
  }
  const format = formatOf(path);
  if (/^orrery run \d+$/.test(format)) {
    throw new OrreryError(
      "format",
      `${path}: expected "${recordFormat}"; got "${format}", of another version of orrery`,
      {
        hint: "Use the version that made the run; its report.html and artifacts can be opened as they are.",
      },
    );
  }
  throw new OrreryError("format", `${path}: expected a run's record; got something else or a part of one`, {
    hint: "Its files can be opened as they are; orrery run on its recipe.yaml runs it anew.",
  });
}

/** What a record says of itself; empty when it cannot be read. */
function formatOf(path: string): string {
  try {
    return String((JSON.parse(readFileSync(path, "utf8")) as { readonly format?: unknown }).format);
  } catch {
    return "";
  }
}

/** Names of the folders directly below `root` that hold a run whose record cannot be read. */
export function unreadableRuns(root: string): string[] {
  const names = existsSync(root) ? readdirSync(root) : [];
  return names.filter(
    (name) => existsSync(join(root, name, runFiles.record)) && findRunIn(join(root, name)) === undefined,
  );
}

/** The folders directly below `root` that hold runs, newest first; none when `root` does not exist. */
export function listRuns(root: string): Run[] {
  const names = existsSync(root) ? readdirSync(root) : [];
  const runs = names.flatMap((name) => findRunIn(join(root, name)) ?? []);
  return runs.sort((a, b) => (a.record.created < b.record.created ? 1 : a.record.created > b.record.created ? -1 : 0));
}

/**
 * The run that a user means: a folder, an id, the beginning of one that fits a single run, a run's name, or `last`.
 * @throws OrreryError `not-found` with what there is, `argument` when several fit, `format` for a folder whose record cannot be read.
 */
export function findRun(root: string, wanted: string): Run {
  const own = findRunIn(resolve(wanted)) ?? findRunIn(join(root, wanted));
  if (own !== undefined) return own;
  if (unreadableRuns(root).includes(wanted)) return readRun(join(root, wanted));
  const runs = listRuns(root);
  if (wanted === "last" && runs.length > 0) return runs[0];
  const fitting = runs.filter(({ id, record }) => id.startsWith(wanted) || record.name === wanted);
  if (fitting.length === 1) return fitting[0];
  if (fitting.length > 1) {
    throw new OrreryError("argument", `run "${wanted}": ${fitting.length} runs fit`, {
      hint: `Give more of its name: ${fitting
        .slice(0, 5)
        .map(({ id }) => id)
        .join(", ")}.`,
    });
  }
  const ids = runs.map(({ id }) => id);
  throw new OrreryError("not-found", `run "${wanted}": not in ${root}`, {
    hint: ids.length === 0 ? "There are no runs yet." : hintForName(wanted, ids, "Runs"),
  });
}

/** A run's figures in the order in which they came. */
export function readFigures({ folder, record }: Run): Figure[] {
  return record.figures.map(
    (name) => JSON.parse(readFileSync(join(folder, runFiles.figures, `${name}.json`), "utf8")) as Figure,
  );
}
