import { type Column, encodeCsv } from "../../data/index.ts";
import type { DataTable, Row } from "../figure.ts";
import { columnsOf, isNumeric } from "./columns.ts";

function columnOf(rows: readonly Row[], name: string): Column {
  const cells = rows.map((row) => row[name] ?? null);
  if (isNumeric(rows, name)) {
    return {
      kind: "number",
      name,
      values: Float64Array.from(cells, (cell) => (cell === null ? Number.NaN : Number(cell))),
    };
  }
  return { kind: "text", name, values: cells.map((cell) => (cell === null ? null : String(cell))) };
}

/** A figure's table as comma-separated values under the columns' own names: those that are shown, then the others; all digits kept. */
export function tableCsv(table: DataTable): string {
  const names = new Set([
    ...columnsOf(table).map(({ name }) => name),
    ...table.rows.flatMap((row) => Object.keys(row)),
  ]);
  return encodeCsv([...names].map((name) => columnOf(table.rows, name)));
}
