import type { Figure, Row } from "../../../lab/index.ts";
import { rounded, shown } from "./plane.ts";

/** A monitored trace. */
export interface MonitoredTrace {
  readonly times: readonly number[];
  readonly values: readonly number[];
  readonly signals: {
    readonly times: readonly number[];
    readonly columns: Readonly<Record<string, readonly number[]>>;
  };
}

/** The formula's robustness over time, below it the signals that it reads. */
export function robustnessTraceFigure(formula: string, { times, values, signals }: MonitoredTrace): Figure {
  // Times that count from 1970 are no axis.
  const zero = Math.abs(times[0]) > 1e6 ? times[0] : 0;
  const rowsOf = (signal: string, moments: readonly number[], x: readonly number[]) =>
    telling(x).map((i): Row => ({ signal, time: Number((moments[i] - zero).toPrecision(7)), value: finite(x[i]) }));
  const all = [
    ...rowsOf("robustness", times, values),
    ...Object.entries(signals.columns).flatMap(([signal, x]) => rowsOf(signal, signals.times, x)),
  ];
  const holds = values.filter((v) => v >= 0).length;
  return {
    name: "robustness",
    title: "Robustness over time",
    summary: `${formula}: ${values[0] >= 0 ? "holds" : "fails"} at the beginning with robustness ${shown(values[0])}; asked at each of ${values.length} moments it holds at ${holds}.`,
    drawing: {
      kind: "chart",
      marks: [
        { mark: "ruleY", rows: [{ signal: "robustness", value: 0 }], channels: { y: "value", fy: "signal" } },
        {
          mark: "line",
          rows: all.filter((row) => row.value !== null),
          channels: { x: "time", y: "value", fy: "signal", stroke: "signal" },
        },
      ],
      x: { label: zero === 0 ? "time, s" : `time after ${zero} s, s` },
      y: { label: "", grid: true },
      height: 140 * (1 + Object.keys(signals.columns).length) + 60,
    },
    table: { rows: all, columns: [{ name: "signal" }, { name: "time", unit: "s" }, { name: "value" }] },
  };
}

/** How many stretches a long signal is drawn in. */
const stretches = 750;

/** Which samples of a signal are drawn: of a long one the least and the largest of every stretch, so that no dip is lost. */
function telling(x: readonly number[]): number[] {
  if (x.length <= 2 * stretches) return [...x.keys()];
  return Array.from({ length: stretches }, (_, s) => {
    const [from, to] = [0, 1].map((end) => Math.round((x.length * (s + end)) / stretches));
    let [least, most] = [from, from];
    for (let i = from; i < to; i++) {
      if (x[i] < x[least]) least = i;
      if (x[i] > x[most]) most = i;
    }
    return least === most ? [least] : [Math.min(least, most), Math.max(least, most)];
  }).flat();
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? rounded(value) : null;
}
