import { existsSync, mkdirSync, statSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join, normalize, sep } from "node:path";
import { writeBytes } from "../../data/index.ts";
import { OrreryError } from "../../errors.ts";
import { type CheckpointStore, fileCheckpoints } from "../../nn/index.ts";
import type { Figure } from "../figure.ts";
import { checkFigure } from "../figures/check.ts";
import type { AnyJob, JobContext, Progress, SavedState } from "../job.ts";
import { environment } from "./environment.ts";
import { LineWriter } from "./json-lines.ts";
import { MetricLog } from "./metric-log.ts";
import { ownProcess } from "./process-identity.ts";
import type { RunEnd, RunEvent } from "./run-event.ts";
import { findRunIn, replaceFileSync, runFiles } from "./run-folder.ts";
import type { RunRecord } from "./run-record.ts";

/** The record and the log of progress are written at most this often. */
const writeEveryMs = 1000;

/** What a run is called beside its folder's name. */
export interface RunTitle {
  readonly name?: string;
  readonly preset?: string;
}

function firstRecord(job: AnyJob, { name, preset }: RunTitle): RunRecord {
  return {
    ...{ format: "orrery run 1", job: job.name, name, preset, created: new Date().toISOString() },
    ...{ status: { state: "running" }, attempts: [], metrics: {}, warnings: [], figures: [], artifacts: [] },
    environment: environment(),
  };
}

/** The attempts so far, where the last one was killed ended with its last sign of life. */
function endedAttempts({ attempts }: RunRecord, path: string): RunRecord["attempts"] {
  return attempts.map((attempt) =>
    attempt.ended === undefined ? { ...attempt, ended: statSync(path).mtime.toISOString() } : attempt,
  );
}

/** The one writer of a run's folder. Everything that it is told is on disk at once, but progress, which is thinned out. */
export class RunWriter {
  readonly folder: string;
  readonly #observer: (event: RunEvent) => void;
  readonly #events: LineWriter;
  readonly #metrics: MetricLog;
  #record: RunRecord;
  #recordWrittenAt = 0;
  #progressWrittenAt = Number.NEGATIVE_INFINITY;

  constructor(folder: string, job: AnyJob, title: RunTitle, observer: (event: RunEvent) => void) {
    this.folder = folder;
    this.#observer = observer;
    for (const part of [runFiles.figures, runFiles.artifacts]) mkdirSync(join(folder, part), { recursive: true });
    const path = join(folder, runFiles.record);
    const before = findRunIn(folder)?.record ?? firstRecord(job, title);
    const attempts = existsSync(path) ? endedAttempts(before, path) : [];
    this.#metrics = new MetricLog(join(folder, runFiles.metrics), job.metrics ?? {});
    this.#events = new LineWriter(join(folder, runFiles.events));
    this.#record = {
      ...before,
      status: { state: "running" },
      attempts: [...attempts, { started: new Date().toISOString(), process: ownProcess() }],
      metrics: this.#metrics.records,
      environment: environment(),
    };
    this.#writeRecord();
    this.#tell({ kind: "start", folder, job: job.name, attempt: this.#record.attempts.length });
  }

  get record(): RunRecord {
    return this.#record;
  }

  /** What the job is given. */
  context(signal: AbortSignal): JobContext {
    return {
      signal,
      folder: this.folder,
      progress: (progress) => this.#progress(progress),
      metrics: (step, values) => this.#measure(step, values),
      note: (message) => this.#tell({ kind: "note", message }),
      warn: (message) => this.#warn(message),
      figure: (figure) => this.#figure(figure),
      artifact: (name, content, description) => this.#artifact(name, content, description),
      checkpoints: <C extends SavedState>(name = "latest") => this.#checkpoints<C>(name),
    };
  }

  /** Writes the end down. */
  settle(end: RunEnd): void {
    const attempts = this.#record.attempts.with(-1, {
      ...(this.#record.attempts.at(-1) as RunRecord["attempts"][number]),
      ended: new Date().toISOString(),
    });
    this.#record = { ...this.#record, status: end, attempts };
    this.#writeRecord();
  }

  /** Tells the end, when all is written, and lets go of the files. */
  close(end: RunEnd): void {
    this.#tell({ kind: "end", folder: this.folder, end });
    this.#events.close();
    this.#metrics.close();
  }

  #tell(event: RunEvent): void {
    this.#events.append(JSON.stringify({ time: new Date().toISOString(), ...event }));
    this.#observer(event);
  }

  #writeRecord(): void {
    this.#recordWrittenAt = performance.now();
    replaceFileSync(join(this.folder, runFiles.record), `${JSON.stringify(this.#record, null, 1)}\n`);
  }

  #writeRecordSometimes(): void {
    if (performance.now() - this.#recordWrittenAt >= writeEveryMs) this.#writeRecord();
  }

  #progress(progress: Progress): void {
    this.#record = { ...this.#record, progress };
    this.#writeRecordSometimes();
    const event = { kind: "progress", ...progress } as const;
    if (performance.now() - this.#progressWrittenAt < writeEveryMs) this.#observer(event);
    else {
      this.#progressWrittenAt = performance.now();
      this.#tell(event);
    }
  }

  #measure(step: number, values: Readonly<Record<string, number>>): void {
    const what = this.#metrics.append({ step, values });
    if (what === "different") {
      this.#warn(`step ${step}: this attempt measured other values than the one before it; those were kept`);
    }
    this.#record = { ...this.#record, metrics: this.#metrics.records };
    this.#writeRecordSometimes();
    this.#observer({ kind: "metrics", step, values });
  }

  #warn(message: string): void {
    if (!this.#record.warnings.includes(message)) {
      this.#record = { ...this.#record, warnings: [...this.#record.warnings, message] };
    }
    this.#writeRecord();
    this.#tell({ kind: "warning", message });
  }

  #figure(figure: Figure): void {
    checkFigure(figure);
    const { name, title } = figure;
    replaceFileSync(join(this.folder, runFiles.figures, `${name}.json`), JSON.stringify(figure));
    const others = this.#record.figures.filter((other) => other !== name);
    this.#record = {
      ...this.#record,
      figures: others.length < this.#record.figures.length ? this.#record.figures : [...others, name],
    };
    this.#writeRecord();
    this.#tell({ kind: "figure", name, title });
  }

  async #artifact(name: string, content: Uint8Array | string, description: string): Promise<string> {
    const relative = normalize(name);
    if (relative.startsWith("..") || relative.startsWith(sep) || relative === ".") {
      throw new OrreryError("argument", `artifact: expected a path below the run's artifacts; got "${name}"`);
    }
    const path = join(this.folder, runFiles.artifacts, relative);
    const bytes = typeof content === "string" ? Buffer.from(content) : content;
    await mkdir(dirname(path), { recursive: true });
    await writeBytes(path, bytes);
    const artifact = { name: relative.split(sep).join("/"), description, bytes: statSync(path).size };
    const others = this.#record.artifacts.filter((other) => other.name !== artifact.name);
    this.#record = { ...this.#record, artifacts: [...others, artifact] };
    this.#writeRecord();
    this.#tell({ kind: "artifact", ...artifact });
    return path;
  }

  #checkpoints<C extends SavedState>(name: string): CheckpointStore<C> {
    const store = fileCheckpoints<C>(join(this.folder, runFiles.checkpoints, `${name}.safetensors`));
    return {
      load: () => store.load(),
      save: async (state) => {
        await store.save(state);
        this.#tell({ kind: "checkpoint", name });
      },
    };
  }
}
