import type { Figure, Row } from "../../../lab/index.ts";
import { rounded } from "./plane.ts";

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
  const thin = (count: number) => Math.max(1, Math.ceil(count / 1500));
  const robust = times.flatMap((t, i): Row[] =>
    i % thin(times.length) === 0 ? [{ signal: "robustness", time: rounded(t), value: finite(values[i]) }] : [],
  );
  const rows = Object.entries(signals.columns).flatMap(([signal, x]) =>
    signals.times.flatMap((t, i): Row[] =>
      i % thin(x.length) === 0 ? [{ signal, time: rounded(t), value: finite(x[i]) }] : [],
    ),
  );
  const all = [...robust, ...rows];
  const holds = values.filter((v) => v >= 0).length;
  return {
    name: "robustness",
    title: "Robustness over time",
    summary: `${formula}: ${values[0] >= 0 ? "holds" : "fails"} at the beginning with robustness ${rounded(values[0])}; asked at each of ${values.length} moments it holds at ${holds}.`,
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
      x: { label: "time, s" },
      y: { label: "", grid: true },
      height: 140 * (1 + Object.keys(signals.columns).length) + 60,
    },
    table: { rows: all, columns: [{ name: "signal" }, { name: "time", unit: "s" }, { name: "value" }] },
  };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? rounded(value) : null;
}
