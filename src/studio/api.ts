import type {
  Cell,
  Figure,
  FileLook,
  FileProblem,
  Headline,
  JobEstimate,
  MetricDeclaration,
  RunRecord,
  RunState,
} from "../lab/index.ts";
import type { SweepPlan } from "../lab/recipes/recipe.ts";

/** An instrument as the home page shows it. */
export interface InstrumentInfo {
  readonly name: string;
  readonly title: string;
  readonly brings: string;
  readonly gets: string;
  readonly jobs: readonly JobInfo[];
}

/** A job with everything that its form needs. */
export interface JobInfo {
  readonly name: string;
  readonly summary: string;
  readonly description?: string;
  /** JSON Schema (draft 2020-12) of the options. */
  readonly schema: Readonly<Record<string, unknown>>;
  readonly presets: Readonly<Record<string, { readonly summary: string; readonly options: unknown }>>;
  readonly positional: readonly string[];
  readonly metrics: Readonly<Record<string, MetricDeclaration>>;
  readonly stepName: string;
}

/** A row of the table of runs. */
export interface RunRow {
  readonly id: string;
  readonly state: RunState;
  readonly job: string;
  readonly name?: string;
  readonly created: string;
  readonly seconds: number;
  readonly progress?: RunRecord["progress"];
  readonly headlines: readonly Headline[];
  readonly metrics: RunRecord["metrics"];
  readonly tags: readonly string[];
  readonly note: string;
}

/** One page of the table. */
export interface RunPage {
  readonly total: number;
  readonly rows: readonly RunRow[];
}

/** A run in full, but for its series and figures. */
export interface RunDetail extends RunRow {
  readonly record: RunRecord;
  readonly recipe: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly origins: Readonly<Record<string, string>>;
  readonly declarations: Readonly<Record<string, MetricDeclaration>>;
  /** What its steps count. */
  readonly stepName: string;
  readonly hasReport: boolean;
}

/** A sweep as the list of them shows it. */
export interface SweepRow {
  readonly id: string;
  readonly job: string;
  readonly created: string;
  readonly total: number;
  /** How many trials are in each state. */
  readonly states: Readonly<Partial<Record<TrialState, number>>>;
  /** The options that are varied. */
  readonly varied: readonly string[];
  /** Whether a process begins its trials now. */
  readonly isGoing: boolean;
}

/** A trial that has not begun has no run. */
export type TrialState = RunState | "waiting";

/** A trial of a sweep. */
export interface TrialRow {
  /** The id of its run, when it has begun. */
  readonly id: string;
  readonly options: Readonly<Record<string, string | number | boolean>>;
  readonly state: TrialState;
  readonly seconds?: number;
  readonly progress?: RunRecord["progress"];
  readonly metrics: RunRecord["metrics"];
}

/** A sweep in full. */
export interface SweepDetail extends SweepRow {
  /** Where it is on this machine. */
  readonly folder: string;
  readonly plan: SweepPlan;
  readonly trials: readonly TrialRow[];
  readonly declarations: Readonly<Record<string, MetricDeclaration>>;
}

/** A metric over steps, down-sampled to what a screen shows; `[step, value]`. */
export interface Series {
  readonly name: string;
  /** Points before that. */
  readonly count: number;
  readonly points: readonly (readonly [number, number | null])[];
}

/** The series of a run so far. */
export interface RunSeries {
  /** The byte of `metrics.ndjson` from which live lines go on. */
  readonly next: number;
  readonly series: readonly Series[];
}

/** What a recipe comes to: checked options, or what is wrong with it. */
export type Resolution =
  | {
      readonly ok: true;
      readonly job: string;
      readonly options: Readonly<Record<string, unknown>>;
      readonly origins: Readonly<Record<string, string>>;
      readonly yaml: string;
      /** What its text varies. */
      readonly sweep?: SweepPlan;
    }
  | { readonly ok: false; readonly problems: readonly string[]; readonly hint?: string };

/** What a run of a recipe is likely to take, as far as anybody knows. */
export type Estimate = JobEstimate;

/** A file or folder in the picker. */
export interface FileEntry {
  readonly name: string;
  readonly path: string;
  readonly isFolder: boolean;
  readonly bytes?: number;
}

/** A file that the browser gave. */
export interface UploadedFile {
  /** Where it lies now. */
  readonly path: string;
  /** The folder of all files of its batch. */
  readonly folder: string;
  /** Files that are to lie beside it name this batch. */
  readonly batch: string;
  readonly bytes: number;
}

/** What a file looks like before it is used. */
export type Preview = PreviewContent & {
  /** What the job's option, or the file's kind, has to say of it. */
  readonly look?: FileLook;
  /** What is wrong in it. */
  readonly problems: readonly FileProblem[];
};

/** What is shown of a file, whatever it is taken for. */
export type PreviewContent =
  | { readonly kind: "folder"; readonly path: string; readonly parent?: string; readonly entries: readonly FileEntry[] }
  | {
      readonly kind: "table";
      readonly path: string;
      readonly rows: number;
      readonly columns: readonly { readonly name: string; readonly type: string; readonly missing: number }[];
      readonly head: readonly Readonly<Record<string, Cell>>[];
    }
  | {
      readonly kind: "images";
      readonly path: string;
      readonly count: number;
      readonly images: readonly { readonly source: string; readonly caption: string }[];
    }
  | {
      readonly kind: "text";
      readonly path: string;
      readonly text: string;
      /** The number of its first line in the file. */
      readonly firstLine: number;
      /** Whether the file has more. */
      readonly isPart: boolean;
    }
  | { readonly kind: "model"; readonly path: string; readonly model: ModelGraph }
  | { readonly kind: "file"; readonly path: string; readonly bytes: number };

/** An ONNX model as a graph. */
export interface ModelGraph {
  readonly inputs: readonly { readonly name: string; readonly type: string }[];
  readonly outputs: readonly { readonly name: string; readonly type: string }[];
  readonly parameters: number;
  /** Nodes of the model; the first few thousand are here. */
  readonly nodeCount: number;
  readonly nodes: readonly ModelNode[];
  /** What tables tell of nodes: columns with their names. */
  readonly facts: readonly string[];
}

/** An operation of a model. */
export interface ModelNode {
  readonly name: string;
  readonly operator: string;
  /** Values that come from other nodes or from the model's inputs. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly parameters: number;
  /** Of its first output, as far as it is known. */
  readonly shape: string;
  /** Weights and other constants that the file has: `fc.weight`, `float [10, 64]`. */
  readonly weights: readonly { readonly name: string; readonly type: string }[];
  readonly attributes: Readonly<Record<string, string>>;
  /** Bits, energy, cycles and the like from the run's tables, by their columns. */
  readonly facts: Readonly<Record<string, number | string>>;
}

/** What the server answers when it cannot do what was asked. */
export interface ApiError {
  readonly error: string;
  readonly hint?: string;
}

export type { Figure };
