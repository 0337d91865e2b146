import type { DataTable, Row } from "../figure.ts";
import { cellFormat, columnsOf, headingOf, isNumeric } from "./columns.ts";
import { formatFixed } from "./quantities.ts";
import { escapeText } from "./svg-text.ts";

/** Rows that are printed of a table. */
const printedRows = 100;

function note(shown: number, all: number, kind = ""): string {
  return `<p class="more${kind}">The first ${shown} of ${formatFixed(all, 0)} rows; the CSV has all.</p>`;
}

/** A figure's table as HTML, its first `limit` rows; numbers stand to the right. */
export function renderTable(
  table: DataTable,
  { label, limit = Number.POSITIVE_INFINITY }: { readonly label: string; readonly limit?: number },
): string {
  const shown = table.rows.slice(0, limit);
  const columns = columnsOf(table).map((column) => ({
    name: column.name,
    heading: headingOf(column),
    mark: isNumeric(table.rows, column.name) ? ' class="number"' : "",
    format: cellFormat(table.rows, column),
  }));
  const head = columns.map(({ heading, mark }) => `<th scope="col"${mark}>${escapeText(heading)}</th>`).join("");
  const lineOf = (row: Row) =>
    columns.map(({ name, mark, format }) => `<td${mark}>${escapeText(format(row[name]))}</td>`).join("");
  const body = shown.map((row) => `<tr>${lineOf(row)}</tr>`).join("\n");
  const more = shown.length < table.rows.length ? note(shown.length, table.rows.length) : "";
  const onPaper = shown.length > printedRows ? note(printedRows, table.rows.length, " on-paper") : "";
  return `<div class="scroll" role="group" aria-label="${escapeText(label)}" tabindex="0"><table><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table></div>${more}${onPaper}`;
}
