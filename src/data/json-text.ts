import { formatError } from "./format-error.ts";

/** Why a text is no JSON: `early` where it might go on to be one. */
function faultOf(text: string): "none" | "early" | "wrong" {
  try {
    JSON.parse(text);
    return "none";
  } catch (cause) {
    const { message } = cause as Error;
    const [, position] = /position (\d+)/.exec(message) ?? [];
    const isEarly = /unexpected end|unterminated/i.test(message) || Number(position) >= text.length;
    return isEarly ? "early" : "wrong";
  }
}

/** The offset of the first character after which a text can be no JSON, its length where only more is missing. */
function faultOffset(text: string): number {
  // Engines tell it in some messages only; that a beginning is wrong stays true of every longer one.
  let [right, wrong] = [0, text.length + 1];
  while (wrong - right > 1) {
    const middle = Math.floor((right + wrong) / 2);
    if (faultOf(text.slice(0, middle)) === "wrong") wrong = middle;
    else right = middle;
  }
  return right;
}

/** The value in a JSON text. @throws OrreryError `format` with line and column of the first wrong character. */
export function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const offset = faultOffset(text);
    const before = text.slice(0, offset).split("\n");
    const place = `${source}:${before.length}:${before[before.length - 1].length + 1}`;
    const rest = text.slice(offset, offset + 12).split("\n")[0];
    throw formatError(place, {
      expected: "JSON",
      got: offset >= text.length ? "the end of the text" : JSON.stringify(rest || text[offset]),
      cause,
    });
  }
}
