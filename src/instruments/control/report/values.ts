import type { Chart, Figure, Row } from "../../../lab/index.ts";
import type { Grid, Values } from "../reachability/grid.ts";
import type { TimeSlices } from "../reachability/value-function.ts";
import type { ControlProblem } from "../synthesis/problem.ts";
import { cutText, planeChart, planeOf, regionMarks, rounded, sliceRows, valueColor } from "./plane.ts";

/**
 * The value function of everything that is pending, over time: from where the formula can be satisfied. A raster over time for
 * one state, else a frame for each of some times.
 */
export function valueFigure(problem: ControlProblem, slices: TimeSlices, delta: number): Figure {
  const { grid } = problem.task;
  const plane = planeOf(problem.spec);
  const ordered = slices.times.map((time, i) => ({ time, values: slices.values[i] })).sort((a, b) => a.time - b.time);
  const first = ordered[0];
  const share = shareAbove(first.values, 0);
  const common = {
    name: "value-function",
    title: "From where the formula can still be satisfied",
    summary: `With everything pending and disturbances up to ${rounded(delta)} times their set, ${(100 * share).toFixed(1)} % of the grid points satisfy the formula from the beginning; the line is V = 0${cutText(grid, plane, problem.start)}.`,
  };
  if (plane.vertical === undefined) {
    const step = Math.ceil(ordered.length / 60);
    const rows = ordered
      .filter((_, i) => i % step === 0)
      .flatMap(({ time, values }) =>
        sliceRows(grid, values, plane, problem.start).map(({ x, value }): Row => ({ x: rounded(time), y: x, value })),
      );
    const overTime = { ...plane, labels: ["time, s", plane.labels[0]] as const };
    const color = valueColor(colorReach(rows));
    return {
      ...common,
      drawing: planeChart(overTime, { rows, color, hasZeroLine: true }),
      table: {
        rows,
        columns: [
          { name: "x", label: "time", unit: "s" },
          { name: "y", label: plane.labels[0] },
          { name: "value", label: "V" },
        ],
      },
    };
  }
  const count = Math.min(7, ordered.length);
  const chosen = Array.from(
    { length: count },
    (_, i) => ordered[Math.round((i * (ordered.length - 1)) / Math.max(1, count - 1))],
  );
  const regions = regionMarks(problem.spec, plane, grid);
  const frames = chosen.map(({ time, values }) => ({
    label: `${rounded(time)} s`,
    rows: sliceRows(grid, values, plane, problem.start),
  }));
  const color = valueColor(colorReach(frames.flatMap(({ rows }) => rows)));
  const drawing = (rows: readonly Row[]) => planeChart(plane, { rows, color, hasZeroLine: true, marks: regions });
  return {
    ...common,
    drawing: {
      kind: "frames",
      label: "time",
      frames: frames.map(({ label, rows }) => ({ label, drawing: drawing(rows) })),
    },
    table: {
      rows: frames[0].rows,
      columns: [
        { name: "x", label: plane.labels[0] },
        { name: "y", label: plane.labels[1] },
        { name: "value", label: "V" },
      ],
    },
  };
}

/** `δ*` over the states: how large a disturbance each start survives. */
export function mapFigure(problem: ControlProblem, grid: Grid, delta: Float64Array): Figure {
  const plane = planeOf(problem.spec);
  // Between a start that survives and one that does not nothing is claimed.
  const survived = delta.map((v) => (Number.isFinite(v) ? v : Number.NaN));
  const rows = sliceRows(grid, survived, plane, problem.start);
  const known = rows.flatMap((row) => (typeof row.value === "number" ? [row.value] : []));
  const common = {
    name: "disturbance-map",
    title: "The largest disturbance that each start survives",
    summary: `${known.length} of ${rows.length} starts shown survive some disturbance, the best one ${rounded(Math.max(0, ...known))} times the set${cutText(grid, plane, problem.start)}; blank where the formula fails even without, and beside such grid points.`,
  };
  if (plane.vertical === undefined) {
    const line = rows.flatMap((row) => (row.value === null ? [] : [{ x: row.x, value: row.value }]));
    const table = {
      rows: rows.map(({ x, value }) => ({ x, value })),
      columns: [
        { name: "x", label: plane.labels[0] },
        { name: "value", label: "δ*" },
      ],
    };
    if (line.length === 0) return { ...common, drawing: { kind: "table" }, table };
    const marks: Chart["marks"] = [
      { mark: "line", rows: line, channels: { x: "x", y: "value" }, options: { strokeWidth: 2 } },
    ];
    return {
      ...common,
      drawing: { kind: "chart", marks, x: { label: plane.labels[0] }, y: { label: "δ*", zero: true, grid: true } },
      table,
    };
  }
  return {
    ...common,
    drawing: planeChart(plane, {
      color: { label: "δ*", type: "sequential" },
      marks: regionMarks(problem.spec, plane, grid),
    }),
    table: {
      rows,
      columns: [
        { name: "x", label: plane.labels[0] },
        { name: "y", label: plane.labels[1] },
        { name: "value", label: "δ*" },
      ],
    },
  };
}

/** Colours reach as far as the best value, and no farther below zero: how badly it fails matters less. */
function colorReach(rows: readonly Row[]): number {
  return rows.reduce(
    (most, { value }) => (typeof value === "number" && value < 1e5 ? Math.max(most, value) : most),
    0.1,
  );
}

function shareAbove(values: Values, level: number): number {
  let count = 0;
  for (const v of values) if (v >= level) count++;
  return count / values.length;
}
