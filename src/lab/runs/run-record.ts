import type { ErrorCode } from "../../errors.ts";
import type { MetricRecord } from "../../nn/index.ts";
import type { Outcome, Progress } from "../job.ts";

/** The process that writes a run. */
export interface RunProcess {
  readonly pid: number;
  readonly host: string;
  /** When the process began, in the kernel's ticks, where that can be read: a number may be given to another process later. */
  readonly startTicks?: number;
}

/** One start of a run: the first, or a resumption. */
export interface Attempt {
  readonly started: string;
  readonly ended?: string;
  readonly process: RunProcess;
}

/** What went wrong, for people. */
export interface RunError {
  readonly code: ErrorCode | "bug";
  readonly message: string;
  readonly hint?: string;
}

/** How a run stands by its own word; `running` may be out of date, see `stateOf`. */
export type RunStatus =
  | { readonly state: "running" }
  | { readonly state: "done"; readonly outcome: Outcome }
  | { readonly state: "cancelled" }
  | { readonly state: "failed"; readonly error: RunError };

/** How a run stands: `interrupted` when it says it runs and its process is gone. */
export type RunState = RunStatus["state"] | "interrupted";

/** A file that a run made. */
export interface ArtifactRecord {
  /** Its path below `artifacts/`. */
  readonly name: string;
  readonly description: string;
  readonly bytes: number;
}

/** Where a run took place. */
export interface Environment {
  readonly orrery: string;
  readonly node: string;
  readonly platform: string;
  readonly processor: string;
  readonly processors: number;
  readonly memoryBytes: number;
}

/** What `run.json` holds: everything a list of runs shows. */
export interface RunRecord {
  readonly format: "orrery run 1";
  readonly job: string;
  readonly name?: string;
  readonly preset?: string;
  readonly created: string;
  readonly status: RunStatus;
  readonly attempts: readonly Attempt[];
  readonly progress?: Progress;
  /** Best and last of every metric. */
  readonly metrics: Readonly<Record<string, MetricRecord>>;
  readonly warnings: readonly string[];
  /** In the order in which they came. */
  readonly figures: readonly string[];
  readonly artifacts: readonly ArtifactRecord[];
  readonly environment: Environment;
}

/** Seconds that all attempts of a run took so far. */
export function secondsOf({ attempts }: RunRecord, now = Date.now()): number {
  const span = ({ started, ended }: Attempt) => (ended === undefined ? now : Date.parse(ended)) - Date.parse(started);
  return attempts.reduce((sum, attempt) => sum + span(attempt), 0) / 1000;
}
