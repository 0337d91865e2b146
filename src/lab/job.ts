import type { z } from "zod";
import { OrreryError } from "../errors.ts";
import type { CheckpointStore, Direction } from "../nn/index.ts";
import type { Figure } from "./figure.ts";

/** A metric that a job measures; every measured name must be declared. */
export interface MetricDeclaration {
  readonly label: string;
  readonly direction: Direction;
  readonly unit?: string;
  /** Whether it is a part of one, shown as per cent. */
  readonly isFraction?: boolean;
}

/** How far long work has come. */
export interface Progress {
  readonly done: number;
  /** Left out while nobody knows. */
  readonly total?: number;
  /** What is counted: `epochs`, `sweeps`. */
  readonly unit?: string;
  /** What is going on: `training elr, seed 2`. */
  readonly label?: string;
}

/** One number that the job was run for. */
export interface Headline {
  readonly label: string;
  readonly value: number | string;
  readonly unit?: string;
  readonly isFraction?: boolean;
  /** What to compare it with, e.g. `plain training: 74.5 %`. */
  readonly note?: string;
}

/** What a job ends with. */
export interface Outcome {
  /** One to three sentences that say what came out, also when it is bad news, with the nearest miss. */
  readonly summary: string;
  readonly headlines: readonly Headline[];
  /** What one would do next: commands with a reason. `RUN/` in a command is the run's folder. */
  readonly next?: readonly { readonly command: string; readonly why: string }[];
}

/** What a job's state may be kept as: arrays in nested objects, and anything else that is JSON. */
export interface SavedState {
  readonly arrays: Readonly<Record<string, unknown>>;
}

/** What a running job may use. */
export interface JobContext {
  /** Aborted when the run is to stop: finish the step, save, and throw `cancelled`. */
  readonly signal: AbortSignal;
  /** The run's folder; write there through `artifact`. */
  readonly folder: string;
  progress(progress: Progress): void;
  /**
   * Notes metrics at a step. Names are declared ones, perhaps behind a prefix: `elr/testAccuracy`. A run that was killed and resumed
   * measures some steps again; what is already noted with the same value is not noted twice.
   * @throws OrreryError `argument` for an undeclared name.
   */
  metrics(step: number, values: Readonly<Record<string, number>>): void;
  /** One line for the log and the terminal. */
  note(message: string): void;
  /** One line that people must see in the report too. */
  warn(message: string): void;
  /** Keeps a figure; one of the same name is replaced. */
  figure(figure: Figure): void;
  /** Writes a file into the run's `artifacts` folder, whole or not at all. @returns its path */
  artifact(name: string, content: Uint8Array | string, description: string): Promise<string>;
  /** A place for the state to go on from, by name; `load` answers undefined in a fresh run. */
  checkpoints<C extends SavedState>(name?: string): CheckpointStore<C>;
}

type Options = z.ZodObject<z.core.$ZodLooseShape, z.core.$strict>;

/** Parts of a job's options: objects may be given in part, too. */
export type PartialOptions<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { readonly [K in keyof T]?: PartialOptions<T[K]> }
    : T;

/** What a run is likely to take. */
export interface JobEstimate {
  readonly seconds?: number;
  readonly bytes?: number;
}

/** What a user can start. Command line, recipes, forms, records and the library's types all come from this. */
export interface JobDefinition<O extends Options = Options> {
  /** Instrument and verb: `labels audit`. */
  readonly name: string;
  /** One line: what it does for whom. */
  readonly summary: string;
  /** What `--help` teaches beside the options: paragraphs. */
  readonly description?: string;
  /** `z.strictObject`; every field has `.describe(…)`; units by `.meta({ unit: "ms" })`; files by `pathOption`. */
  readonly options: O;
  /** Sets of options by name. `standard` is taken when none is named, if there is one. */
  readonly presets?: Readonly<
    Record<string, { readonly summary: string; readonly options: PartialOptions<z.input<O>> }>
  >;
  /** Options that may be given by their place on the command line, in order. */
  readonly positional?: readonly (keyof z.input<O> & string)[];
  readonly examples?: readonly { readonly command: string; readonly explanation: string }[];
  readonly metrics?: Readonly<Record<string, MetricDeclaration>>;
  /** What is counted by the step of its metrics; default `step`. */
  readonly stepName?: string;
  /** A guess before start. What it throws is not shown: the run itself says what is wrong with options. */
  estimate?(options: z.output<O>): JobEstimate | Promise<JobEstimate>;
  run(options: z.output<O>, context: JobContext): Promise<Outcome>;
}

/** A job whose options' type is forgotten, as registries keep them. */
export type AnyJob = Omit<JobDefinition, "run" | "estimate" | "positional" | "presets"> & {
  readonly positional?: readonly string[];
  readonly presets?: Readonly<Record<string, { readonly summary: string; readonly options: object }>>;
  estimate?(options: never): JobEstimate | Promise<JobEstimate>;
  run(options: never, context: JobContext): Promise<Outcome>;
};

/**
 * Defines a job and checks what types cannot: the name's two words, a description on every field, positional options that exist.
 * @throws OrreryError `argument` naming everything that is wrong.
 */
export function defineJob<O extends Options>(job: JobDefinition<O>): JobDefinition<O> {
  const problems: string[] = [];
  if (!/^[a-z]+ [a-z-]+$/.test(job.name))
    problems.push(`name must be two words, instrument and verb; got "${job.name}"`);
  const fields = job.options.shape as Readonly<Record<string, z.ZodType>>;
  for (const [name, field] of Object.entries(fields)) {
    if (descriptionOf(field) === undefined) problems.push(`option "${name}" has no description`);
  }
  for (const name of job.positional ?? []) if (!(name in fields)) problems.push(`no option "${name}" to be positional`);
  if (problems.length === 0) return job;
  throw new OrreryError("argument", `defineJob ${job.name}: ${problems.join("; ")}`);
}

/** A field's description, through its default and optional wrappers. */
function descriptionOf(field: z.ZodType): string | undefined {
  if (field.description !== undefined) return field.description;
  const { innerType } = field.def as { readonly innerType?: z.ZodType };
  return innerType === undefined ? undefined : descriptionOf(innerType);
}
