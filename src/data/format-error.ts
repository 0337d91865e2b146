import { OrreryError } from "../errors.ts";

/** What was wrong in a file, and where. */
export interface FormatProblem {
  /** 1-based line of a text file. */
  readonly line?: number;
  /** Offset of the first wrong byte of a binary file (after decompression). */
  readonly byte?: number;
  readonly expected: string;
  readonly got: string;
  readonly hint?: string;
  readonly cause?: unknown;
}

/** The error of a file that cannot be read at all: `file:line: expected …; got …` or `file at byte n: expected …; got …`. */
export function formatError(source: string, problem: FormatProblem): OrreryError {
  const line = problem.line === undefined ? "" : `:${problem.line}`;
  const byte = problem.byte === undefined ? "" : ` at byte ${problem.byte}`;
  return new OrreryError("format", `${source}${line}${byte}: expected ${problem.expected}; got ${problem.got}`, {
    hint: problem.hint,
    cause: problem.cause,
  });
}

/** The first bytes of a file as people compare them: `89 50 4e 47`. */
export function formatBytes(bytes: Uint8Array, count = 4): string {
  if (bytes.length === 0) return "an empty file";
  return Array.from(bytes.subarray(0, count), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
