import { type Figure, packVolume, type Row } from "../../../lab/index.ts";
import type { Grid, Values } from "../reachability/grid.ts";
import { interpolate, type TimeSlices } from "../reachability/value-function.ts";
import type { ControlProblem } from "../synthesis/problem.ts";
import { cutText, rounded } from "./plane.ts";

/** Samples along an axis of a picture at most, and moments of it. */
const [mostPlaces, mostSteps] = [41, 6];

/** Values that mark what is forbidden or never reached, not how far off it is. */
const isMark = (value: number) => !Number.isFinite(value) || Math.abs(value) >= 1e5;

/** Which set a picture of values shows. */
interface Shown {
  readonly name: string;
  readonly title: string;
  /** Whether the set is where values are at most 0, or at least. */
  readonly side: "below" | "above";
  /** What the moments are along: `time to go`. */
  readonly label: string;
  /** The set in the middle of a sentence: `the states from which dock is reached`. */
  readonly set: string;
}

/**
 * The surface `V = 0` over the first three states, the others held at the start's values, at some moments; undefined where there are fewer
 * than three states.
 */
export function volumeFigure(problem: ControlProblem, slices: TimeSlices, shown: Shown): Figure | undefined {
  const { grid } = problem.task;
  if (grid.axes.length < 3) return undefined;
  const axes = [0, 1, 2].map((a) => placesOf(problem, a)) as [Place, Place, Place];
  const order = slices.times.map((_, i) => i).sort((a, b) => Math.abs(slices.times[a]) - Math.abs(slices.times[b]));
  // The set at its largest comes first: one that is reached grows with the time to go, one that is kept shrinks with the time.
  const chosen = spread(shown.side === "below" ? order.reverse() : order, mostSteps);
  const moments = chosen.map((i) => ({
    seconds: rounded(Math.abs(slices.times[i])),
    values: resample(grid, slices.values[i], axes, problem.start),
  }));
  const isIn = (value: number) => (shown.side === "below" ? value <= 0 : value >= 0);
  const rows = moments.map(({ seconds, values }): Row => ({ seconds, ...extentOf(values, axes, isIn) }));
  const [first] = rows;
  const plane = { horizontal: 0, vertical: 1, labels: ["", ""], isToScale: false } as const;
  const cut = cutText({ ...grid, axes: grid.axes.toSpliced(2, 1) }, plane, problem.start.toSpliced(2, 1));
  const names = axes.map(({ name }) => name);
  return {
    name: shown.name,
    title: shown.title,
    summary: `The surface V = 0 around ${shown.set}, over ${names[0]}, ${names[1]} and ${names[2]}${cut}: at ${first.seconds} s the set takes ${first.share} % of the box${spanText(first, axes)}.`,
    drawing: packVolume({
      axes,
      quantity: "V",
      level: 0,
      label: shown.label,
      steps: moments.map(({ seconds, values }) => ({ label: `${seconds} s`, values })),
    }),
    table: {
      rows,
      columns: [
        { name: "seconds", label: shown.label, unit: "s" },
        { name: "share", label: "share of the box", unit: "%" },
        ...axes.flatMap(({ name, unit }) =>
          ["from", "to"].map((end) => ({ name: `${name} ${end}`, label: `${name} ${end}`, unit })),
        ),
      ],
    },
  };
}

interface Place {
  readonly name: string;
  readonly unit?: string;
  readonly low: number;
  readonly high: number;
  readonly points: number;
}

/** The places that an axis is shown at; a periodic one ends where it began. */
function placesOf({ spec, task }: ControlProblem, axis: number): Place {
  const { low, high, points, boundary } = task.grid.axes[axis];
  const state = spec.system.states[axis];
  const named = typeof state === "string" ? { name: state } : state;
  return { ...named, low, high, points: Math.min(mostPlaces, points + Number(boundary === "periodic")) };
}

const placeAt = ({ low, high, points }: Place, i: number) => low + ((high - low) * i) / (points - 1);

function resample(grid: Grid, values: Values, [a, b, c]: readonly [Place, Place, Place], at: readonly number[]) {
  const result = new Float32Array(a.points * b.points * c.points);
  const state = [...at];
  let index = 0;
  for (let i = 0; i < a.points; i++) {
    state[0] = placeAt(a, i);
    for (let j = 0; j < b.points; j++) {
      state[1] = placeAt(b, j);
      for (let k = 0; k < c.points; k++) {
        state[2] = placeAt(c, k);
        const value = interpolate(grid, values, state, "clamp");
        result[index++] = isMark(value) ? Math.sign(value) * Number.POSITIVE_INFINITY : value;
      }
    }
  }
  return result;
}

/** The share of the box that is in the set, per cent, and how far the set reaches along each axis. */
function extentOf(values: Float32Array, axes: readonly [Place, Place, Place], isIn: (value: number) => boolean): Row {
  const [, b, c] = axes;
  const bounds = axes.map(() => [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
  let [inside, all] = [0, 0];
  for (let index = 0; index < values.length; index++) {
    const at = [Math.floor(index / (b.points * c.points)), Math.floor(index / c.points) % b.points, index % c.points];
    // A place on a face, edge or corner stands for half, a quarter or an eighth of a cell.
    const weight = at.reduce((product, i, axis) => product * (i === 0 || i === axes[axis].points - 1 ? 0.5 : 1), 1);
    all += weight;
    if (!isIn(values[index])) continue;
    inside += weight;
    at.forEach((i, axis) => {
      bounds[axis] = [Math.min(bounds[axis][0], i), Math.max(bounds[axis][1], i)];
    });
  }
  const ends = axes.flatMap((axis, a) =>
    ["from", "to"].map((end, side) => [
      `${axis.name} ${end}`,
      inside === 0 ? null : rounded(placeAt(axis, bounds[a][side])),
    ]),
  );
  return { share: rounded((100 * inside) / all), ...Object.fromEntries(ends) };
}

function spanText(row: Row, axes: readonly Place[]): string {
  if (row.share === 0) return "";
  const spans = axes.map(
    ({ name, unit }) => `${name} ${row[`${name} from`]} … ${row[`${name} to`]}${unit === undefined ? "" : ` ${unit}`}`,
  );
  return ` and reaches over ${spans.join(", ")}`;
}

/** At most so many of a list, evenly spread, first and last among them. */
function spread<T>(all: readonly T[], most: number): T[] {
  const count = Math.min(most, all.length);
  return Array.from({ length: count }, (_, i) => all[Math.round((i * (all.length - 1)) / Math.max(1, count - 1))]);
}
