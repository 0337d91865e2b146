import { constants } from "node:buffer";
import { formatError } from "./format-error.ts";

function firstBadLine(bytes: Uint8Array): number {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  for (let line = 1, start = 0; ; line++) {
    const next = bytes.indexOf(10, start);
    const end = next < 0 ? bytes.length : next;
    try {
      decoder.decode(bytes.subarray(start, end));
    } catch {
      return line;
    }
    if (next < 0) return line;
    start = end + 1;
  }
}

/**
 * The text in the bytes of a file: UTF-8, or UTF-16 when it begins with that byte-order mark, which is taken off.
 * @throws OrreryError `format` with the line of the first byte that is not UTF-8, or when the text is too long for one string.
 */
export function decodeText(bytes: Uint8Array, source: string): string {
  if (bytes.length > constants.MAX_STRING_LENGTH) {
    throw formatError(source, {
      expected: `at most ${constants.MAX_STRING_LENGTH} bytes of text`,
      got: `${bytes.length}`,
      hint: "Split the file, or store the table as parquet.",
    });
  }
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw formatError(source, {
      line: firstBadLine(bytes),
      expected: "UTF-8 text",
      got: "bytes in another encoding",
      hint: "Save the file as UTF-8.",
      cause,
    });
  }
}
