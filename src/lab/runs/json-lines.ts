import { closeSync, existsSync, ftruncateSync, openSync, readFileSync, readSync, statSync, writeSync } from "node:fs";

/** JSON has no infinite numbers and no NaN: they are written as texts. */
export function numberToJson(_: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}

const special: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
};

/** A metric's value as `numberToJson` wrote it. */
export function numberFromJson(value: number | string): number {
  return typeof value === "number" ? value : (special[value] ?? Number(value));
}

/** Whole lines of a file, and the byte after them. */
export interface LinesRead {
  readonly lines: string[];
  readonly next: number;
}

/**
 * The whole lines of an append-only file from a byte on; none when there is no file. A last line without its end, as a killed
 * writer leaves it, is not one.
 * @param largest bytes to read at most
 */
export function readLinesFrom(path: string, offset: number, largest = Number.POSITIVE_INFINITY): LinesRead {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size <= offset) return { lines: [], next: offset };
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(Math.min(size - offset, largest));
    const read = readSync(file, bytes, 0, bytes.length, offset);
    const end = bytes.subarray(0, read).lastIndexOf(10) + 1;
    return { lines: bytes.toString("utf8", 0, end).split("\n").slice(0, -1), next: offset + end };
  } finally {
    closeSync(file);
  }
}

/** All whole lines of an append-only file. */
export function readLines(path: string): string[] {
  return readLinesFrom(path, 0).lines;
}

/**
 * Appends lines to a file; each is in the file when `append` returns, whatever happens to the process. What a killed writer
 * left of a line is cut away first.
 */
export class LineWriter {
  readonly #file: number;

  constructor(path: string) {
    const existing = existsSync(path) ? readFileSync(path) : new Uint8Array();
    const whole = existing.lastIndexOf(10) + 1;
    this.#file = openSync(path, "a");
    if (whole < existing.length) ftruncateSync(this.#file, whole);
  }

  append(line: string): void {
    writeSync(this.#file, `${line}\n`);
  }

  close(): void {
    closeSync(this.#file);
  }
}
