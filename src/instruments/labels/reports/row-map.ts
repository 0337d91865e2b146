import type { Figure, Row } from "../../../lab/index.ts";
import type { AuditResult } from "../audit/index.ts";

const percent = (value: number) => `${Math.round(100 * value)} %`;
/** With more classes their names would cover the points. */
const mostNames = 20;

function median(values: number[]): number {
  values.sort((a, b) => a - b);
  return values[values.length >> 1];
}

/** Where the unsuspected rows of each class lie. */
function classPlaces(rows: readonly Row[], classNames: readonly string[]): Row[] {
  if (classNames.length > mostNames) return [];
  return classNames.flatMap((label) => {
    const own = rows.filter((row) => row.label === label && row.what === "not suspected");
    if (own.length === 0) return [];
    return [{ label, x: median(own.map(({ x }) => Number(x))), y: median(own.map(({ y }) => Number(y))) }];
  });
}

/** The rows on a map with the suspects marked: a suspect far from its label's name and near another's is likely wrong. */
export function rowMapFigure({ neighbors, suspects, labels, classNames, rows: sources }: AuditResult): Figure[] {
  if (neighbors?.map === undefined) return [];
  const { places, coordinates, explained } = neighbors.map;
  const suggested = new Map(Array.from(suspects.places, (place, i) => [place, suspects.suggested[i]]));
  const rows = Array.from(places, (place, i) => {
    const other = suggested.get(place);
    return {
      ...{ row: sources[place], label: classNames[labels.data[place]] },
      ...{
        suggested: other === undefined ? "" : classNames[other],
        what: other === undefined ? "not suspected" : "suspect",
      },
      ...{ x: coordinates.data[2 * i], y: coordinates.data[2 * i + 1] },
    };
  });
  const shown = rows.filter(({ what }) => what === "suspect").length;
  const part = places.length < labels.size ? ` ${places.length} of the ${labels.size} rows are drawn.` : "";
  const where = { x: "x", y: "y" };
  return [
    {
      name: "row-map",
      title: "Where the suspects lie among the rows",
      summary: `${shown} suspects (orange) among the other rows, along the two directions in which rows vary most; these hold ${percent(explained)} of the variance, so that classes which meet here may lie apart all the same.${part} Class names stand at the middle of their unsuspected rows.`,
      drawing: {
        kind: "chart",
        marks: [
          {
            mark: "dot",
            rows: rows.filter(({ what }) => what !== "suspect"),
            channels: { ...where, stroke: "what" },
            options: { r: 1.5, strokeOpacity: 0.5 },
          },
          {
            mark: "dot",
            rows: rows.filter(({ what }) => what === "suspect"),
            channels: { ...where, stroke: "what" },
            options: { r: 3, strokeWidth: 1.5, symbol: "times" },
          },
          {
            mark: "text",
            rows: classPlaces(rows, classNames),
            channels: { ...where, text: "label" },
            options: {
              fontSize: 14,
              fontWeight: "bold",
              fill: "currentColor",
              stroke: "var(--paper, white)",
              strokeWidth: 4,
            },
          },
        ],
        x: { label: "first principal component" },
        y: { label: "second principal component" },
        color: { domain: ["not suspected", "suspect"] },
        height: 440,
      },
      table: { rows },
    },
  ];
}
