import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { readAnnotations } from "../../lab/runs/annotations.ts";
import { findRunIn, type Run, runFiles, stateOf } from "../../lab/runs/run-folder.ts";
import { secondsOf } from "../../lab/runs/run-record.ts";
import type { RunRow } from "../api.ts";

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
    const fresh = new Map<string, Cached>();
    for (const id of this.#names()) {
      const found = this.#look(id);
      if (found !== undefined) fresh.set(id, found);
    }
    this.#cached = fresh;
    return [...fresh.values()].map(({ row }) => row).sort((a, b) => (a.created < b.created ? 1 : -1));
  }

  /** The run of an id; undefined for anything that is not the name of a run's folder directly below the root. */
  find(id: string): Run | undefined {
    if (!/^\w[\w.-]{0,199}$/.test(id)) return undefined;
    const found = this.#look(id);
    return found === undefined ? undefined : { ...found.run, state: found.row.state };
  }

  row(run: Run): RunRow {
    return rowOf(run);
  }

  #names(): string[] {
    try {
      return readdirSync(this.root).filter((name) => !name.startsWith("."));
    } catch {
      return [];
    }
  }

  #look(id: string): Cached | undefined {
    const folder = join(this.root, id);
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
    const run = findRunIn(folder);
    if (run === undefined) return before;
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
