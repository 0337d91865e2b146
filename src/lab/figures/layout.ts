import type { Cell, Chart, DataTable } from "../figure.ts";
import { isOrdinal, labelOf, positionDomain, valuesOnScale } from "./scales.ts";
import { textWidth } from "./svg-text.ts";

/** Pixels of a chart and its margins, and what its axes need to be read. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly marginLeft: number;
  readonly marginRight: number;
  readonly marginTop: number;
  readonly marginBottom: number;
  readonly x: Axis;
  readonly y: Axis;
}

interface Axis {
  readonly tickRotate?: number;
  readonly ticks?: readonly Cell[];
}

const fontSize = 12;
const largestCell = 46;

/** Every so many of the categories that there is room for: round ones of numbers, else each k-th. */
function thinned(domain: readonly Cell[], room: number): readonly Cell[] | undefined {
  if (domain.length <= room) return undefined;
  const every = [2, 5, 10, 20, 50, 100, 200, 500].find((k) => domain.length / k <= room) ?? 1000;
  const areWhole = domain.every((value) => typeof value === "number" && Number.isInteger(value));
  return domain.filter((value, i) => (areWhole ? Number(value) % every === 0 : i % every === 0));
}

const widestOf = (domain: readonly Cell[] = []) =>
  domain.reduce<number>((widest, value) => Math.max(widest, textWidth(String(value), fontSize)), 0);

/** How large a chart is, and how its axes are labelled so that no label is cut off or written over another. */
export function layoutOf(chart: Chart, table: DataTable, defaultWidth: number): Layout {
  const [columns, lines] = (["x", "y"] as const).map((scale) =>
    isOrdinal(chart, table, scale) ? positionDomain(chart, table, scale) : undefined,
  );
  const count = (scale: "fx" | "fy") => Math.max(1, new Set(valuesOnScale(chart, table, scale)).size);
  const [facetColumns, facetLines] = [count("fx"), count("fy")];
  const yLabel = labelOf(chart, table, "y");
  const marginLeft =
    chart.marginLeft ?? (lines === undefined ? 46 : Math.min(240, widestOf(lines) + 14 + (yLabel === null ? 0 : 20)));
  const marginRight = facetLines > 1 ? 60 : 16;
  const marginTop = (facetColumns > 1 ? 28 : 10) + (yLabel !== null && lines === undefined ? 16 : 0);
  const isMap = chart.marks.some(({ mark }) => mark === "cell") && columns !== undefined && lines !== undefined;

  const fullWidth = chart.width ?? defaultWidth;
  const room = fullWidth - marginLeft - marginRight;
  const across = (columns?.length ?? 1) * facetColumns;
  const cellWidth = chart.width === undefined ? Math.min(largestCell, room / across) : room / across;
  const width = isMap ? Math.round(marginLeft + marginRight + across * cellWidth) : fullWidth;

  const band = (isMap ? width - marginLeft - marginRight : room) / across;
  const isTurned =
    columns !== undefined &&
    columns.length <= 40 &&
    widestOf(columns) > band - 4 &&
    columns.some((value) => typeof value === "string");
  const turned = isTurned ? Math.min(110, widestOf(columns) * 0.5) : 0;
  const marginBottom = chart.marginBottom ?? Math.round((labelOf(chart, table, "x") === null ? 24 : 40) + turned);

  const margins = marginTop + marginBottom;
  const down = (lines?.length ?? 1) * facetLines;
  const cellHeight = isMap ? Math.min(cellWidth * (chart.aspectRatio ?? 1), Math.max(12, 640 / down)) : 26;
  const isLong = isMap || (lines !== undefined && chart.aspectRatio === undefined);
  const height = chart.height ?? Math.round(isLong ? Math.max(120, margins + down * cellHeight) : fullWidth * 0.5625);
  return {
    ...{ width, height, marginLeft, marginRight, marginTop, marginBottom },
    x: {
      ...(isTurned && { tickRotate: -35 }),
      ...(columns && {
        ticks: thinned(
          columns,
          isTurned ? 40 : Math.floor((width - marginLeft) / Math.max(24, widestOf(columns) + 8) / facetColumns),
        ),
      }),
    },
    y: lines === undefined ? {} : { ticks: thinned(lines, Math.floor((height - margins) / 13 / facetLines)) },
  };
}
