import type { Chart, Figure, Row } from "../../../lab/index.ts";
import type { Solution } from "../reachability/index.ts";
import type { ControlProblem } from "../synthesis/problem.ts";
import { cutText, planeChart, planeOf, regionMarks, rounded, sliceRows, valueColor } from "./plane.ts";

/** What was asked. */
interface ReachText {
  readonly aim: "reach" | "avoid";
  readonly mode: "set" | "tube";
  readonly target: string;
  readonly delta: number;
}

/** The boundary of the set at each of the solution's times. */
export function tubeFigure(
  problem: ControlProblem,
  solution: Solution,
  { aim, mode, target, delta }: ReachText,
): Figure {
  const { grid } = problem.task;
  const plane = planeOf(problem.spec);
  const title = `From where ${target} is ${aim === "reach" ? "reached" : "not avoided"}`;
  const slices = solution.times.map((time, i) => ({
    time: solution.times[0] - time,
    rows: sliceRows(grid, solution.values[i], plane, problem.start),
  }));
  const last = slices[slices.length - 1];
  const share = last.rows.filter((row) => (row.value as number) <= 0).length / last.rows.length;
  const summary = `The ${mode} grows to ${(100 * share).toFixed(1)} % of the states shown${cutText(grid, plane, problem.start)} after ${rounded(last.time)} s, with disturbances of ${rounded(delta)} times their set: where V ≤ 0${plane.vertical === undefined ? "" : ", inside of the line"}.`;
  if (plane.vertical === undefined) {
    const rows = slices.flatMap(({ time, rows }) =>
      rows.map(({ x, value }): Row => ({ time: rounded(time), x, value })),
    );
    const chart: Chart = {
      kind: "chart",
      marks: [{ mark: "line", channels: { x: "x", y: "value", z: "time", stroke: "time" } }],
      x: { label: plane.labels[0] },
      y: { label: "V", grid: true },
      color: { label: "time, s", type: "sequential", legend: true },
    };
    return { name: "reach", title, summary, drawing: chart, table: { rows } };
  }
  const regions = regionMarks(problem.spec, plane, grid);
  const color = { ...valueColor(depthOf(slices.flatMap(({ rows }) => rows))), reverse: true } as const;
  const drawing = (rows: readonly Row[]) => planeChart(plane, { rows, color, hasZeroLine: true, marks: regions });
  // All of the time first: what is left of the set when there is less of it comes after.
  const frames = slices.reverse().map(({ time, rows }) => ({ label: `${rounded(time)} s`, drawing: drawing(rows) }));
  return {
    name: "reach",
    title,
    summary,
    drawing: { kind: "frames", label: "time to go", frames },
    table: { rows: last.rows },
  };
}

/** How far below zero values reach: colours tell how deep inside a state is, not how far outside. */
function depthOf(rows: readonly Row[]): number {
  return rows.reduce((most, { value }) => Math.max(most, typeof value === "number" ? -value : 0), 0.1);
}

/** The time in which the target is reached. */
export function arrivalFigure(problem: ControlProblem, arrival: Solution["last"], { target, aim }: ReachText): Figure {
  const { grid } = problem.task;
  const plane = planeOf(problem.spec);
  const marked = Float64Array.from(arrival, (t) => (Number.isFinite(t) ? t : Number.NaN));
  const rows = sliceRows(grid, marked, plane, problem.start);
  const times = rows.flatMap((row) => (typeof row.value === "number" ? [row.value] : []));
  const common = {
    name: "arrival",
    title: aim === "reach" ? `Time to ${target}` : `Time until ${target} can no longer be avoided`,
    summary: `${times.length} of ${rows.length} states shown arrive, after at most ${rounded(Math.max(0, ...times))} s${cutText(grid, plane, problem.start)}; blank where they do not.`,
  };
  if (plane.vertical === undefined) {
    const line = rows.flatMap(({ x, value }) => (value === null ? [] : [{ x, value }]));
    if (line.length === 0) return { ...common, drawing: { kind: "table" }, table: { rows } };
    const marks: Chart["marks"] = [{ mark: "dot", rows: line, channels: { x: "x", y: "value" } }];
    return {
      ...common,
      drawing: { kind: "chart", marks, x: { label: plane.labels[0] }, y: { label: "time, s" } },
      table: { rows },
    };
  }
  const marks = regionMarks(problem.spec, plane, grid);
  const drawing = planeChart(plane, { color: { label: "time, s", type: "sequential" }, marks });
  return { ...common, drawing, table: { rows } };
}
