import type { Figure, Row } from "../../../lab/index.ts";
import type { AuditResult, NeighborReport } from "../audit/index.ts";

const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
/** Rows of a region that are listed. */
const mostListed = 8;
const significant = 0.05;

function measurements({ consensus, separability, dependence, order, outliers, duplicates, k }: NeighborReport): Row[] {
  const conflicts = duplicates.filter(({ hasConflict }) => hasConflict).length;
  return [
    {
      what: "classes lie apart",
      value: percent(separability),
      meaning: `rows most of whose ${k} nearest are of their class once suspects are corrected`,
    },
    ...(consensus === undefined
      ? []
      : [
          {
            what: "wrong labels, without a model",
            value: percent(consensus.noiseRate.estimate),
            meaning: `by how often nearest rows agree, with 95 % between ${percent(consensus.noiseRate.low)} and ${percent(consensus.noiseRate.high)}`,
          },
        ]),
    {
      what: "suspects cluster",
      value: `${dependence.lift.toFixed(2)} ×`,
      meaning: `as much as noise by class alone would, ${dependence.zScore.toFixed(1)} standard deviations from it`,
    },
    {
      what: "order of the rows",
      value: `p = ${order.pValue.toFixed(2)}`,
      meaning:
        order.pValue < significant
          ? "near rows stand near each other: the file is sorted, or drifts"
          : "no sign that the file is sorted or drifts",
    },
    { what: "outliers", value: outliers.rows.length, meaning: "rows far from all others" },
    { what: "near-duplicates", value: duplicates.length, meaning: `groups, ${conflicts} with different labels` },
  ];
}

/** What comparing rows with their nearest tells: the measurements in a table, and regions whose labels the model explains badly. */
export function neighborFigures({ neighbors, classNames, rows }: AuditResult): Figure[] {
  if (neighbors === undefined) return [];
  const { separability, weakClusters } = neighbors;
  const regions = weakClusters.map(({ rows: places, confidence, ratio, label }) => ({
    ...{ label: classNames[label], size: places.length, confidence, ratio },
    rows: Array.from(places.subarray(0, mostListed), (place) => rows[place]).join(" "),
  }));
  return [
    {
      name: "neighbours",
      title: "What the nearest rows tell",
      summary: `${percent(separability)} of the rows lie among their own class.`,
      drawing: { kind: "table" },
      table: { rows: measurements(neighbors) },
    },
    ...(regions.length === 0
      ? []
      : [
          {
            name: "weak-regions",
            title: "Regions whose labels a model explains badly",
            summary: `${regions.length} clusters of rows; in the worst, of ${regions[0].size} rows mostly labelled ${regions[0].label}, the label gets ${percent(regions[0].confidence)} on average.`,
            drawing: { kind: "table" as const },
            table: { rows: regions },
          },
        ]),
  ];
}
