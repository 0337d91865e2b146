import { OrreryError } from "../../errors.ts";
import { hintForName, listNames } from "../../nearest-name.ts";
import type { Chart, Drawing, Figure, ImageSheet, Mark, MarkName, Row, Volume } from "../figure.ts";

const marks: Readonly<Record<MarkName, true>> = {
  line: true,
  areaY: true,
  dot: true,
  barX: true,
  barY: true,
  rect: true,
  rectY: true,
  cell: true,
  text: true,
  ruleX: true,
  ruleY: true,
  tickX: true,
  tickY: true,
  link: true,
  arrow: true,
  vector: true,
  contour: true,
  raster: true,
  boxX: true,
  boxY: true,
  histogram: true,
  frame: true,
};

const channels =
  "x y z fx fy x1 x2 y1 y2 r fill stroke fillOpacity strokeOpacity strokeWidth opacity symbol text title rotate length fontSize value".split(
    " ",
  );

const imagePattern = /^data:image\/(png|svg\+xml);base64,[A-Za-z0-9+/]+=*$/;

/**
 * Answers the figure when it can be drawn and kept as JSON.
 * @throws OrreryError `argument` naming everything that is wrong with it.
 */
export function checkFigure(figure: Figure): Figure {
  const problems: string[] = [];
  if (!/^[a-z0-9][a-z0-9-]*$/.test(figure.name)) {
    problems.push(`name must be small letters, digits and hyphens; got ${JSON.stringify(figure.name)}`);
  }
  for (const part of ["title", "summary"] as const) if (!figure[part]?.trim()) problems.push(`${part} is empty`);
  problems.push(...problemsOfTable(figure), ...problemsOfDrawing(figure.drawing, figure.table.rows, "drawing"));
  if (problems.length === 0) return figure;
  throw new OrreryError("argument", `figure "${figure.name}": ${problems.join("; ")}`);
}

function problemsOfTable({ table }: Figure): string[] {
  if (table.rows.length === 0) return ["table has no rows"];
  const names = columnsOf(table.rows);
  const strangers = (table.columns ?? []).filter(({ name }) => !names.has(name));
  return [
    ...strangers.map(({ name }) => `table has no column "${name}". ${hintForName(name, [...names], "It has")}`),
    ...problemsOfCells(table.rows, "table"),
  ];
}

function columnsOf(rows: readonly Row[]): Set<string> {
  const names = new Set<string>();
  for (const row of rows) for (const name in row) names.add(name);
  return names;
}

/** What is no cell, the first of each column. */
function problemsOfCells(rows: readonly Row[], where: string): string[] {
  const first = new Map<string, string>();
  for (const [i, row] of rows.entries()) {
    for (const name in row) {
      const cell: unknown = row[name];
      if (cell === null || typeof cell === "string" || typeof cell === "boolean" || Number.isFinite(cell)) continue;
      if (first.has(name)) continue;
      const got = typeof cell === "object" || typeof cell === "function" ? `a ${typeof cell}` : String(cell);
      first.set(
        name,
        `${where} row ${i + 1}, column "${name}": expected a finite number, text, boolean or null; got ${got}`,
      );
    }
  }
  return [...first.values()];
}

function problemsOfDrawing(drawing: Drawing, rows: readonly Row[], where: string): string[] {
  switch (drawing.kind) {
    case "chart":
      return problemsOfChart(drawing, rows, where);
    case "images":
      return problemsOfSheet(drawing, where);
    case "text":
      return drawing.text.trim() === "" ? [`${where}: text is empty`] : [];
    case "svg":
      return /^\s*<svg[\s>]/.test(drawing.svg) ? [] : [`${where}: svg must begin with "<svg"`];
    case "table":
      return [];
    case "frames":
      if (drawing.frames.length === 0) return [`${where}: no frames`];
      return drawing.frames.flatMap((frame, i) => problemsOfDrawing(frame.drawing, rows, `${where} frame ${i + 1}`));
    case "volume":
      return problemsOfVolume(drawing, where);
    default:
      return [`${where}: unknown kind ${JSON.stringify((drawing as Drawing).kind)}`];
  }
}

function problemsOfChart(chart: Chart, rows: readonly Row[], where: string): string[] {
  if (chart.marks.length === 0) return [`${where}: no marks`];
  const isEmpty = chart.marks.every((mark) => mark.mark !== "frame" && (mark.rows ?? rows).length === 0);
  const problems = isEmpty ? [`${where}: no mark has rows`] : [];
  return problems.concat(chart.marks.flatMap((mark, i) => problemsOfMark(mark, rows, `${where} mark ${i + 1}`)));
}

function problemsOfMark(mark: Mark, tableRows: readonly Row[], where: string): string[] {
  if (!(mark.mark in marks)) {
    return [`${where}: unknown mark "${mark.mark}". ${hintForName(mark.mark, Object.keys(marks), "There are")}`];
  }
  const problems = mark.rows === undefined ? [] : problemsOfCells(mark.rows, where);
  const rows = mark.rows ?? tableRows;
  const names = columnsOf(rows);
  for (const [channel, column] of Object.entries(mark.channels ?? {})) {
    const at = `${where} (${mark.mark})`;
    if (!channels.includes(channel))
      problems.push(`${at}: unknown channel "${channel}". ${hintForName(channel, channels, "There are")}`);
    if (rows.length === 0 || names.has(column)) continue;
    problems.push(`${at}: channel ${channel} is no column: "${column}"; there are ${listNames([...names])}`);
  }
  for (const [name, value] of Object.entries(mark.options ?? {})) {
    if (typeof value === "number" && !Number.isFinite(value)) problems.push(`${where}: option ${name} is ${value}`);
  }
  return problems;
}

function problemsOfSheet({ images }: ImageSheet, where: string): string[] {
  if (images.length === 0) return [`${where}: no images`];
  return images.flatMap(({ source, caption }, i) => {
    const problems = imagePattern.test(source)
      ? []
      : [
          `${where} image ${i + 1}: source must be a data:image/png or data:image/svg+xml URI in base64; got ${JSON.stringify(source.slice(0, 40))}`,
        ];
    return caption.trim() === "" ? [...problems, `${where} image ${i + 1}: caption is empty`] : problems;
  });
}

function problemsOfVolume({ axes, level, range: [low, high], steps }: Volume, where: string): string[] {
  const problems = axes.flatMap((axis) => {
    const isAxis = Number.isInteger(axis.points) && axis.points >= 2 && Number.isFinite(axis.high - axis.low);
    if (isAxis && axis.low < axis.high) return [];
    return [
      `${where} axis ${axis.name}: expected finite low < high and at least 2 points; got ${axis.low}, ${axis.high}, ${axis.points}`,
    ];
  });
  if (!(low < level && level < high)) {
    problems.push(`${where}: expected a level within the range of the samples; got ${level} in ${low} … ${high}`);
  }
  if (steps.length === 0) problems.push(`${where}: no steps`);
  // Base64 writes three bytes as four letters.
  const expected = axes.reduce((product, { points }) => product * points, 1);
  for (const { label, values } of steps) {
    const got = (values.length * 3) / 4 - (/=*$/.exec(values)?.[0].length ?? 0);
    if (got !== 2 * expected) problems.push(`${where} step ${label}: expected ${expected} samples; got ${got / 2}`);
  }
  return problems;
}
