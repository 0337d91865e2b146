import type { Figure, Row } from "../../../lab/index.ts";
import type { Dependence, Matrix, NoisyLabels } from "../noise/index.ts";

/** Classes beyond this are not labelled in a map. */
const mostNumbered = 12;
/** Classes beyond this are not drawn: a picture of more says nothing. */
const mostDrawn = 60;

const percent = (value: number) => `${(100 * value).toFixed(1)} %`;

/** The classes that are mixed up most with others, in their order. */
function mixedUp(matrix: Matrix): number[] {
  const amounts = matrix.map((row, i) => row.reduce((sum, value, j) => sum + (i === j ? 0 : value + matrix[j][i]), 0));
  const order = [...amounts.keys()].sort((a, b) => amounts[b] - amounts[a] || a - b);
  return order.slice(0, mostDrawn).sort((a, b) => a - b);
}

/** A transition matrix as a heat map: rows true classes, columns observed labels. Of very many classes those mixed up most. */
export function transitionFigure(
  matrix: Matrix,
  classNames: readonly string[],
  told: { readonly name?: string; readonly title?: string; readonly summary: string },
): Figure {
  if (classNames.length <= mostDrawn) return heatMap(matrix, classNames, told);
  const drawn = mixedUp(matrix);
  const part = drawn.map((i) => drawn.map((j) => matrix[i][j]));
  const summary = `${told.summary} Shown are the ${mostDrawn} of ${classNames.length.toLocaleString("en-US")} classes that are mixed up most.`;
  return heatMap(
    part,
    drawn.map((k) => classNames[k]),
    { ...told, summary },
  );
}

function heatMap(
  matrix: Matrix,
  classNames: readonly string[],
  {
    name = "transition",
    title = "From true class to observed label",
    summary,
  }: { readonly name?: string; readonly title?: string; readonly summary: string },
): Figure {
  const rows: Row[] = matrix.flatMap((row, i) =>
    row.map((value, j) => ({
      true: classNames[i],
      observed: classNames[j],
      part: value,
      shown: value >= 0.005 ? value.toFixed(2) : "",
    })),
  );
  const axis = { domain: classNames, type: "band" as const };
  const isNumbered = classNames.length <= mostNumbered;
  return {
    ...{ name, title, summary },
    drawing: {
      kind: "chart",
      marks: [
        { mark: "cell", channels: { x: "observed", y: "true", fill: "part" }, options: { inset: 0.5 } },
        ...(isNumbered ? [{ mark: "text" as const, channels: { x: "observed", y: "true", text: "shown" } }] : []),
      ],
      x: { ...axis, label: "observed label" },
      y: { ...axis, label: "true class" },
      color: { type: "sequential", domain: [0, 1], label: "part of the class", legend: true },
    },
    table: { columns: [{ name: "true" }, { name: "observed" }, { name: "part" }], rows },
  };
}

/** The largest flip of a matrix: `cat → dog, 20.6 %`. */
function largestFlip(matrix: Matrix, classNames: readonly string[]): string {
  let [from, to, most] = [0, 1, -1];
  matrix.forEach((row, i) => {
    row.forEach((value, j) => {
      if (i !== j && value > most) [from, to, most] = [i, j, value];
    });
  });
  return `${classNames[from]} → ${classNames[to]}, ${percent(most)}`;
}

function classRateFigure({ counts, classNames }: NoisyLabels): Figure {
  const all = counts.map((row, i) => {
    const total = row.reduce((sum, n) => sum + n, 0);
    return { class: classNames[i], rows: total, wrong: total === 0 ? 0 : 1 - row[i] / total };
  });
  const rows = all.length > mostDrawn ? [...all].sort((a, b) => b.wrong - a.wrong).slice(0, mostDrawn) : all;
  const worst = rows.reduce((a, b) => (b.wrong > a.wrong ? b : a));
  const rest =
    all.length > rows.length ? ` Shown are the ${rows.length} worst of ${all.length.toLocaleString("en-US")}.` : "";
  return {
    name: "class-rates",
    title: "Wrong labels in each class",
    summary: `The most wrong labels are in class ${worst.class}, ${percent(worst.wrong)}.${rest}`,
    drawing: {
      kind: "chart",
      marks: [
        { mark: "barX", channels: { x: "wrong", y: "class" } },
        { mark: "ruleX", rows: [{ at: 0 }], channels: { x: "at" } },
      ],
      x: { label: "part that is wrong", tickFormat: ".0%", grid: true },
      y: { label: "true class", domain: rows.map((row) => row.class) },
      marginLeft: 90,
    },
    table: { rows },
  };
}

/** The figures of a noisy labelling: its transition matrix and the rate in each class, nominal and realised rates told. */
export function noiseFigures(noise: NoisyLabels): Figure[] {
  const { transition, classNames, nominalRate, realizedRate } = noise;
  const asked = nominalRate === null ? "" : ` (${percent(nominalRate)} were asked for)`;
  return [
    transitionFigure(transition, classNames, {
      ...{ name: "noise-transition", title: "The noise that was put on the labels" },
      summary: `${percent(realizedRate)} of the labels are wrong${asked}; the largest flip is ${largestFlip(transition, classNames)}.`,
    }),
    classRateFigure(noise),
  ];
}

/** How far the flips of labellings depend on the examples, side by side. */
export function dependenceFigure(measured: Readonly<Record<string, Dependence | null>>): Figure[] {
  const rows = Object.entries(measured).flatMap(([noise, found]) => (found === null ? [] : [{ noise, ...found }]));
  const known = rows.filter(({ concentration }) => concentration !== null);
  if (known.length === 0) return [];
  const parts = known.map(({ noise, concentration }) => `${noise} ${Number(concentration).toFixed(3)}`);
  return [
    {
      name: "dependence",
      title: "Do wrong labels come in neighbourhoods?",
      summary: `Concentration, how much likelier a neighbour carries the same wrong label than its class alone says: ${parts.join(", ")}. 1 means not at all.`,
      drawing: {
        kind: "chart",
        marks: [
          { mark: "ruleX", rows: [{ at: 1 }], channels: { x: "at" }, options: { strokeDasharray: "4 3" } },
          {
            mark: "dot",
            rows: known,
            channels: { x: "concentration", y: "noise" },
            options: { r: 6, fill: "currentColor" },
          },
        ],
        x: { label: "concentration", grid: true },
        y: { label: "", type: "band" },
        height: 60 + 34 * known.length,
        marginLeft: 200,
      },
      table: {
        columns: [
          { name: "noise" },
          { name: "concentration" },
          { name: "margin" },
          { name: "clusterRatio", label: "χ²/df over clusters" },
        ],
        rows,
      },
    },
  ];
}
