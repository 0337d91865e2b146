import { formatError } from "./format-error.ts";

/** One record of a delimited text. */
export interface CsvRecord {
  readonly cells: readonly string[];
  /** `quoted[j]` is true when cell `j` stood in quotes; empty when none did. */
  readonly quoted: readonly boolean[];
  /** 1-based line on which the record begins. */
  readonly line: number;
  /** Set when the record breaks the quoting rule: what is wrong. */
  readonly problem?: string;
}

const quote = 34;
const lineFeed = 10;
const carriageReturn = 13;

/** Reads one record after another; `at` is the next character, `line` its line. */
class Scanner {
  at = 0;
  line = 1;
  readonly #text: string;
  readonly #delimiter: number;
  readonly #source: string;

  constructor(text: string, delimiter: string, source: string) {
    this.#text = text;
    this.#delimiter = delimiter.charCodeAt(0);
    this.#source = source;
  }

  /** The quoted cell at `at`; leaves `at` behind the closing quote. */
  #quoted(): string {
    const opened = this.line;
    let value = "";
    for (let from = this.at + 1; ; ) {
      const end = this.#text.indexOf('"', from);
      if (end < 0) {
        throw formatError(this.#source, {
          line: opened,
          expected: 'a closing quote (") for the cell that opens here',
          got: "the end of the file",
          hint: 'Close the quote; a quote inside a quoted cell is written "".',
        });
      }
      value += this.#text.slice(from, end);
      if (this.#text.charCodeAt(end + 1) !== quote) {
        this.at = end + 1;
        break;
      }
      value += '"';
      from = end + 2;
    }
    this.line += countLines(value);
    return value;
  }

  /** The characters up to the next delimiter or line end. */
  #bare(): string {
    const start = this.at;
    const text = this.#text;
    while (this.at < text.length) {
      const code = text.charCodeAt(this.at);
      if (code === this.#delimiter || code === lineFeed || code === carriageReturn) break;
      this.at++;
    }
    return text.slice(start, this.at);
  }

  #endLine(): void {
    if (this.#text.charCodeAt(this.at) === carriageReturn) this.at++;
    if (this.#text.charCodeAt(this.at) === lineFeed) this.at++;
    this.line++;
  }

  record(): CsvRecord {
    const line = this.line;
    const cells: string[] = [];
    const quoted: boolean[] = [];
    let problem: string | undefined;
    for (;;) {
      if (this.#text.charCodeAt(this.at) === quote) {
        quoted[cells.length] = true;
        cells.push(this.#quoted());
        const rest = this.#bare();
        if (rest !== "")
          problem ??= `cell ${cells.length}: expected a delimiter after the closing quote; got ${JSON.stringify(rest)}`;
      } else cells.push(this.#bare());
      if (this.#text.charCodeAt(this.at) !== this.#delimiter || this.at >= this.#text.length) break;
      this.at++;
    }
    if (this.at < this.#text.length) this.#endLine();
    return { cells, quoted, line, problem };
  }
}

function countLines(text: string): number {
  let lines = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === lineFeed || (code === carriageReturn && text.charCodeAt(i + 1) !== lineFeed)) lines++;
  }
  return lines;
}

/**
 * The records of a delimited text by RFC 4180: cells may stand in quotes, a quoted cell may hold delimiters, line ends
 * and doubled quotes. Line ends are CRLF, LF or CR. A quote inside a cell that does not begin with one is an ordinary
 * character. Blank lines at the end are no records.
 * @throws OrreryError `format` when a quote is never closed.
 */
export function* csvRecords(text: string, delimiter: string, source: string): Generator<CsvRecord> {
  let end = text.length;
  while (end > 0 && (text.charCodeAt(end - 1) === lineFeed || text.charCodeAt(end - 1) === carriageReturn)) end--;
  const scanner = new Scanner(text, delimiter, source);
  while (scanner.at < end) yield scanner.record();
}

/**
 * The delimiter of a text: of comma, tab, semicolon and bar the one that cuts the most of its first lines, quoted parts
 * left out, into the same number of cells, more than one; comma when none does.
 */
export function detectDelimiter(text: string): string {
  const unquoted = text.slice(0, 1 << 16).replace(/"(?:[^"]|"")*"/g, "");
  const lines = unquoted.split(/\r\n|\n|\r/, 21).filter((line) => line !== "");
  let best = { delimiter: ",", agreeing: 0, cells: 0 };
  for (const delimiter of [",", "\t", ";", "|"]) {
    const counts = lines.map((line) => line.split(delimiter).length);
    for (const cells of new Set(counts)) {
      const agreeing = counts.filter((count) => count === cells).length;
      const isBetter = agreeing > best.agreeing || (agreeing === best.agreeing && cells > best.cells);
      if (cells > 1 && isBetter) best = { delimiter, agreeing, cells };
    }
  }
  return best.delimiter;
}
