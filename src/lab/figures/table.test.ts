import { describe, expect, it } from "vitest";
import { decodeCsv, numberColumn, textColumn } from "../../data/index.ts";
import { cellFormat, headingOf } from "./columns.ts";
import { renderTable } from "./data-table.ts";
import { tableCsv } from "./table-csv.ts";

const rows = [
  { method: "a, b", score: 0.98765, count: 1200, isKept: true, note: null },
  { method: 'says "no"', score: -0.5, count: 7, isKept: false, note: "NA" },
];

describe("tables of figures", () => {
  it("write a column's numbers below each other, whole ones without decimals, missing ones as a dash", () => {
    const cells = (name: string) => rows.map((row) => cellFormat(rows, { name })(row[name as "note"]));
    expect(cells("score")).toEqual(["0.9877", "−0.5000"]);
    expect(cells("count")).toEqual(["1,200", "7"]);
    expect(cells("isKept")).toEqual(["yes", "no"]);
    expect(cells("note")).toEqual(["–", "NA"]);
  });

  it("write numbers of very different size each in its own way", () => {
    const wide = [{ energy: 2.5e-9 }, { energy: 3.25 }, { energy: 4.75e-8 }];
    expect(wide.map(({ energy }) => cellFormat(wide, { name: "energy" })(energy))).toEqual([
      "2.5 × 10⁻⁹",
      "3.25",
      "4.75 × 10⁻⁸",
    ]);
    const nearly = [{ part: 0.92 }, { part: 0.00002 }, { part: 0.013 }];
    expect(nearly.map(({ part }) => cellFormat(nearly, { name: "part", digits: 2 })(part))).toEqual([
      "0.92",
      "0.00",
      "0.01",
    ]);
  });

  it("head columns with words and units", () => {
    expect(headingOf({ name: "peakMemory", unit: "MB" })).toBe("Peak memory, MB");
    expect(headingOf({ name: "x", label: "angle", unit: "rad" })).toBe("angle, rad");
  });

  it("become HTML that cannot be broken by its cells, cut where asked, and say so", () => {
    const html = renderTable({ rows: [{ name: "<b>&\"'" }, { name: "second" }] }, { label: 'the "label"', limit: 1 });
    expect(html).toContain("<td>&#60;b&#62;&#38;&#34;&#39;</td>");
    expect(html).not.toContain("second");
    expect(html).toContain("The first 1 of 2 rows; the CSV has all.");
    expect(html).toContain('aria-label="the &#34;label&#34;"');
    expect(renderTable({ rows }, { label: "all" })).not.toContain("The first");
  });

  it("become CSV with all digits, columns that are not shown last, and read back the same", () => {
    const text = tableCsv({ columns: [{ name: "score", digits: 2 }], rows });
    expect(text.split("\n")[0]).toBe("score,method,count,isKept,note");
    const table = decodeCsv(text, { columns: { note: "text" } });
    expect([...numberColumn(table, "score")]).toEqual([0.98765, -0.5]);
    expect(textColumn(table, "method")).toEqual(["a, b", 'says "no"']);
    expect(table.columns.find(({ name }) => name === "note")?.values[1]).toBe("NA");
  });
});
