import { OrreryError } from "../../../errors.ts";
import { readUnit, type Unit } from "../stl/units.ts";
import type { Place } from "./expression.ts";

/** A piece of an expression's text with its place and, behind a number, its unit. */
export interface Token extends Place {
  readonly kind: "number" | "name" | "symbol" | "end";
  readonly text: string;
  readonly unit?: Unit;
}

/**
 * Cuts an expression into tokens, the last of which is its end; `#` starts a comment up to the end of the line.
 * @throws OrreryError `format` at a character that begins nothing.
 */
export function tokenize(text: string, source: string): Token[] {
  const pattern =
    /(?<blank>\s+|#.*)|(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<name>[\p{L}_][\p{L}\p{N}_]*)|(?<symbol>[-+*/^(),−·])/uy;
  const tokens: Token[] = [];
  const lines = text.split(/\r?\n/);
  lines.forEach((content, i) => {
    for (let at = 0; at < content.length; ) {
      pattern.lastIndex = at;
      const groups = pattern.exec(content)?.groups;
      const place = { line: i + 1, column: at + 1 };
      if (groups === undefined) {
        const got = JSON.stringify(String.fromCodePoint(content.codePointAt(at)!));
        throw new OrreryError(
          "format",
          `${source}:${place.line}:${place.column} expected an expression; got the character ${got}`,
        );
      }
      at = pattern.lastIndex;
      if (groups.number !== undefined) {
        const unit = unitAfter(content.slice(at));
        at += unit?.length ?? 0;
        tokens.push({ kind: "number", text: groups.number, ...(unit && { unit: unit.unit }), ...place });
      } else if (groups.name !== undefined) tokens.push({ kind: "name", text: groups.name, ...place });
      else if (groups.symbol !== undefined) {
        tokens.push({ kind: "symbol", text: { "−": "-", "·": "*" }[groups.symbol] ?? groups.symbol, ...place });
      }
    }
  });
  const last = lines[lines.length - 1];
  return [...tokens, { kind: "end", text: "the end", line: lines.length, column: last.length + 1 }];
}

/** The unit at the beginning of a text, perhaps after blanks; a word that only begins like one is none. */
function unitAfter(rest: string): { unit: Unit; length: number } | undefined {
  const gap = /^\s*/.exec(rest)![0].length;
  const found = readUnit(rest.slice(gap));
  if (found === undefined || /^[\p{L}\p{N}_(]/u.test(rest.slice(gap + found.length))) return undefined;
  return { unit: found.unit, length: gap + found.length };
}
