import { formatError } from "../../../data/format-error.ts";
import type { OrreryError } from "../../../errors.ts";

/** A word of a text file and where it begins, both from 1. */
export interface Word {
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

/** Where a word stands: `file:line:column`. */
function placeOf(source: string, { line, column }: Pick<Word, "line" | "column">): string {
  return `${source}:${line}:${column}`;
}

/** The error of a word that is not what stands there: `file:line:column: expected …; got …`. */
export function wordError(source: string, word: Word, expected: string, hint?: string): OrreryError {
  const got = word.text === "" ? "the end of the line" : JSON.stringify(word.text);
  return formatError(placeOf(source, word), { expected, got, ...(hint === undefined ? {} : { hint }) });
}

/** The words of each line that has any, split at blanks or, where given, at the separator; `#` begins a comment, at a line's end too. */
export function* linesOf(text: string, separator: "blank" | "comma" = "blank"): Generator<readonly Word[]> {
  const pattern = separator === "blank" ? /\S+/g : /[^,;\t]+/g;
  let line = 0;
  for (let start = 0; start <= text.length; ) {
    let end = text.indexOf("\n", start);
    if (end < 0) end = text.length;
    line++;
    const content = text.slice(start, end).replace(/#.*/, "");
    start = end + 1;
    const words: Word[] = [];
    for (const match of content.matchAll(pattern)) {
      const trimmed = match[0].trim();
      if (trimmed === "" && separator === "blank") continue;
      words.push({ text: trimmed, line, column: match.index + 1 + (match[0].length - match[0].trimStart().length) });
    }
    if (words.some((word) => word.text !== "")) yield words;
  }
}

/** The word at `position`, or an empty one behind the last. */
export function wordAt(words: readonly Word[], position: number): Word {
  if (position < words.length) return words[position];
  const last = words[words.length - 1];
  return { text: "", line: last.line, column: last.column + last.text.length };
}

/** A finite number. @throws OrreryError `format` naming the place. */
export function readNumber(source: string, word: Word, what: string): number {
  const value = word.text === "" ? Number.NaN : Number(word.text);
  if (Number.isFinite(value)) return value;
  throw wordError(source, word, `${what}, a finite number`);
}

/** A whole number in [least, most]. @throws OrreryError `format` naming the place. */
export function readWhole(source: string, word: Word, range: { what: string; least: number; most: number }): number {
  const value = word.text === "" ? Number.NaN : Number(word.text);
  if (Number.isInteger(value) && value >= range.least && value <= range.most) return value;
  const most = range.most === Number.MAX_SAFE_INTEGER ? `at least ${range.least}` : `${range.least} to ${range.most}`;
  throw wordError(source, word, `${range.what}, a whole number ${most}`);
}
