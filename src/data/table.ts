import { OrreryError } from "../errors.ts";
import { hintForName } from "../nearest-name.ts";
import type { Loaded } from "./dataset.ts";

/** A column of numbers; a missing value is NaN. */
export interface NumberColumn {
  readonly kind: "number";
  readonly name: string;
  readonly values: Float64Array;
}

/** A column of text; a missing value is null. */
export interface TextColumn {
  readonly kind: "text";
  readonly name: string;
  readonly values: readonly (string | null)[];
}

/** A column of vectors of one width, e.g. embeddings; vector `i` is `values[i · width … (i + 1) · width]`, NaN when missing. */
export interface VectorColumn {
  readonly kind: "vector";
  readonly name: string;
  readonly width: number;
  readonly values: Float32Array;
}

export type Column = NumberColumn | TextColumn | VectorColumn;

/** Named columns of equal length, as read from csv, tsv or parquet, with the rows that could not be read. */
export interface Table extends Loaded {
  /** The file, for errors. */
  readonly source: string;
  readonly columns: readonly Column[];
  readonly rowCount: number;
  /** `lines[i]` is the 1-based line on which row `i` begins; text files only. */
  readonly lines?: Int32Array;
}

/** The names of the columns, in order. */
export function columnNames(table: Table): readonly string[] {
  return table.columns.map(({ name }) => name);
}

/** The column `name`. @throws OrreryError `not-found` with a suggestion. */
export function column(table: Table, name: string): Column {
  const found = table.columns.find((candidate) => candidate.name === name);
  if (found !== undefined) return found;
  throw new OrreryError("not-found", `${table.source}: no column "${name}"`, {
    hint: hintForName(name, columnNames(table), "The columns are"),
  });
}

/** Where row `i` of the table stands in its file: `file:line`, or `file row n`. */
export function placeOfRow(table: Table, i: number): string {
  return table.lines === undefined ? `${table.source} row ${table.rows[i]}` : `${table.source}:${table.lines[i]}`;
}

/** True if the value in row `i` is missing. */
export function isMissing(column: Column, i: number): boolean {
  if (column.kind === "text") return column.values[i] === null;
  return Number.isNaN(column.values[column.kind === "vector" ? i * column.width : i]);
}

/** The values of a column of numbers. @throws OrreryError `not-found`, or `format` naming the first value that is none. */
export function numberColumn(table: Table, name: string): Float64Array {
  const found = column(table, name);
  if (found.kind === "number") return found.values;
  throw notNumbers(table, found);
}

/** The error for a column that should hold numbers: names its first value that is none. */
export function notNumbers(table: Table, { name, kind, values }: Column): OrreryError {
  if (kind !== "text")
    return new OrreryError("format", `${table.source}: column "${name}": expected numbers; got vectors`);
  const first = (values as TextColumn["values"]).findIndex((value) => value !== null && Number.isNaN(Number(value)));
  if (first < 0) {
    return new OrreryError("format", `${table.source}: column "${name}": expected numbers; got text`, {
      hint: `Read it with { columns: { ${JSON.stringify(name)}: "number" } }.`,
    });
  }
  return new OrreryError(
    "format",
    `${placeOfRow(table, first)}: column "${name}": expected a number; got ${JSON.stringify(values[first])}`,
    {
      hint: `Leave the column out, or read it with { columns: { ${JSON.stringify(name)}: "number" } } to reject such rows.`,
    },
  );
}

/** The values of a column as text, null where missing; numbers as JavaScript writes them. @throws OrreryError `not-found`, `format` for vectors. */
export function textColumn(table: Table, name: string): readonly (string | null)[] {
  const found = column(table, name);
  if (found.kind === "text") return found.values;
  if (found.kind === "number") return Array.from(found.values, (value) => (Number.isNaN(value) ? null : String(value)));
  throw new OrreryError("format", `${table.source}: column "${name}": expected text or numbers; got vectors`);
}
