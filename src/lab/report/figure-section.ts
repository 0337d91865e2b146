import type { Figure } from "../figure.ts";
import { renderTable } from "../figures/data-table.ts";
import { renderDrawing } from "../figures/drawing.ts";
import { svgDocument } from "../figures/svg-document.ts";
import { tableCsv } from "../figures/table-csv.ts";
import { Html, html, jsonData } from "./html.ts";

/** Rows of a table beside a figure; the CSV has all. */
const maxRows = 100;
/** Pixels of a chart that does not say how wide it is: as wide as the column. */
const chartWidth = 736;

/** The id of a figure's section. */
export const anchorOf = ({ name }: Figure) => `figure-${name}`;

/** A figure with what is to be seen in words, its numbers as a table, and buttons to save it. */
export function figureSection(figure: Figure, number: number): Html {
  const anchor = anchorOf(figure);
  const isTable = figure.drawing.kind === "table";
  const count = figure.table.rows.length;
  const table = new Html(renderTable(figure.table, { label: `Data of figure ${number}`, limit: maxRows }));
  const data = html`<details><summary>Data <span class="muted">${count.toLocaleString("en-US")} ${count === 1 ? "row" : "rows"}</span></summary>${table}</details>`;
  return html`<figure class="figure" id="${anchor}" aria-labelledby="${anchor}-heading" data-name="${figure.name}">
<figcaption><p class="kicker">Figure ${number}</p>
<h2 id="${anchor}-heading">${figure.title}</h2>
<p class="summary">${figure.summary}</p></figcaption>
<div class="drawing">${drawn(figure)}</div>
<div class="tools" role="group" aria-label="Save figure ${number}">${["SVG", "PNG", "CSV"].map((format) => button(format, number))}</div>
${isTable ? undefined : data}
<script type="application/json" class="csv">${jsonData(tableCsv(figure.table))}</script>
</figure>`;
}

function button(format: string, number: number): Html {
  return html`<button type="button" data-save="${format.toLowerCase()}">${format}<span class="hidden"> of figure ${number}</span></button>`;
}

/** The drawing, or why there is none: one figure that cannot be drawn takes nothing else from the report. */
function drawn(figure: Figure): Html {
  try {
    return new Html(
      renderDrawing({ ...figure, name: anchorOf(figure) }, { document: svgDocument(), width: chartWidth }),
    );
  } catch (error) {
    return html`<p class="notice bad">This figure cannot be drawn: ${(error as Error).message}. Its data are below.</p>`;
  }
}
