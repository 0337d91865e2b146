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

/** Four significant digits, without needless zeros. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e7) return String(value);
  const magnitude = Math.abs(value);
  return magnitude >= 1e6 || magnitude < 1e-4 ? value.toExponential(3) : String(Number(value.toPrecision(4)));
}

/** A value with its unit; parts of one as per cent. */
export function formatValue(
  value: number | string,
  { unit, isFraction }: { unit?: string; isFraction?: boolean },
): string {
  if (typeof value === "string") return unit === undefined ? value : `${value} ${unit}`;
  if (isFraction === true) return `${formatNumber(100 * value)} %`;
  return unit === undefined ? formatNumber(value) : `${formatNumber(value)} ${unit}`;
}

/** `1 h 05 min`, `3 min 20 s`, `12 s`, `0.4 s`. */
export function formatDuration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const two = (n: number) => String(n).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
}

/** `512 B`, `1.2 MB`. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 ? bytes : value.toPrecision(3)} ${units[power]}`;
}
