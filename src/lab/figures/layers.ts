import * as Plot from "@observablehq/plot";
import type { Cell, Chart, Column, DataTable, Mark, MarkName, Row } from "../figure.ts";
import { cellFormat, columnsOf, describedColumn, headingOf } from "./columns.ts";
import { rasterInput } from "./grids.ts";
import { dashes, hasShapes, inkOn, primary, symbols } from "./palette.ts";
import type { ColorKind } from "./scales.ts";

type Options = Readonly<Record<string, unknown>>;
type Layer = (rows: readonly Row[], options: Options) => Plot.Markish;

/** How each of our marks is drawn by Observable Plot. */
const layers: Readonly<Record<MarkName, Layer>> = {
  line: Plot.line as Layer,
  areaY: Plot.areaY as Layer,
  dot: Plot.dot as Layer,
  barX: Plot.barX as Layer,
  barY: Plot.barY as Layer,
  rect: Plot.rect as Layer,
  rectY: Plot.rectY as Layer,
  cell: Plot.cell as Layer,
  text: Plot.text as Layer,
  ruleX: Plot.ruleX as Layer,
  ruleY: Plot.ruleY as Layer,
  tickX: Plot.tickX as Layer,
  tickY: Plot.tickY as Layer,
  link: Plot.link as Layer,
  arrow: Plot.arrow as Layer,
  vector: Plot.vector as Layer,
  boxX: Plot.boxX as Layer,
  boxY: Plot.boxY as Layer,
  contour: (rows, { levels, ...options }) => {
    const thresholds = levels === undefined ? options.thresholds : String(levels).split(",").map(Number);
    return Plot.contour(...(rasterInput(rows, { ...options, thresholds }) as [Row[], Options]));
  },
  raster: (rows, options) => Plot.raster(...(rasterInput(rows, options) as [Row[], Options])),
  histogram: (rows, { reduce = "count", thresholds, cumulative, ...options }) =>
    Plot.rectY(rows, Plot.binX({ y: reduce } as object, { thresholds, cumulative, ...options } as object)),
  frame: (_rows, options) => Plot.frame(options),
};

/** Marks that need a colour when neither channel nor option gives one, and the side of them that is coloured. */
const colored: Partial<Record<MarkName, "fill" | "stroke">> = {
  line: "stroke",
  areaY: "fill",
  dot: "fill",
  barX: "fill",
  barY: "fill",
  rect: "fill",
  rectY: "fill",
  histogram: "fill",
};

/** What else marks look like when nothing is said. */
function defaultsOf({ mark, channels = {} }: Mark, rows: readonly Row[], isContinuous: boolean): Options {
  switch (mark) {
    case "line":
      return { strokeWidth: 2, strokeLinejoin: "round", strokeLinecap: "butt" };
    case "areaY":
      return { fillOpacity: channels.y1 === undefined ? 0.75 : 0.16 };
    case "dot":
      return rows.length > 300 ? { r: 2.5, fillOpacity: 0.65 } : { r: 4 };
    case "cell":
      return { inset: rows.length > 2500 ? 0 : 0.5 };
    case "text":
      return { fontSize: 11, fill: "currentColor", stroke: "var(--plot-background)", strokeWidth: 3 };
    case "ruleX":
    case "ruleY":
      // From one place to another they are error bars, else they mark a level.
      return { stroke: "currentColor", strokeOpacity: "x1" in channels || "y1" in channels ? 1 : 0.6 };
    case "frame":
      return { stroke: "currentColor", strokeOpacity: 0.25 };
    case "link":
    case "arrow":
    case "vector":
      return { stroke: "currentColor", strokeWidth: 1.5 };
    case "contour":
      return channels.fill === undefined
        ? { stroke: "currentColor", clip: "frame" }
        : { stroke: "currentColor", strokeOpacity: 0.25, strokeWidth: 0.5, clip: "frame" };
    case "raster":
      return isContinuous ? { clip: "frame" } : { imageRendering: "pixelated" };
    case "boxX":
    case "boxY":
      return { fill: primary, fillOpacity: 0.35, strokeWidth: 1.5 };
    case "histogram":
      return { inset: 0, insetLeft: 0.5, insetRight: 0.5 };
    default:
      return {};
  }
}

/** What the layers of one chart share. */
interface Surroundings {
  readonly chart: Chart;
  readonly table: DataTable;
  readonly color: ColorKind;
}

/** Plot's marks for one of ours: one, or one for each category where dashes or shapes tell them apart. */
export function layersOf(mark: Mark, { chart, table, color }: Surroundings): Plot.Markish[] {
  const hasNoData = mark.rows === undefined && Object.keys(mark.channels ?? {}).length === 0;
  const rows = hasNoData ? [{}] : (mark.rows ?? table.rows);
  const options = optionsOf(mark, rows, { chart, table, color });
  const draw = layers[mark.mark];
  const group = mark.channels?.stroke;
  if (
    mark.mark !== "line" ||
    group === undefined ||
    color.kind !== "categories" ||
    color.domain.length > dashes.length
  ) {
    return [draw(rows, options)];
  }
  return color.domain.flatMap((category, i) => {
    const series = rows.filter((row) => row[group] === category);
    if (series.length === 0) return [];
    const line = draw(series, { strokeDasharray: dashes[i], ...options });
    if (!hasShapes(series.length) || color.domain.length === 1) return [line];
    const { x, y, fx, fy, stroke } = options;
    return [line, Plot.dot(series, { x, y, fx, fy, fill: stroke, symbol: symbols[i], r: 3.5 } as object)];
  });
}

function optionsOf(mark: Mark, rows: readonly Row[], surroundings: Surroundings): Options {
  const { channels = {}, options: given = {} } = mark;
  const { table, color } = surroundings;
  const side = colored[mark.mark];
  const isColored = ["fill", "stroke"].some((name) => name in channels || name in given);
  const options: Record<string, unknown> = {
    ...defaultsOf(
      mark,
      rows,
      surroundings.chart.marks.some((other) => other.mark === "contour"),
    ),
    ...(side !== undefined && !isColored && { [side]: primary }),
    ...groupsOf(mark, color),
  };
  for (const [channel, name] of Object.entries(channels))
    options[channel] = accessor(mark, channel, name, surroundings);
  if (channels.title === undefined && isDiscrete(mark, rows)) options.title = describe(mark, rows, table);
  Object.assign(options, given);
  if (options.stroke === "currentColor" && isPale(surroundings)) options.stroke = "#111";
  return mark.mark === "text" ? readable(mark, options, surroundings) : options;
}

/** Whether lines run over colours that are white in their middle, on which a dark page's ink would vanish. */
function isPale({ chart, color }: Surroundings): boolean {
  const isCovered = chart.marks.some(
    ({ mark, channels }) => mark === "raster" || (mark === "contour" && channels?.fill !== undefined),
  );
  return isCovered && color.kind === "magnitudes" && color.isSigned;
}

/** Marks of categories: lines are split, points take shapes. */
function groupsOf({ mark, channels = {} }: Mark, color: ColorKind): Options {
  const name = channels.stroke ?? channels.fill;
  if (color.kind !== "categories" || name === undefined) return {};
  if (mark === "dot") {
    const hasShapes = channels.symbol === undefined && color.domain.length > 1 && color.domain.length <= symbols.length;
    return hasShapes ? { symbol: { value: (row: Row) => row[name], scale: "symbol" } } : {};
  }
  const isGrouped = mark === "line" || mark === "areaY" || mark === "barX" || mark === "barY" || mark === "rectY";
  return isGrouped ? { z: (row: Row) => row[name] } : {};
}

/** Marks whose transforms read their channels before scales are known. */
const transformed = new Set<MarkName>(["histogram", "boxX", "boxY", "contour", "raster"]);

function accessor(mark: Mark, channel: string, name: string, { table, color }: Surroundings): unknown {
  const value = (row: Row): Cell => row[name] ?? null;
  if (channel === "text") {
    const format = cellFormat(mark.rows ?? table.rows, describedColumn(table, name));
    return (row: Row) => (value(row) === null ? null : format(value(row)));
  }
  const isCategory = (channel === "fill" || channel === "stroke") && color.kind === "categories";
  return isCategory && !transformed.has(mark.mark) ? { value, scale: "color" } : value;
}

const discrete = new Set<MarkName>(["dot", "barX", "barY", "rect", "rectY", "cell"]);

function isDiscrete({ mark }: Mark, rows: readonly Row[]): boolean {
  return discrete.has(mark) && rows.length <= 600;
}

/** A line for each column of a row, shown when its mark is pointed at. */
function describe(mark: Mark, rows: readonly Row[], table: DataTable): (row: Row) => string {
  const columns: readonly Column[] = columnsOf(mark.rows === undefined ? table : { rows });
  const lines = columns.slice(0, 8).map((column) => {
    const described = describedColumn(table, column.name);
    return { name: column.name, heading: headingOf(described), format: cellFormat(rows, described) };
  });
  return (row) => lines.map(({ name, heading, format }) => `${heading}: ${format(row[name])}`).join("\n");
}

/** Text over coloured cells takes black or white, whichever is read better there. */
function readable(mark: Mark, options: Options, { chart, table }: Surroundings): Options {
  const ground = chart.marks.find(({ mark }) => mark === "cell" || mark === "rect")?.channels?.fill;
  const rows = mark.rows ?? table.rows;
  const hasInk = ["fill", "stroke"].some((name) => name in (mark.channels ?? {}) || name in (mark.options ?? {}));
  if (ground === undefined || hasInk || !rows.some((row) => ground in row)) return options;
  const { fill: _fill, stroke: _stroke, strokeWidth: _width, ...rest } = options;
  const ink: Plot.InitializerFunction = (data, facets, channels, scales) => {
    const values = channels.ground?.value as ArrayLike<Cell>;
    const color = scales.color as unknown as ((value: Cell) => string) | undefined;
    const fills = Array.from(values, (value) =>
      color === undefined || value === null ? "currentColor" : inkOn(color(value) ?? ""),
    );
    return { data, facets, channels: { fill: { value: fills, scale: null } } } as ReturnType<Plot.InitializerFunction>;
  };
  const ground_ = { value: (row: Row) => row[ground] ?? null, scale: null, filter: null };
  return Plot.initializer({ ...rest, channels: { ground: ground_ } } as object, ink) as Options;
}
