import type { Cell, Chart, DataTable, Mark, MarkName, Scale } from "../figure.ts";
import { describedColumn, headingOf } from "./columns.ts";
import { categoryColors, symbols } from "./palette.ts";

/** The channels that share a scale. */
const channelsOf = {
  x: ["x", "x1", "x2"],
  y: ["y", "y1", "y2"],
  fx: ["fx"],
  fy: ["fy"],
  r: ["r"],
  color: ["fill", "stroke"],
} as const;

export type ScaleName = keyof typeof channelsOf;

/** How colours stand for values: literally, by category, or by magnitude. */
export type ColorKind =
  | { readonly kind: "none" }
  | { readonly kind: "literal" }
  | { readonly kind: "categories"; readonly domain: readonly Cell[] }
  | { readonly kind: "magnitudes"; readonly isSigned: boolean };

/** The columns that a mark shows on a scale. */
export function columnsOnScale({ channels = {} }: Mark, scale: ScaleName): string[] {
  return channelsOf[scale].flatMap((channel) => channels[channel] ?? []);
}

/** All values that a chart shows on a scale, in the order of their marks. */
export function valuesOnScale(chart: Chart, table: DataTable, scale: ScaleName): Cell[] {
  return chart.marks.flatMap((mark) => {
    const names = columnsOnScale(mark, scale);
    const rows = mark.rows ?? table.rows;
    return names.flatMap((name) => rows.map((row) => row[name] ?? null)).filter((value) => value !== null);
  });
}

/** Categories in the order in which they come; numbers by size. */
export function categoriesOf(values: readonly Cell[]): Cell[] {
  const found = [...new Set(values)];
  return found.every((value) => typeof value === "number") ? found.sort((a, b) => Number(a) - Number(b)) : found;
}

/** How a chart's colours are meant: by its scale's type, else by what the columns hold. */
export function colorKind(chart: Chart, table: DataTable): ColorKind {
  const values = valuesOnScale(chart, table, "color");
  if (values.length === 0) return { kind: "none" };
  const { type, domain } = chart.color ?? {};
  if (values.every((value) => typeof value === "string" && /^#[\da-f]{6}$/i.test(value))) return { kind: "literal" };
  const isNumeric = values.every((value) => typeof value === "number");
  if (type === "categorical" || (type === undefined && !isNumeric)) {
    return { kind: "categories", domain: domain ?? categoriesOf(values) };
  }
  const bounds = (domain ?? values) as readonly number[];
  const [low, high] = [bounds.reduce((a, b) => Math.min(a, b)), bounds.reduce((a, b) => Math.max(a, b))];
  return { kind: "magnitudes", isSigned: type === "diverging" || (type === undefined && low < 0 && high > 0) };
}

/** The options of Plot's colour scale. */
export function colorOptions(chart: Chart, table: DataTable, kind: ColorKind): Record<string, unknown> | undefined {
  const { type, domain, scheme, reverse, pivot } = chart.color ?? {};
  switch (kind.kind) {
    case "none":
      return undefined;
    case "literal":
      return { type: "identity" };
    case "categories":
      return {
        type: "categorical",
        domain: kind.domain,
        reverse,
        ...(scheme === undefined ? { range: categoryColors(kind.domain.length) } : { scheme }),
      };
    case "magnitudes": {
      const fallback = kind.isSigned ? { type: "diverging", pivot: pivot ?? 0 } : { type: "linear" };
      const given =
        type === undefined || type === "sequential"
          ? fallback
          : { type, ...(type === "diverging" && { pivot: pivot ?? 0 }) };
      return {
        ...given,
        domain,
        reverse,
        scheme: scheme ?? (kind.isSigned ? "RdBu" : "viridis"),
        label: labelOf(chart, table, "color"),
      };
    }
  }
}

/** The options of Plot's scale of shapes, alongside few categories of colour. */
export function symbolOptions(kind: ColorKind): Record<string, unknown> | undefined {
  if (kind.kind !== "categories" || kind.domain.length > symbols.length) return undefined;
  return { domain: kind.domain, range: symbols.slice(0, kind.domain.length) };
}

/** What a scale shows: its label, else the heading of the first column on it. */
export function labelOf(chart: Chart, table: DataTable, scale: ScaleName): string | null {
  const given = chart[scale]?.label;
  if (given !== undefined) return given === "" ? null : given;
  if (scale === "y" && chart.marks.some(({ mark }) => mark === "histogram")) return "count";
  for (const mark of chart.marks) {
    const [name] = columnsOnScale(mark, scale);
    if (name !== undefined) return headingOf(describedColumn(table, name));
  }
  return null;
}

const has = (chart: Chart, ...marks: readonly MarkName[]) => chart.marks.some(({ mark }) => marks.includes(mark));

/** Whether a scale of positions has categories. */
export function isOrdinal(chart: Chart, table: DataTable, scale: "x" | "y"): boolean {
  const { type } = chart[scale] ?? {};
  if (type !== undefined) return type === "band" || type === "point" || type === "categorical";
  const values = valuesOnScale(chart, table, scale);
  if (values.length === 0) return false;
  const hasBands =
    scale === "x" ? has(chart, "cell", "barY", "boxY", "tickY") : has(chart, "cell", "barX", "boxX", "tickX");
  return hasBands || values.some((value) => typeof value !== "number");
}

/** The domain of a scale of positions: what is given, else categories, else, where contours are drawn, from first to last sample. */
export function positionDomain(chart: Chart, table: DataTable, scale: "x" | "y"): readonly Cell[] | undefined {
  const given = chart[scale]?.domain;
  if (given !== undefined) return given;
  const values = valuesOnScale(chart, table, scale);
  if (isOrdinal(chart, table, scale)) return categoriesOf(values);
  if (!has(chart, "contour")) return undefined;
  const samples = categoriesOf(values);
  return [samples[0], samples[samples.length - 1]];
}

/** The options of one of Plot's scales of facets. */
export function facetOptions(chart: Chart, table: DataTable, scale: "fx" | "fy"): Record<string, unknown> {
  const { domain = categoriesOf(valuesOnScale(chart, table, scale)), reverse } = chart[scale] ?? {};
  return { domain, reverse, label: labelOf(chart, table, scale) };
}

/** Few whole numbers have a tick each, and none between them. */
/** Logarithmic scales count in thousands (`10k`); below one they would count in thousandths (`10m`), so there numbers are written out. */
function logarithmicFormat({ type, domain }: Scale, values: readonly Cell[]): string | undefined {
  if (type !== "log") return undefined;
  return [...(domain ?? values)].some((value) => Number(value) > 0 && Number(value) < 1) ? "~e" : undefined;
}

function wholeTicks(
  { type, tickFormat, domain }: Scale,
  values: readonly Cell[],
): { readonly ticks?: readonly number[] } {
  if (
    values.length === 0 ||
    tickFormat !== undefined ||
    (type ?? "linear") !== "linear" ||
    !values.every(Number.isInteger)
  )
    return {};
  const bounds = [...(domain ?? []), ...values].map(Number);
  const [low, high] = [Math.min(...bounds), Math.max(...bounds)];
  return high - low > 12 || high === low
    ? {}
    : { ticks: Array.from({ length: Math.floor(high) - Math.ceil(low) + 1 }, (_, i) => Math.ceil(low) + i) };
}

/** The options of one of Plot's scales of positions. */
export function positionOptions(chart: Chart, table: DataTable, scale: "x" | "y"): Record<string, unknown> {
  const given: Scale = chart[scale] ?? {};
  const values = valuesOnScale(chart, table, scale);
  const isCategorical = isOrdinal(chart, table, scale);
  // The frame of a map ends where its cells do, and a grid over them is noise.
  const isCovered = has(chart, "cell", "raster", "contour", "rect");
  const isSideways = has(chart, "barX", "boxX", "tickX");
  const isMeasured = scale === "y" ? !isSideways : isSideways || has(chart, "dot");
  // An empty format asks for no axis: drawings of graphs, maps.
  const isHidden = given.tickFormat === "";
  return {
    type: given.type === "categorical" ? "point" : given.type,
    domain: positionDomain(chart, table, scale),
    reverse: given.reverse,
    zero: given.zero,
    label: labelOf(chart, table, scale),
    ...(isHidden ? { axis: null } : { tickFormat: given.tickFormat ?? logarithmicFormat(given, values) }),
    ...(isCategorical && { padding: has(chart, "cell") ? 0 : has(chart, "dot", "line") ? 0.5 : 0.2 }),
    nice: given.domain === undefined && !isCovered && !isCategorical && (scale === "y" || isMeasured),
    grid: given.grid ?? (isMeasured && !isCategorical && !isCovered && !isHidden),
    tickSize: isCovered || isCategorical || scale === "y" ? 0 : 4,
    tickPadding: 6,
    ...wholeTicks(given, values),
    ...(has(chart, "vector") && { inset: 14 }),
  };
}
