import type { Figure, Mark, Row, Scale } from "../../../lab/index.ts";
import { shown } from "./text.ts";

/** Where an annealing was at a step. */
export interface CoolingPoint extends Row {
  readonly step: number;
  readonly temperature: number;
}

/** The temperature against the steps of an annealing. @param stepName `sweep`, `training step` */
export function temperatureFigure(points: readonly CoolingPoint[], stepName: string): Figure {
  const [first, last] = [points[0], points[points.length - 1]];
  return {
    name: "temperature",
    title: "How the temperature fell",
    summary: `From T = ${shown(first.temperature)} to T = ${shown(last.temperature)} in ${last.step.toLocaleString("en-US")} ${stepName}s, in the unit of the energy.`,
    drawing: {
      kind: "chart",
      marks: [{ mark: "line", channels: { x: "step", y: "temperature" }, options: { strokeWidth: 2 } }],
      x: { label: stepName },
      y: temperatureScale(points),
      height: 240,
    },
    table: { columns: [{ name: "step", label: stepName }, { name: "temperature" }], rows: points },
  };
}

/** A logarithmic scale from the coldest to the hottest of points. */
export function temperatureScale(points: readonly { readonly temperature: number }[]): Scale {
  const all = points.map(({ temperature }) => temperature);
  const domain = [Math.min(...all), Math.max(...all)];
  return { label: "temperature T = 1/β", type: "log", domain, tickFormat: "~g", grid: true };
}

/** A series of a chart over steps. */
export interface EnergySeries {
  readonly label: string;
  readonly rows: readonly { readonly step: number; readonly value: number }[];
}

/** What a chart of energies is called, and what is drawn beside them. */
export interface EnergyChart {
  /** What is counted: `sweep`, `training step`. */
  readonly stepName: string;
  /** `energy`, `value` or `cut`. */
  readonly objective: string;
  readonly title: string;
  readonly summary: string;
  /** Lines to compare with. */
  readonly marks?: readonly Mark[];
}

/** Energies, in the user's units, against the steps of an annealing. */
export function energyFigure(
  series: readonly EnergySeries[],
  { stepName, objective, title, summary, marks = [] }: EnergyChart,
): Figure {
  const rows = series.flatMap(({ label, rows: list }) =>
    list.map(({ step, value }) => ({ step, value, series: label })),
  );
  return {
    name: "energy",
    title,
    summary,
    drawing: {
      kind: "chart",
      marks: [
        ...marks,
        {
          mark: "line",
          channels: { x: "step", y: "value", stroke: "series", z: "series" },
          options: { strokeWidth: 1.75 },
        },
      ],
      x: { label: stepName },
      y: { label: objective, grid: true },
      color: { label: "", type: "categorical", domain: series.map(({ label }) => label), legend: true },
    },
    table: {
      columns: [{ name: "series" }, { name: "step", label: stepName }, { name: "value", label: objective, digits: 10 }],
      rows,
    },
  };
}
