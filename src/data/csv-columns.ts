import type { CsvRecord } from "./csv-records.ts";
import type { Column } from "./table.ts";

/** The type of a column in a delimited text. */
export type CsvType = "number" | "text";

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const infinity = /^[+-]?inf(?:inity)?$/i;

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** The number that a cell holds: decimal, with an exponent or `inf`, spaces around it ignored; undefined when it is none. */
export function parseNumber(cell: string): number | undefined {
  // Number() knows more than decimals (0x1f, the empty string); two digits, or a digit and a point, exclude all of that.
  const second = cell.charCodeAt(1);
  if (isDigit(cell.charCodeAt(0)) && (cell.length === 1 || second === 46 || isDigit(second))) {
    const value = Number(cell);
    return Number.isNaN(value) ? undefined : value;
  }
  const trimmed = cell.trim();
  if (decimal.test(trimmed)) return Number(trimmed);
  if (infinity.test(trimmed)) return trimmed.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return undefined;
}

/** The cells that stand for a missing value. */
export class MissingMarks {
  readonly #marks: ReadonlySet<string>;
  readonly #hasNumber: boolean;

  constructor(marks: readonly string[]) {
    this.#marks = new Set(marks);
    this.#hasNumber = marks.some((mark) => parseNumber(mark) !== undefined);
  }

  has(cell: string): boolean {
    return this.#marks.has(cell);
  }

  /** The cell's number, NaN when it is missing, undefined when it is something else. */
  number(cell: string): number | undefined {
    // A look-up hashes the cell, which costs more than parsing it: numbers that are no marks are spared that.
    const value = parseNumber(cell);
    if (value !== undefined && !this.#hasNumber) return value;
    return this.#marks.has(cell) ? Number.NaN : value;
  }
}

/** True for an integer with more digits than a float64 keeps, such as a long identifier. */
function losesDigits(cell: string, value: number): boolean {
  return Math.abs(value) > Number.MAX_SAFE_INTEGER && /^\s*[+-]?\d+\s*$/.test(cell);
}

/** Finds each column's type: number while every cell that is not missing is a number that loses no digits, else text. */
export class TypeInference {
  readonly types: CsvType[];
  readonly #missing: MissingMarks;

  constructor(width: number, missing: MissingMarks) {
    this.types = new Array<CsvType>(width).fill("number");
    this.#missing = missing;
  }

  add(cells: readonly string[]): void {
    for (let j = 0; j < cells.length; j++) {
      if (this.types[j] === "text") continue;
      const value = this.#missing.number(cells[j]);
      if (value === undefined || losesDigits(cells[j], value)) this.types[j] = "text";
    }
  }
}

type Values =
  | { readonly kind: "number"; readonly values: Float64Array }
  | { readonly kind: "text"; readonly values: (string | null)[] };

/** Collects the rows of known types into columns. */
export class ColumnBuilder {
  readonly #names: readonly string[];
  readonly #columns: readonly Values[];
  readonly #missing: MissingMarks;
  #count = 0;

  constructor(names: readonly string[], types: readonly CsvType[], capacity: number, missing: MissingMarks) {
    this.#names = names;
    this.#missing = missing;
    this.#columns = types.map((kind) =>
      kind === "number" ? { kind, values: new Float64Array(capacity) } : { kind, values: [] },
    );
  }

  /** Adds a row, or returns why it cannot be added. In text columns a quoted cell is never missing. */
  add({ cells, quoted }: CsvRecord): string | undefined {
    for (let j = 0; j < cells.length; j++) {
      const target = this.#columns[j];
      if (target.kind === "text") {
        target.values[this.#count] = !quoted[j] && this.#missing.has(cells[j]) ? null : cells[j];
      } else {
        const value = this.#missing.number(cells[j]);
        if (value === undefined) {
          return `column ${JSON.stringify(this.#names[j])}: expected a number; got ${JSON.stringify(cells[j])}`;
        }
        target.values[this.#count] = value;
      }
    }
    this.#count++;
    return undefined;
  }

  /** The columns of the rows added. */
  finish(): Column[] {
    return this.#columns.map((column, j) => {
      const name = this.#names[j];
      if (column.kind === "number") return { kind: "number", name, values: column.values.slice(0, this.#count) };
      return { kind: "text", name, values: column.values.slice(0, this.#count) };
    });
  }
}
