import { OrreryError } from "../../../errors.ts";
import { readUnit, type Unit } from "./units.ts";

/** A piece of a formula's text with its place; lines and columns count from 1. */
export interface Token {
  readonly kind: "number" | "name" | "symbol" | "end";
  /** The canonical spelling: `and` for `&&`, `always` for `G`, `[` for `[`. */
  readonly text: string;
  /** As written. */
  readonly written: string;
  readonly line: number;
  readonly column: number;
  /** The unit behind a number. */
  readonly unit?: Unit;
}

/** Spellings of the operators: on the left what may be written, on the right its one name. */
const spellings: Readonly<Record<string, string>> = {
  ...{ G: "always", globally: "always", "□": "always", F: "eventually", finally: "eventually", "◇": "eventually" },
  ...{ U: "until", H: "historically", "!": "not", "¬": "not", "&": "and", "&&": "and", "∧": "and" },
  ...{ "|": "or", "||": "or", "∨": "or", "=>": "implies", "->": "implies", "→": "implies", "<->": "iff", "<=>": "iff" },
  ...{ "≤": "<=", "≥": ">=", "≠": "!=", "!==": "!=", "=": "==", prev: "previous", "·": "*" },
};

/** Words that cannot be names of states. */
export const keywords: readonly string[] = [
  ...["always", "eventually", "until", "release", "historically", "once", "since", "trigger", "not", "and", "or"],
  ...["implies", "iff", "xor", "previous", "next", "rise", "fall", "true", "false", "inf"],
  ...Object.keys(spellings).filter((word) => /^[A-Za-z]+$/.test(word)),
];

const numberPattern = /^(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/;
const namePattern = /^[\p{L}_][\p{L}\p{N}_.]*/u;
const symbolPattern = /^(?:<->|<=>|!==|->|=>|<=|>=|==|!=|&&|\|\||[-+*/^()[\],:<>=!&|¬∧∨→≤≥≠□◇·])/u;

/** Whether a formula can use this word as the name of something. */
export function isName(word: string): boolean {
  return namePattern.exec(word)?.[0] === word && !keywords.includes(word);
}

/** Where a message is about: the name of the text, line and column. */
export function placeOf(source: string, { line, column }: Pick<Token, "line" | "column">): string {
  return `${source}:${line}:${column}`;
}

/**
 * Cuts a formula into tokens. Units stand behind numbers (`5 m/s`); `#` starts a comment up to the end of the line.
 * @throws OrreryError `format` at a character that begins nothing.
 */
export function tokenize(text: string, source: string): Token[] {
  const tokens: Token[] = [];
  text.split(/\r?\n/).forEach((lineText, i) => {
    let at = 0;
    while (at < lineText.length) {
      const rest = lineText.slice(at);
      const blank = /^(?:\s+|#.*)/.exec(rest);
      if (blank !== null) {
        at += blank[0].length;
        continue;
      }
      const token = readToken(rest, i + 1, at + 1, source);
      tokens.push(token);
      at += token.written.length;
    }
  });
  const last = text.split(/\r?\n/);
  tokens.push({ kind: "end", text: "", written: "", line: last.length, column: last[last.length - 1].length + 1 });
  return tokens;
}

function readToken(rest: string, line: number, column: number, source: string): Token {
  const place = { line, column };
  const number = numberPattern.exec(rest);
  if (number !== null) return { kind: "number", text: number[0], ...withUnit(rest, number[0]), ...place };
  const name = namePattern.exec(rest);
  const written = name?.[0] ?? symbolPattern.exec(rest)?.[0];
  if (written === undefined) {
    const got = JSON.stringify(String.fromCodePoint(rest.codePointAt(0)!));
    throw new OrreryError("format", `${placeOf(source, place)} expected a formula; got the character ${got}`);
  }
  const text = Object.hasOwn(spellings, written) ? spellings[written] : written;
  return { kind: name !== null && !keywords.includes(written) ? "name" : "symbol", text, written, ...place };
}

/** A number with the unit that follows it, perhaps after blanks; a word that is no unit is left alone. */
function withUnit(rest: string, number: string): Pick<Token, "written" | "unit"> {
  const gap = /^\s*/.exec(rest.slice(number.length))![0].length;
  const found = readUnit(rest.slice(number.length + gap));
  if (found === undefined) return { written: number };
  const end = number.length + gap + found.length;
  return /^[\p{L}\p{N}_]/u.test(rest.slice(end))
    ? { written: number }
    : { written: rest.slice(0, end), unit: found.unit };
}
