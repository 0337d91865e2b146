import { OrreryError } from "../errors.ts";
import { hintForName } from "../nearest-name.ts";
import { ColumnBuilder, type CsvType, MissingMarks, parseNumber, TypeInference } from "./csv-columns.ts";
import { type CsvRecord, csvRecords, detectDelimiter } from "./csv-records.ts";
import { checkSomeRows, type RejectedRow } from "./dataset.ts";
import { readBytes, writeBytes } from "./file.ts";
import { formatError } from "./format-error.ts";
import { type Column, isMissing, type Table } from "./table.ts";
import { decodeText } from "./text-bytes.ts";

/** How a delimited text is read. */
export interface CsvOptions {
  /** One character; default: tab for `.tsv`, else whichever of comma, tab, semicolon and bar the file uses. */
  readonly delimiter?: string;
  /** Whether the first record names the columns; default `auto`: it does unless one of its cells is a number. */
  readonly header?: boolean | "auto";
  /** Types of columns by name; the others are inferred. A row with a cell that does not fit a type given here is rejected. */
  readonly columns?: Readonly<Record<string, CsvType>>;
  /** Cells that stand for a missing value; default: empty, NA, N/A, NaN, nan, null and ?. */
  readonly missing?: readonly string[];
}

const defaultMissing = ["", "NA", "N/A", "NaN", "nan", "null", "?"];

function headerOf(first: CsvRecord, option: boolean | "auto", source: string): readonly string[] | undefined {
  const hasHeader = option === "auto" ? first.cells.every((cell) => parseNumber(cell) === undefined) : option;
  if (!hasHeader) return undefined;
  const names = first.cells.map((cell, j) => (cell.trim() === "" ? `column_${j + 1}` : cell.trim()));
  const repeated = names.findIndex((name, j) => names.indexOf(name) < j);
  if (repeated >= 0) {
    const name = names[repeated];
    throw formatError(source, {
      line: first.line,
      expected: "column names that do not repeat",
      got: `${JSON.stringify(name)} as columns ${names.indexOf(name) + 1} and ${repeated + 1}`,
      hint: "Rename one, or read with { header: false } if the line is no header.",
    });
  }
  return names;
}

/** The most frequent number of cells, the smaller one in a tie. */
function usualWidth(records: Iterable<CsvRecord>): number {
  const counts = new Map<number, number>();
  for (const { cells } of records) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || a - b)[0][0];
}

function problemOf({ cells, quoted, problem }: CsvRecord, width: number): string | undefined {
  if (problem !== undefined) return problem;
  if (cells.length === 1 && cells[0] === "" && !quoted[0]) return "blank line";
  return cells.length === width ? undefined : `expected ${width} cells; got ${cells.length}`;
}

function checkTypes(names: readonly string[], given: Readonly<Record<string, CsvType>>, source: string): void {
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw new OrreryError("not-found", `${source}: no column "${unknown}" to give a type`, {
    hint: hintForName(unknown, names, "The columns are"),
  });
}

function withoutHeader(records: Generator<CsvRecord>, hasHeader: boolean): Generator<CsvRecord> {
  if (hasHeader) records.next();
  return records;
}

/**
 * The table in a text (or the bytes of one) of comma-, tab- or otherwise separated values; quoting as in RFC 4180.
 * A column is a number column when all its cells are numbers or missing, else text; integers with more digits than a
 * float64 keeps are text. Rows with too few or too many cells, a broken quote, or a cell that does not fit a given type
 * are reported in `rejected` with line and reason. `source` names the file in errors.
 * @throws OrreryError `format` for an empty file, a quote that never closes, repeated column names, text that is not
 * UTF-8, or when no row can be used; `not-found` when `columns` names a column that is not there.
 */
export function decodeCsv(input: string | Uint8Array, options: CsvOptions = {}, source = "csv"): Table {
  const text = typeof input === "string" ? input : decodeText(input, source);
  const { delimiter = detectDelimiter(text), header = "auto", columns: given = {} } = options;
  if (delimiter.length !== 1 || delimiter === '"' || delimiter === "\n" || delimiter === "\r") {
    throw new OrreryError(
      "argument",
      `csv: delimiter must be one character, no quote or line end; got ${JSON.stringify(delimiter)}`,
    );
  }
  const first = csvRecords(text, delimiter, source).next();
  if (first.done) throw formatError(source, { line: 1, expected: "a header or a row", got: "an empty file" });
  const head = headerOf(first.value, header, source);
  const records = (): Generator<CsvRecord> => withoutHeader(csvRecords(text, delimiter, source), head !== undefined);
  const width = head?.length ?? usualWidth(records());
  const names = head ?? Array.from({ length: width }, (_, j) => `column_${j + 1}`);
  checkTypes(names, given, source);

  const missing = new MissingMarks(options.missing ?? defaultMissing);
  const inference = new TypeInference(width, missing);
  let capacity = 0;
  for (const record of records()) {
    if (problemOf(record, width) !== undefined) continue;
    inference.add(record.cells);
    capacity++;
  }
  const types = names.map((name, j) => given[name] ?? inference.types[j]);
  const builder = new ColumnBuilder(names, types, capacity, missing);
  return collect(records(), builder, width, source);
}

function collect(records: Iterable<CsvRecord>, builder: ColumnBuilder, width: number, source: string): Table {
  const rows: number[] = [];
  const lines: number[] = [];
  const rejected: RejectedRow[] = [];
  let row = 0;
  for (const record of records) {
    row++;
    const reason = problemOf(record, width) ?? builder.add(record);
    if (reason === undefined) {
      rows.push(row);
      lines.push(record.line);
    } else rejected.push({ row, line: record.line, reason });
  }
  if (rejected.length > 0) checkSomeRows(source, rows.length, rejected);
  return {
    source,
    columns: builder.finish(),
    rowCount: rows.length,
    rows: Int32Array.from(rows),
    lines: Int32Array.from(lines),
    rejected,
  };
}

function encodeCell(value: string, delimiter: string): string {
  const needsQuotes =
    value.includes(delimiter) || /["\r\n]/.test(value) || value.trim() !== value || defaultMissing.includes(value);
  return needsQuotes ? `"${value.replaceAll('"', '""')}"` : value;
}

function encodeNumber(value: number): string {
  if (Number.isNaN(value)) return "NA";
  return Number.isFinite(value) ? String(value) : value > 0 ? "inf" : "-inf";
}

/**
 * Columns of equal length as delimited text with a header and LF line ends. Missing values are written `NA`; text that
 * could be taken for a missing value is quoted, so that `decodeCsv` with the same types gives the same columns.
 * @throws OrreryError `argument` for a column of vectors or columns of different lengths.
 */
export function encodeCsv(columns: readonly Column[], delimiter = ","): string {
  const count = columns.at(0)?.values.length ?? 0;
  for (const { name, kind, values } of columns) {
    if (kind !== "vector" && values.length === count) continue;
    throw new OrreryError(
      "argument",
      `csv: column "${name}": expected ${count} numbers or texts; got ${values.length} in a ${kind} column`,
    );
  }
  const lines = [columns.map(({ name }) => encodeCell(name, delimiter)).join(delimiter)];
  for (let i = 0; i < count; i++) {
    const cells = columns.map((column) => {
      if (isMissing(column, i)) return "NA";
      return column.kind === "text"
        ? encodeCell(column.values[i] as string, delimiter)
        : encodeNumber(column.values[i]);
    });
    lines.push(cells.join(delimiter));
  }
  return `${lines.join("\n")}\n`;
}

/** Reads a csv or tsv file, gzipped or not; see `decodeCsv`. @throws OrreryError `not-found`, `format`. */
export async function readCsv(path: string, options: CsvOptions = {}): Promise<Table> {
  const delimiter = options.delimiter ?? (/\.tsv(\.gz)?$/i.test(path) ? "\t" : undefined);
  return decodeCsv(await readBytes(path), { ...options, delimiter }, path);
}

/** Writes a csv file (tab-separated when the name ends in `.tsv` or `.tsv.gz`) whole or not at all; see `encodeCsv`. */
export async function writeCsv(path: string, columns: readonly Column[]): Promise<void> {
  const delimiter = /\.tsv(\.gz)?$/i.test(path) ? "\t" : ",";
  await writeBytes(path, new TextEncoder().encode(encodeCsv(columns, delimiter)));
}
