import type { Interval } from "./formula.ts";
import type { TokenReader } from "./token-reader.ts";
import type { Token } from "./tokens.ts";
import { isComparable, parseUnit, type Unit } from "./units.ts";

/**
 * Reads `[0, 12 s]`, `[0:500 ms]` or `[2, inf]`. A bound without a unit takes the other's, and `timeUnit` where neither has one.
 * @throws OrreryError `format` for a bound that is no time, is negative, or makes the interval empty.
 */
export function parseInterval(reader: TokenReader, timeUnit: string): Interval {
  const open = reader.expect("[");
  const first = readBound(reader);
  const comma = reader.next();
  if (comma.text !== "," && comma.text !== ":") reader.fail(comma, 'expected "," between the bounds of the interval');
  const second = readBound(reader);
  reader.expect("]");
  const unit = second.unit ?? first.unit ?? parseUnit(timeUnit)!;
  const from = inSeconds(reader, first, first.unit ?? unit);
  const to = inSeconds(reader, second, unit);
  if (from === Number.POSITIVE_INFINITY) reader.fail(first, "expected a finite beginning of the interval");
  if (from > to) {
    const hint = "The second bound must not be before the first.";
    reader.fail(open, `the interval is empty: expected from <= to; got [${first.written}, ${second.written}]`, hint);
  }
  return { from, to };
}

function readBound(reader: TokenReader): Token {
  const token = reader.next();
  if (token.kind === "number" || token.text === "inf") return token;
  const isNegative = token.text === "-";
  return reader.fail(
    token,
    isNegative ? "expected a time from 0 on" : "expected a time",
    isNegative ? "For the past use once, historically and since." : undefined,
  );
}

function inSeconds(reader: TokenReader, token: Token, unit: Unit): number {
  if (!isComparable(unit, parseUnit("s")!)) reader.fail(token, `expected a unit of time; got ${unit.name}`);
  return token.text === "inf" ? Number.POSITIVE_INFINITY : Number(token.text) * unit.factor;
}
