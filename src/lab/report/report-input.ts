import type { Direction, Measurement } from "../../nn/index.ts";
import type { Figure } from "../figure.ts";
import type { Outcome } from "../job.ts";

/** A metric with all that was measured of it. */
export interface ReportMetric {
  /** As the job named it, perhaps behind prefixes: `elr/testAccuracy`. */
  readonly name: string;
  readonly label: string;
  readonly direction: Direction;
  readonly unit?: string;
  readonly isFraction?: boolean;
  readonly best: Measurement;
  readonly last: Measurement;
  /** In the order of measurement; values may be infinite or not a number. */
  readonly points: readonly Measurement[];
}

/** An option's value and where it came from. */
export interface ReportOption {
  /** Its dotted path: `network.kind`. */
  readonly name: string;
  readonly value: unknown;
  /** `default`, `preset quick`, `--rate`, `recipe.yaml:3:8`. */
  readonly origin: string;
  readonly description?: string;
  readonly unit?: string;
}

/** A file that the run made. */
export interface ReportArtifact {
  readonly name: string;
  readonly description: string;
  readonly bytes: number;
  /** Where it lies, relative to the report. */
  readonly href: string;
}

/** Everything a report shows: plain data, so that it can be written again from what a run's folder holds. */
export interface ReportInput {
  readonly title: string;
  /** Instrument and verb: `labels audit`. */
  readonly job: string;
  /** What the run is called among others. */
  readonly id: string;
  readonly state: "running" | "done" | "failed" | "cancelled" | "interrupted";
  /** ISO time of the first start. */
  readonly created: string;
  /** Seconds that all attempts took. */
  readonly seconds: number;
  /** Left out while there is none. */
  readonly outcome?: Outcome;
  readonly error?: { readonly message: string; readonly hint?: string };
  readonly warnings: readonly string[];
  readonly figures: readonly Figure[];
  readonly metrics: readonly ReportMetric[];
  /** What is counted by the steps of metrics: `epoch`. */
  readonly stepName: string;
  /** Where all measured values lie, relative to the report. */
  readonly metricsHref?: string;
  readonly options: readonly ReportOption[];
  readonly artifacts: readonly ReportArtifact[];
  readonly environment: readonly { readonly label: string; readonly value: string }[];
  /** What to type to get the same run again. */
  readonly command?: string;
}
