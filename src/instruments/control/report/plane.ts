import type { Chart, Mark, Row, Scale } from "../../../lab/index.ts";
import type { Grid, Values } from "../reachability/grid.ts";
import { interpolate } from "../reachability/value-function.ts";
import type { Region } from "../stl/region.ts";
import type { ProblemSpec } from "../synthesis/problem.ts";

/** The two states that pictures of a problem show; one where there is one. The others are held at the start's values. */
export interface Plane {
  readonly horizontal: number;
  readonly vertical: number | undefined;
  /** Names with units. */
  readonly labels: readonly [horizontal: string, vertical: string];
  /** Whether a unit is as long along both: where they have the same one and neither is much the longer. */
  readonly isToScale: boolean;
}

/** How much longer one axis may be than the other for both to be drawn to one scale. */
const longestShape = 3;

/** Places along an axis of a picture in a plane, and along the only one of a line. */
const [planePlaces, linePlaces] = [56, 201];

/** The plane of the first region over two states, else of the first two states. */
export function planeOf(spec: ProblemSpec): Plane {
  const states = spec.system.states.map((s) => (typeof s === "string" ? { name: s } : s));
  const names = states.map((s) => s.name);
  const region = Object.values(spec.regions ?? {}).find((r) => r.states.length === 2);
  const [horizontal, vertical] =
    region === undefined ? [0, names.length > 1 ? 1 : undefined] : region.states.map((s) => names.indexOf(s));
  const label = (i: number | undefined) => {
    if (i === undefined) return "";
    const { name, unit } = states[i] as { name: string; unit?: string };
    return unit === undefined ? name : `${name}, ${unit}`;
  };
  const length = (i: number) => {
    const axis = spec.grid.find(({ name }) => name === names[i]);
    return axis === undefined ? Number.NaN : axis.high - axis.low;
  };
  const shape = vertical === undefined ? Number.NaN : length(horizontal!) / length(vertical);
  const isOneUnit = vertical !== undefined && unitOf(states[horizontal!]) === unitOf(states[vertical]);
  return {
    horizontal: horizontal!,
    vertical,
    labels: [label(horizontal), label(vertical)],
    isToScale: isOneUnit && Math.max(shape, 1 / shape) <= longestShape,
  };
}

function unitOf(state: { readonly unit?: string }): string | undefined {
  return state.unit;
}

/** How pictures of an n-dimensional state are cut: `"at psi = 0.8"`; empty where nothing is cut. */
export function cutText({ axes }: Grid, plane: Plane, at: readonly number[]): string {
  const rest = axes.flatMap(({ name }, i) =>
    i === plane.horizontal || i === plane.vertical ? [] : [`${name} = ${rounded(at[i])}`],
  );
  return rest.length === 0 ? "" : ` at ${rest.join(", ")}`;
}

/** A number to four significant digits, as figures keep it. */
export function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

/** A number as text, infinite ones too. */
export function shown(value: number): string {
  return Number.isFinite(value) ? String(rounded(value)) : value > 0 ? "∞" : "−∞";
}

/** Values over the plane through `at`, interpolated at evenly spaced places: a row `{ x, y, value }` each. */
export function sliceRows(grid: Grid, values: Values, plane: Plane, at: readonly number[]): Row[] {
  const count = plane.vertical === undefined ? linePlaces : planePlaces;
  const along = (axis: number) => {
    const { low, high, spacing, boundary } = grid.axes[axis];
    const last = boundary === "periodic" ? high - spacing : high;
    return Array.from({ length: count }, (_, i) => low + ((last - low) * i) / (count - 1));
  };
  const state = [...at];
  const xs = along(plane.horizontal);
  const ys = plane.vertical === undefined ? [0] : along(plane.vertical);
  return ys.flatMap((y) =>
    xs.map((x) => {
      state[plane.horizontal] = x;
      if (plane.vertical !== undefined) state[plane.vertical] = y;
      const value = interpolate(grid, values, state, "clamp");
      return {
        x: Number(x.toPrecision(6)),
        y: Number(y.toPrecision(6)),
        value: Number.isFinite(value) ? rounded(value) : null,
      };
    }),
  );
}

/** Values over a plane as colours, the figure's own rows unless others are given, and the line where they are zero if that means something. */
export function planeChart(
  plane: Plane,
  {
    rows,
    color,
    hasZeroLine = false,
    marks = [],
  }: {
    readonly rows?: readonly Row[];
    readonly color: Scale;
    readonly hasZeroLine?: boolean;
    readonly marks?: readonly Mark[];
  },
): Chart {
  const own = rows === undefined ? {} : { rows };
  const zero: Mark = {
    mark: "contour",
    ...own,
    channels: { x: "x", y: "y", value: "value" },
    options: { levels: 0, stroke: "currentColor", strokeWidth: 2 },
  };
  return {
    kind: "chart",
    marks: [
      { mark: "raster", ...own, channels: { x: "x", y: "y", fill: "value" } },
      ...(hasZeroLine ? [zero] : []),
      ...marks,
    ],
    x: { label: plane.labels[0] },
    y: { label: plane.labels[1] },
    color: { legend: true, ...color },
    ...(plane.isToScale ? { aspectRatio: 1 } : {}),
  };
}

/** Colours of `V` that reach as far below zero as above. */
export function valueColor(reach: number): Scale {
  return { label: "V", type: "diverging", pivot: 0, domain: [-reach, reach] };
}

/** Outlines and names of the regions that lie in the plane. */
export function regionMarks(spec: ProblemSpec, plane: Plane, grid: Grid): Mark[] {
  const names = grid.axes.map((axis) => axis.name);
  const [across, up] = [names[plane.horizontal], names[plane.vertical ?? -1]];
  const drawn = Object.entries(spec.regions ?? {}).flatMap(([name, region]) => {
    const outline = outlineOf(region);
    const isTurned = region.states.join() === [up, across].join();
    if (outline.length === 0 || !(isTurned || region.states.join() === [across, up].join())) return [];
    return [[name, outline.map(([x, y]) => (isTurned ? ([y, x] as const) : ([x, y] as const)))] as const];
  });
  const outlines = drawn.flatMap(([name, outline]) =>
    outline.map(([x, y]): Row => ({ x: rounded(x), y: rounded(y), region: name })),
  );
  if (outlines.length === 0) return [];
  const labels = drawn.map(([name, corners]): Row => {
    const top = Math.max(...corners.map((c) => c[1]));
    const middle = (Math.max(...corners.map((c) => c[0])) + Math.min(...corners.map((c) => c[0]))) / 2;
    return { x: rounded(middle), y: rounded(top), region: name };
  });
  return [
    {
      mark: "line",
      rows: outlines,
      channels: { x: "x", y: "y", z: "region" },
      options: { stroke: "currentColor", strokeWidth: 1.5 },
    },
    {
      mark: "text",
      rows: labels,
      channels: { x: "x", y: "y", text: "region" },
      options: { dy: -7, fill: "currentColor", fontWeight: "bold" },
    },
  ];
}

function outlineOf(region: Region): (readonly [number, number])[] {
  switch (region.kind) {
    case "ball":
      return Array.from({ length: 61 }, (_, i) => {
        const angle = (2 * Math.PI * i) / 60;
        return [
          region.center[0] + region.radius * Math.cos(angle),
          region.center[1] + region.radius * Math.sin(angle),
        ] as const;
      });
    case "box": {
      const [[x1, y1], [x2, y2]] = [region.low, region.high];
      if (![x1, y1, x2, y2].every(Number.isFinite)) return [];
      return [
        [x1, y1],
        [x2, y1],
        [x2, y2],
        [x1, y2],
        [x1, y1],
      ];
    }
    case "polygon":
      return [...region.corners, region.corners[0]];
    default:
      return [];
  }
}
