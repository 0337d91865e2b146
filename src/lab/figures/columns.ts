import type { Cell, Column, DataTable, Row } from "../figure.ts";
import { decimalsFor, formatFixed, formatNumber, wordsOf } from "./quantities.ts";

/** The columns of a table in order: those given, else the keys of its first row. */
export function columnsOf({ columns, rows }: DataTable): readonly Column[] {
  return columns ?? Object.keys(rows[0] ?? {}).map((name) => ({ name }));
}

/** What a column is called for people, with its unit. */
export function headingOf({ name, label = wordsOf(name), unit }: Column): string {
  return unit === undefined ? label : `${label}, ${unit}`;
}

/** The column of a name, as the table describes it. */
export function describedColumn(table: DataTable, name: string): Column {
  return table.columns?.find((column) => column.name === name) ?? { name };
}

/** True of columns that hold numbers, and nothing else but missing values. */
export function isNumeric(rows: readonly Row[], name: string): boolean {
  const cells = rows.map((row) => row[name]).filter((cell) => cell !== null && cell !== undefined);
  return cells.length > 0 && cells.every((cell) => typeof cell === "number");
}

/**
 * How the cells of a column are written: numbers with the same decimals, so that they stand below each other; columns whose numbers
 * differ by orders of magnitude with the same significant digits instead.
 */
export function cellFormat(rows: readonly Row[], { name, digits = 4 }: Column): (cell: Cell | undefined) => string {
  const magnitudes = rows
    .map((row) => row[name])
    .filter((cell) => typeof cell === "number")
    .map(Math.abs);
  const sizes = magnitudes.filter((magnitude) => magnitude > 0).sort((a, b) => a - b);
  const [largest, median] = [sizes.at(-1) ?? 0, sizes[sizes.length >> 1] ?? 0];
  const areWhole = magnitudes.every(Number.isInteger);
  const isWide = largest >= 1e15 || median < 1e-4 || largest / median > 1e4;
  const decimals = areWhole ? 0 : decimalsFor(largest, digits);
  return (cell) => {
    if (cell === null || cell === undefined) return "–";
    if (typeof cell === "boolean") return cell ? "yes" : "no";
    if (typeof cell === "string") return cell;
    return isWide && !areWhole ? formatNumber(cell, digits) : formatFixed(cell, decimals);
  };
}
