import type { Figure, Mark, Row } from "../../../lab/index.ts";
import type { RestartRecord } from "../solve.ts";
import { histogramOf } from "./bins.ts";
import { countText, shown } from "./text.ts";

/** What values of a search are called and compared with. */
export interface SearchUnits {
  /** `energy`, `value` or `cut`. */
  readonly objective: string;
  /** A line to draw, in the user's units: what is known, and its name. */
  readonly reference?: { readonly objective: number; readonly label: string };
}

/** A dashed line at the known value. */
export function referenceMarks({ reference }: SearchUnits, axis: "x" | "y"): Mark[] {
  if (reference === undefined) return [];
  const rows = [{ known: reference.objective, label: reference.label }];
  return [
    {
      mark: axis === "x" ? "ruleX" : "ruleY",
      rows,
      channels: { [axis]: "known", title: "label" },
      options: { strokeDasharray: "5 3", strokeWidth: 1.5 },
    },
  ];
}

const referenceText = ({ reference }: SearchUnits) =>
  reference === undefined ? "" : ` The dashed line is the ${reference.label}, ${shown(reference.objective)}.`;

/** A better state and when it was met. */
export interface Improvement extends Row {
  readonly seconds: number;
  readonly objective: number;
}

/** The best value against time. */
export function improvementFigure(improvements: readonly Improvement[], seconds: number, units: SearchUnits): Figure {
  const last = improvements[improvements.length - 1];
  const rows = [...improvements, { seconds, objective: last.objective }];
  return {
    name: "best-value",
    title: `The best ${units.objective} as time went by`,
    summary: `${shown(last.objective)} was met after ${shown(last.seconds)} s of ${shown(seconds)} s.${referenceText(units)}`,
    drawing: {
      kind: "chart",
      marks: [
        ...referenceMarks(units, "y"),
        { mark: "line", channels: { x: "seconds", y: "objective" }, options: { curve: "step-after", strokeWidth: 2 } },
        { mark: "dot", rows: improvements, channels: { x: "seconds", y: "objective" }, options: { r: 3 } },
      ],
      x: { label: "time, s", zero: true },
      y: { label: `best ${units.objective}`, grid: true },
      height: 300,
    },
    table: {
      columns: [
        { name: "seconds", unit: "s" },
        { name: "objective", label: units.objective, digits: 10 },
      ],
      rows,
    },
  };
}

/** How good the restarts were. */
export function restartsFigure(restarts: readonly RestartRecord[], units: SearchUnits): Figure {
  const { rows } = histogramOf(restarts.map(({ objective }) => objective));
  const best = restarts.reduce((low, record) => (record.energy < low.energy ? record : low));
  const hits = restarts.filter(
    ({ energy }) => energy <= best.energy + 1e-9 * Math.max(1, Math.abs(best.energy)),
  ).length;
  return {
    name: "restarts",
    title: "What the restarts ended with",
    summary: `${hits} of ${countText(restarts.length, "restart")} ended with ${shown(best.objective)}, the best of them.${referenceText(units)}`,
    drawing: {
      kind: "chart",
      marks: [
        { mark: "rectY", channels: { x1: "from", x2: "to", y: "count" } },
        ...referenceMarks(units, "x"),
        { mark: "ruleY", rows: [{ zero: 0 }], channels: { y: "zero" } },
      ],
      x: { label: `${units.objective} of a restart` },
      y: { label: "restarts", grid: true },
      height: 260,
    },
    table: { rows },
  };
}
