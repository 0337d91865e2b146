import type { Cell, Chart, DataTable } from "../figure.ts";
import { categoriesOf, colorKind, isOrdinal, type ScaleName, valuesOnScale } from "./scales.ts";

function extentOf(values: readonly number[]): [number, number] {
  return values.reduce<[number, number]>(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
}

/** Marks that begin at zero or count: their bounds are not those of a column. */
const grown = new Set(["barX", "barY", "rectY", "areaY", "histogram"]);

function domainOf(charts: readonly Chart[], table: DataTable, scale: ScaleName): readonly Cell[] | undefined {
  const isGrown = charts.some(({ marks }) => marks.some(({ mark }) => grown.has(mark)));
  if (isGrown && scale !== "color" && scale !== "fx" && scale !== "fy") return undefined;
  const values = charts.flatMap((chart) => valuesOnScale(chart, table, scale));
  if (values.length === 0) return undefined;
  const isCategorical =
    scale === "color"
      ? charts.some((chart) => colorKind(chart, table).kind !== "magnitudes")
      : scale === "fx" || scale === "fy" || (scale !== "r" && charts.some((chart) => isOrdinal(chart, table, scale)));
  if (isCategorical)
    return colorKind(charts[0], table).kind === "literal" && scale === "color" ? undefined : categoriesOf(values);
  return extentOf(values as number[]);
}

/** Frames drawn over the same scales, so that what moves is the data: where a chart gives no domain, that of all frames. */
export function withSharedScales(charts: readonly Chart[], table: DataTable): Chart[] {
  const scales: readonly ScaleName[] = ["x", "y", "fx", "fy", "color", "r"];
  const domains = scales.map((scale) => [scale, domainOf(charts, table, scale)] as const);
  return charts.map((chart) => ({
    ...chart,
    ...Object.fromEntries(
      domains.flatMap(([scale, domain]) =>
        domain === undefined || chart[scale]?.domain !== undefined ? [] : [[scale, { ...chart[scale], domain }]],
      ),
    ),
  }));
}
