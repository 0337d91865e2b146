import type { MetricPoint } from "../runs/metric-log.ts";

/** What exports need of a run. */
export interface ExportedRun {
  readonly id: string;
  readonly job: string;
  readonly name?: string;
  /** ISO time of the first start. */
  readonly created: string;
  readonly state: string;
  /** Options by dotted path. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly tags: readonly string[];
  readonly points: readonly MetricPoint[];
}

/** A file of an export: its path below the export's folder, and its bytes. */
export interface ExportedFile {
  readonly path: string;
  readonly content: string | Uint8Array;
}

/** Metrics carry no times: a step counts as a millisecond after the run's start, so that tools that sort by time keep the order. */
export function timeOfStep({ created }: ExportedRun, step: number): number {
  return Date.parse(created) + step;
}
