import type { Figure } from "../../../lab/index.ts";
import type { AuditResult } from "../audit/index.ts";
import { neighborFigures } from "./neighbors.ts";
import { transitionFigure } from "./noise.ts";
import { rowMapFigure } from "./row-map.ts";

const percent = (value: number) => `${(100 * value).toFixed(1)} %`;

/** Groups of duplicates and outliers that are listed. */
const mostListed = 200;
/** Classes that are drawn, the least trusted first. */
const mostClasses = 60;

function classFigure({ classes, classNames }: AuditResult): Figure {
  const rows = classes.slice(0, mostClasses).map((health) => ({
    ...{ class: classNames[health.class], labelled: health.labelled, wrong: health.wrong, missed: health.missed },
    ...{ labelNoise: health.labelNoise, inverseNoise: health.inverseNoise },
  }));
  const [worst] = rows;
  const rest =
    classes.length > rows.length
      ? ` Shown are the ${rows.length} worst of ${classes.length.toLocaleString("en-US")}.`
      : "";
  return {
    name: "classes",
    title: "How far each class's labels can be trusted",
    summary: `Worst is ${worst.class}: ${percent(worst.labelNoise)} of the ${worst.labelled} rows labelled so are of another class by this estimate.${rest}`,
    drawing: {
      kind: "chart",
      marks: [{ mark: "barX", channels: { x: "labelNoise", y: "class" } }],
      x: { label: "part of the class's labels that is wrong", tickFormat: ".0%", grid: true },
      y: { label: "", domain: rows.map((row) => row.class) },
      height: Math.min(900, 60 + 22 * rows.length),
      marginLeft: 110,
    },
    table: { rows },
  };
}

function scoreFigure({ scores, labels, suspects }: AuditResult): Figure {
  const values = scores["self-confidence"];
  const isSuspect = new Uint8Array(values.length);
  for (const place of suspects.places) isSuspect[place] = 1;
  // The picture needs no more than a few thousand rows.
  const every = Math.max(1, Math.ceil(values.length / 4000));
  const rows = Array.from(values, (value, place) => ({
    selfConfidence: value,
    what: isSuspect[place] === 1 ? "suspect" : "not suspected",
  })).filter((_, i) => i % every === 0);
  const low = values.reduce((sum, value) => sum + Number(value < 0.5), 0) / labels.size;
  return {
    name: "self-confidence",
    title: "How sure a model that has not seen a row is of its label",
    summary: `${percent(low)} of the labels get less than one half.`,
    drawing: {
      kind: "chart",
      marks: [{ mark: "histogram", channels: { x: "selfConfidence", fill: "what" } }],
      x: { label: "probability of the given label", domain: [0, 1] },
      y: { label: "rows", grid: true },
    },
    table: { rows },
  };
}

function overlapFigure({ overlaps, classNames }: AuditResult): Figure[] {
  const rows = overlaps.slice(0, 12).map(({ classes, rows: count, share }) => ({
    classes: classes.map((k) => classNames[k]).join(" – "),
    rows: count,
    share,
  }));
  if (rows.length === 0) return [];
  return [
    {
      name: "overlaps",
      title: "Classes that are labelled for each other",
      summary: `Most often ${rows[0].classes}: about ${Math.round(rows[0].rows)} rows, ${percent(rows[0].share)} of all.`,
      drawing: {
        kind: "chart",
        marks: [{ mark: "barX", channels: { x: "rows", y: "classes" } }],
        x: { label: "rows, both ways", grid: true },
        y: { label: "", domain: rows.map((row) => row.classes) },
        height: 60 + 24 * rows.length,
        marginLeft: 150,
      },
      table: { rows },
    },
  ];
}

function estimateFigure({ transition, classNames }: AuditResult): Figure {
  const { estimate, low, high } = transition.noiseRate;
  return transitionFigure(transition.transition, classNames, {
    ...{ name: "estimated-transition", title: "How the labels went wrong, by estimate" },
    summary: `By confident learning ${percent(estimate)} of the labels are wrong, with 95 % between ${percent(low)} and ${percent(high)} (${transition.replicates} bootstrap samples). Rows of classes that overlap count as wrong here, be their labels right or not.`,
  });
}

function oddRowsFigures({ neighbors, rows, labels, classNames }: AuditResult): Figure[] {
  if (neighbors === undefined) return [];
  const { outliers, duplicates } = neighbors;
  const name = (place: number) => classNames[labels.data[place]];
  const far = Array.from(outliers.rows)
    .slice(0, mostListed)
    .map((place) => ({ row: rows[place], label: name(place), score: outliers.scores[place] }));
  const alike = duplicates.slice(0, mostListed).map(({ rows: group, distance, hasConflict }) => ({
    rows: Array.from(group)
      .slice(0, 8)
      .map((place) => rows[place])
      .join(" "),
    labels: [...new Set(Array.from(group, name))].join(" "),
    distance,
    conflict: hasConflict,
  }));
  const conflicts = duplicates.filter(({ hasConflict }) => hasConflict).length;
  return [
    ...(far.length === 0
      ? []
      : [
          {
            name: "outliers",
            title: "Rows unlike any other",
            summary: `${outliers.rows.length} rows are far from all others; the farthest is row ${far[0].row}, labelled ${far[0].label}.`,
            drawing: { kind: "table" as const },
            table: { rows: far },
          },
        ]),
    ...(alike.length === 0
      ? []
      : [
          {
            name: "near-duplicates",
            title: "Rows that are nearly the same",
            summary: `${duplicates.length} groups, ${conflicts} of which carry different labels, so that one of them is wrong.`,
            drawing: { kind: "table" as const },
            table: { rows: alike },
          },
        ]),
  ];
}

function annotatorFigure({ annotators, classNames }: AuditResult): Figure[] {
  const list = annotators?.crowdlab?.annotators;
  if (list === undefined) return [];
  const rows = [...list]
    .sort((a, b) => b.quality - a.quality)
    .map(({ worstClass, ...rest }) => ({ ...rest, worstClass: classNames[worstClass] ?? "" }));
  const last = rows[rows.length - 1];
  return [
    {
      name: "annotators",
      title: "How far each annotator can be trusted",
      summary: `By model and other annotators together, ${rows[0].name} is the best (${percent(rows[0].quality)}), ${last.name} the least good (${percent(last.quality)}).`,
      drawing: {
        kind: "chart",
        marks: [{ mark: "barX", channels: { x: "quality", y: "name" } }],
        x: { label: "quality", domain: [0, 1], tickFormat: ".0%", grid: true },
        y: { label: "", domain: rows.map(({ name }) => name) },
        marginLeft: 130,
      },
      table: { rows },
    },
  ];
}

function adviceFigure({ advice }: AuditResult): Figure {
  const { kind, certainty, method, noise, alternatives, reasons, cautions } = advice;
  const rows = [
    ...reasons.map((text) => ({ what: "because", text })),
    ...alternatives.map((other) => ({ what: `or ${other.method}`, text: other.why })),
    ...cautions.map((text) => ({ what: "mind", text })),
  ];
  return {
    name: "advice",
    title: `Train by ${method}`,
    summary: `The noise looks ${kind === "unknown" ? "like no kind that could be told" : kind} (${certainty}); believe ${percent(noise.rate)} of the labels wrong.`,
    drawing: { kind: "table" },
    table: {
      columns: [
        { name: "what", label: "Kind" },
        { name: "text", label: "What the numbers say" },
      ],
      rows: rows.length === 0 ? [{ what: "", text: "Nothing speaks against plain training." }] : rows,
    },
  };
}

/** The figures of an audit: advice, transition matrix, classes, scores, a map of the rows, overlaps, odd rows, annotators. */
export function auditFigures(result: AuditResult): Figure[] {
  return [
    adviceFigure(result),
    estimateFigure(result),
    classFigure(result),
    scoreFigure(result),
    ...rowMapFigure(result),
    ...overlapFigure(result),
    ...annotatorFigure(result),
    ...oddRowsFigures(result),
    ...neighborFigures(result),
  ];
}
