import type { Figure } from "./figure.ts";
import type { Headline } from "./job.ts";

/** What is wrong in a file, at a place counted from 1 where it has one. */
export interface FileProblem {
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
  readonly hint?: string;
}

/** What a file holds, before anything is done with it. */
export interface FileLook {
  readonly facts: readonly Headline[];
  readonly figures: readonly Figure[];
  /** What was passed over; a file that cannot be read at all is an error instead. */
  readonly problems?: readonly FileProblem[];
}

/**
 * Looks at the file at a path, with the job's other options as they stand; quick, and reads nothing but the file.
 * @throws OrreryError `format` whose message begins with `path:line:column:`, as readers do.
 */
export type LookAtFile = (path: string, options: Readonly<Record<string, unknown>>) => Promise<FileLook>;
