/** How an `OrreryError` is classified: each code stands for one kind of mistake a user can make. */
export type ErrorCode =
  | "shape"
  | "dtype"
  | "argument"
  | "gradient"
  | "unsupported"
  | "format"
  | "not-found"
  | "runtime"
  | "cancelled";

/** What an `OrreryError` carries beside its message. */
export interface ErrorDetails {
  /** The next step for the user, one sentence. */
  readonly hint?: string;
  /** The error that led to this one. */
  readonly cause?: unknown;
}

/**
 * Every error that a user can cause: `message` says where, what was expected and what was got;
 * `hint` says what to do next. `String(error)` prints both.
 */
export class OrreryError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "OrreryError";
    this.code = code;
    this.hint = details.hint;
  }

  override toString(): string {
    return this.hint === undefined ? this.message : `${this.message}. ${this.hint}`;
  }
}
