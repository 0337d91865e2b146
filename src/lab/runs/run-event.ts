import type { Outcome, Progress } from "../job.ts";
import type { ArtifactRecord, RunError } from "./run-record.ts";

/** What happens in a run, as its observer and `events.ndjson` are told. Metrics have a file of their own. */
export type RunEvent =
  | { readonly kind: "start"; readonly folder: string; readonly job: string; readonly attempt: number }
  | ({ readonly kind: "progress" } & Progress)
  | { readonly kind: "metrics"; readonly step: number; readonly values: Readonly<Record<string, number>> }
  | { readonly kind: "note"; readonly message: string }
  | { readonly kind: "warning"; readonly message: string }
  | { readonly kind: "figure"; readonly name: string; readonly title: string }
  | ({ readonly kind: "artifact" } & ArtifactRecord)
  | { readonly kind: "checkpoint"; readonly name: string }
  | { readonly kind: "end"; readonly folder: string; readonly end: RunEnd };

/** How an attempt ended. */
export type RunEnd =
  | { readonly state: "done"; readonly outcome: Outcome }
  | { readonly state: "cancelled" }
  | { readonly state: "failed"; readonly error: RunError };
