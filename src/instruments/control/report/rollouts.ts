import type { Figure, Mark, Row } from "../../../lab/index.ts";
import type { ControlProblem } from "../synthesis/problem.ts";
import type { Rollout } from "../synthesis/rollout.ts";
import { planeOf, regionMarks, rounded, shown } from "./plane.ts";

const mostRows = 4800;
/** Runs that a picture shows. */
const mostDrawn = 24;

/** The runs that are drawn, in their order: of many the least robust, so that none that fails is left out before one that does not. */
function drawn(rollouts: readonly Rollout[]): readonly Rollout[] {
  const chosen = new Set([...rollouts].sort((a, b) => a.robustness - b.robustness).slice(0, mostDrawn));
  return rollouts.filter((rollout) => chosen.has(rollout));
}

/** What is said where not all runs are drawn. */
const onlyDrawn = ({ length }: readonly Rollout[]) =>
  length > mostDrawn ? ` Drawn are the ${mostDrawn} least robust.` : "";

/** Every `stride`-th moment of each run, so that all fit into a figure. */
function moments(rollouts: readonly Rollout[], row: (rollout: Rollout, k: number) => Row): Row[] {
  const total = rollouts.reduce((sum, r) => sum + r.times.length, 0);
  const stride = Math.max(1, Math.ceil(total / mostRows));
  return rollouts.flatMap((r) =>
    r.times.flatMap((_, k) => (k % stride === 0 || k === r.times.length - 1 ? [row(r, k)] : [])),
  );
}

function kept(rollouts: readonly Rollout[]): string {
  const good = rollouts.filter((r) => r.robustness >= 0).length;
  const least = Math.min(...rollouts.map((r) => r.robustness));
  return `${good} of ${rollouts.length} runs satisfy the formula; the smallest robustness is ${shown(least)}`;
}

/** The runs of the closed loop on the plane of the states, or over time where there is one state. */
export function trajectoryFigure(problem: ControlProblem, rollouts: readonly Rollout[], delta: number): Figure {
  const plane = planeOf(problem.spec);
  const { names } = statesOf(problem);
  const isLine = plane.vertical === undefined;
  const rows = moments(drawn(rollouts), (r, k) => ({
    disturbance: r.disturbance,
    kind: kindOf(r),
    time: rounded(r.times[k]),
    ...Object.fromEntries(names.map((name, i) => [name, rounded(r.states[k][i])])),
  }));
  const [x, y] = isLine ? ["time", names[plane.horizontal]] : [names[plane.horizontal], names[plane.vertical]];
  const start: Row = {
    x: isLine ? 0 : problem.start[plane.horizontal],
    y: problem.start[plane.vertical ?? plane.horizontal],
  };
  const marks: Mark[] = [
    ...(isLine ? [] : regionMarks(problem.spec, plane, problem.task.grid)),
    { mark: "line", channels: { x, y, z: "disturbance", stroke: "kind" }, options: { strokeWidth: 1.6 } },
    { mark: "dot", rows: [start], channels: { x: "x", y: "y" }, options: { r: 5, fill: "currentColor" } },
  ];
  return {
    name: "trajectories",
    title: "Runs of the closed loop under disturbances",
    summary: `${kept(rollouts)}, with disturbances up to ${rounded(delta)} times their set. They begin at the dot.${onlyDrawn(rollouts)}`,
    drawing: {
      kind: "chart",
      marks,
      x: { label: isLine ? "time, s" : plane.labels[0] },
      y: { label: isLine ? plane.labels[0] : plane.labels[1] },
      color: { label: "disturbance", type: "categorical", legend: true },
      ...(plane.isToScale ? { aspectRatio: 1 } : {}),
    },
    table: { rows },
  };
}

/** `V` along the runs: how robustly the rest can still be done. It does not fall but for the grid's error. */
export function robustnessFigure(rollouts: readonly Rollout[], margin: number): Figure {
  const rows = moments(drawn(rollouts), (r, k) => ({
    disturbance: r.disturbance,
    kind: kindOf(r),
    time: rounded(r.times[k]),
    value: Number.isFinite(r.values[k]) ? rounded(r.values[k]) : null,
    activity: r.activities[k],
  }));
  return {
    name: "robustness",
    title: "How robustly the rest can still be done",
    summary: `V of what is pending along each run; ${kept(rollouts)}. It steps up whenever something is reached, and ends when nothing is left to do. The dashed line is the margin asked for at the start.${onlyDrawn(rollouts)}`,
    drawing: {
      kind: "chart",
      marks: [
        { mark: "ruleY", rows: [{ value: margin }], channels: { y: "value" }, options: { strokeDasharray: "4 3" } },
        {
          mark: "line",
          rows: rows.filter((row) => row.value !== null),
          channels: { x: "time", y: "value", z: "disturbance", stroke: "kind" },
        },
      ],
      x: { label: "time, s" },
      y: { label: "V", grid: true, zero: true },
      color: { label: "disturbance", type: "categorical", legend: true },
    },
    table: {
      rows,
      columns: [
        { name: "disturbance" },
        { name: "time", unit: "s" },
        { name: "value", label: "V" },
        { name: "activity", label: "pending" },
      ],
    },
  };
}

/** The monitor's verdict on every run. */
export function verdictFigure(rollouts: readonly Rollout[]): Figure {
  const rows = rollouts.map((r) => ({
    disturbance: r.disturbance,
    robustness: Number.isFinite(r.robustness) ? rounded(r.robustness) : shown(r.robustness),
    satisfied: r.robustness >= 0,
    largestControl: rounded(Math.max(...r.controls.map((u) => Math.hypot(...u)))),
    largestDisturbance: rounded(Math.max(0, ...r.disturbances.map((d) => Math.hypot(...d)))),
  }));
  return {
    name: "verdicts",
    title: "The monitor's verdict on every run",
    summary: `${kept(rollouts)}.`,
    drawing: { kind: "table" },
    table: { rows },
  };
}

/** `worst case`, `steady`, `random` or `given`: what runs are coloured by. */
function kindOf({ disturbance }: Rollout): string {
  return /^(steady|random)/.exec(disturbance)?.[0] ?? disturbance;
}

function statesOf({ task }: ControlProblem): { readonly names: readonly string[] } {
  return { names: task.system.states };
}
