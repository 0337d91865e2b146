import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { readAnnotations } from "../../lab/runs/annotations.ts";
import { findRunIn, type Run, runFiles, stateOf } from "../../lab/runs/run-folder.ts";
import { secondsOf } from "../../lab/runs/run-record.ts";
import { sweepFile } from "../../lab/sweeps/sweep.ts";
import type { RunRow } from "../api.ts";

/** Between a sweep's name and its trial's in the id of a trial's run. */
export const trialSign = "~";

/** One step of a path that hides nothing. */
export const isFolderName = (name: string) => /^\w[\w.-]{0,199}$/.test(name);

interface Cached {
  readonly stamp: string;
  readonly run: Run;
  readonly row: RunRow;
}

/** When a file was changed, as text; empty when it is not there. */
function stampOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? "" : `${found.mtimeMs} ${found.size}`;
}

function rowOf(run: Run): RunRow {
  const { id, state, record, folder } = run;
  const { job, name, created, progress, metrics, status } = record;
  const { tags, note } = readAnnotations(folder);
  const headlines = status.state === "done" ? status.outcome.headlines : [];
  return { id, state, job, name, created, seconds: secondsOf(record), progress, headlines, metrics, tags, note };
}

/**
 * The runs below a folder, read again only where their files changed. It is a cache in memory: the folders are the truth,
 * and nothing is ever written into them here.
 */
export class RunIndex {
  readonly root: string;
  #cached = new Map<string, Cached>();

  constructor(root: string) {
    this.root = root;
  }

  /** All rows, newest first. */
  rows(): RunRow[] {
    const fresh = new Map([...this.#cached].filter(([id]) => id.includes(trialSign)));
    for (const id of this.#names()) {
      const found = this.#look(id);
      if (found !== undefined) fresh.set(id, found);
    }
    this.#cached = fresh;
    const own = [...fresh].filter(([id]) => !id.includes(trialSign));
    return own.map(([, { row }]) => row).sort((a, b) => (a.created < b.created ? 1 : -1));
  }

  /**
   * The run of an id: the name of a run's folder directly below the root, or of a sweep's there and of a trial's in it, `sweep~trial`.
   * Undefined for anything else.
   */
  find(id: string): Run | undefined {
    const [first, trial, ...rest] = id.split(trialSign);
    if (rest.length > 0 || !isFolderName(first) || (trial !== undefined && !isFolderName(trial))) return undefined;
    if (trial !== undefined && !this.#isSweep(first)) return undefined;
    const found = this.#look(id);
    return found === undefined ? undefined : { ...found.run, state: found.row.state };
  }

  row(run: Run): RunRow {
    return rowOf(run);
  }

  /** The ids of the sweeps directly below the root. */
  sweeps(): string[] {
    return this.#names().filter((name) => this.#isSweep(name));
  }

  #isSweep(id: string): boolean {
    return isFolderName(id) && existsSync(join(this.root, id, sweepFile));
  }

  #names(): string[] {
    try {
      return readdirSync(this.root).filter((name) => !name.startsWith("."));
    } catch {
      return [];
    }
  }

  #look(id: string): Cached | undefined {
    const folder = join(this.root, ...id.split(trialSign));
    const stamp = stampOf(join(folder, runFiles.record));
    if (stamp === "") return undefined;
    const whole = `${stamp} ${stampOf(join(folder, runFiles.annotations))}`;
    const before = this.#cached.get(id);
    if (before?.stamp === whole) {
      if (before.run.record.status.state !== "running") return before;
      // A killed process leaves its record as it was: only the process itself tells.
      const row = { ...before.row, state: stateOf(before.run.record, folder), seconds: secondsOf(before.run.record) };
      return { ...before, row };
    }
    const found = findRunIn(folder);
    if (found === undefined) return before;
    const run = { ...found, id };
    const cached = { stamp: whole, run, row: rowOf(run) };
    this.#cached.set(id, cached);
    return cached;
  }
}

/** The text of a file of a run, undefined when there is none. */
export function textOf(run: Run, file: string): string | undefined {
  try {
    return readFileSync(join(run.folder, file), "utf8");
  } catch {
    return undefined;
  }
}
