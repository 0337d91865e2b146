import { closeSync, existsSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";

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

/** The whole lines of an append-only file; a last line without its end, as a killed writer leaves it, is not one. */
export function readLines(path: string): string[] {
  if (!existsSync(path)) return [];
  const text = readFileSync(path, "utf8");
  return text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .slice(0, -1);
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
