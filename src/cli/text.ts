import { formatQuantity, type Quantity } from "../lab/figures/quantities.ts";

/** Words in lines of at most `width` characters; lines after the first are indented. */
export function wrap(text: string, width: number, indent = 0): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/).filter((part) => part !== "")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.join(`\n${" ".repeat(indent)}`);
}

/** Two columns: names, and what they mean in wrapped lines. A name too long for its column has a line of its own. */
export function definitionList(rows: readonly (readonly [string, string])[], width = 100): string {
  const column = Math.min(30, Math.max(...rows.map(([name]) => name.length)) + 2);
  return rows
    .map(([name, meaning]) => {
      const text = wrap(meaning, width - column - 2, column + 2);
      return name.length + 2 > column
        ? `  ${name}\n${" ".repeat(column + 2)}${text}`
        : `  ${name.padEnd(column)}${text}`;
    })
    .join("\n");
}

/** A table of texts with a head; numbers, and what looks like them, to the right. */
export function textTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const isNumber = head.map(
    (_, j) => rows.length > 0 && rows.every((row) => /^(-?[\d.]+( ?[%a-zA-Zµ]{1,3})?|–|)$/.test(row[j])),
  );
  const widths = head.map((name, j) => Math.max(name.length, ...rows.map((row) => row[j].length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, j) => (isNumber[j] ? cell.padStart(widths[j]) : cell.padEnd(widths[j])))
      .join("  ")
      .trimEnd();
  return [line(head), line(widths.map((width) => "─".repeat(width))), ...rows.map(line)].join("\n");
}

/** A value with its unit; texts as they are. */
export function formatValue(value: number | string, quantity: Quantity): string {
  return typeof value === "string" ? value : formatQuantity(value, quantity);
}
