import { OrreryError } from "../../../errors.ts";
import { type System, withDisturbanceScale } from "./dynamics.ts";
import type { Grid, Values } from "./grid.ts";
import { fillBy, stateAt } from "./grid.ts";
import type { Mode } from "./hamiltonian.ts";
import { type Modes, opposite } from "./optimal-inputs.ts";
import { slicesAround, type TimeSlices } from "./value-function.ts";

/** A function of the state, constant or changing with time: values, slices (linear in between) or a writer of the values at a time. */
export type Field = Values | TimeSlices | ((time: number, values: Values) => void);

/** After every step `V ← min(V, field)` or `max(V, field)`. */
export interface Constraint {
  readonly take: Mode;
  readonly field: Field;
  /** The times at which it acts, both ends included; all times unless given. Steps end exactly at these times. */
  readonly from?: number;
  readonly to?: number;
}

/**
 * The equation `∂V/∂t + opt_u opt_d ∇V·(f + G·u + D·d) = 0` on a grid. Where time decreases it is solved backward from final
 * values (the usual case), where it increases forward from initial ones.
 */
export interface Problem extends Modes {
  readonly system: System;
  /** Its axes are the system's states in order. */
  readonly grid: Grid;
  /** The values at `times[0]`: an array or a function of the state. */
  readonly initial: Values | ((x: readonly number[]) => number);
  /** Strictly monotone; the solution is kept at each. */
  readonly times: readonly number[];
  /** All disturbances are taken this many times as large. Default 1. */
  readonly disturbanceScale?: number;
  /** Whether values may only fall or only rise as the solution advances (a tube without a constraint). Default `free`. */
  readonly evolution?: "free" | "nonincreasing" | "nondecreasing";
  /** Applied in order after every step, and at the start. At most 30. */
  readonly constraints?: readonly Constraint[];
  /**
   * Values below it are raised to it after every step. For payoffs that are never lower it changes nothing but the error at the
   * edges: what leaves the grid there is continued without end, and in steep values it would be carried back inside.
   */
  readonly lowest?: number;
  /** Records when a point's value first is at most (`below`) or at least (`above`) zero. */
  readonly arrival?: "below" | "above";
}

/** A problem with its defaults filled in. */
export interface PreparedProblem {
  readonly system: System;
  readonly grid: Grid;
  /** A fresh array of the values at the start, checked and with the constraints applied. @throws OrreryError `shape`, `argument`. */
  readonly initial: () => Values;
  readonly times: readonly number[];
  readonly modes: Required<Modes>;
  readonly evolution: "free" | "nonincreasing" | "nondecreasing";
  readonly constraints: readonly Constraint[];
  readonly lowest: number | undefined;
  readonly arrival: "below" | "above" | undefined;
  /** −1 backward, 1 forward. */
  readonly direction: number;
}

/** Checks a problem and fills in what was left out. @throws OrreryError `argument` or `shape` naming what does not fit. */
export function prepareProblem(problem: Problem, precision: "f32" | "f64"): PreparedProblem {
  const { grid, times, constraints = [] } = problem;
  const system = withDisturbanceScale(problem.system, problem.disturbanceScale ?? 1);
  if (grid.axes.length !== system.states.length) {
    const got = `${grid.axes.length} axes for ${system.states.join(", ")}`;
    throw new OrreryError("shape", `grid: expected an axis for each of ${system.states.length} states; got ${got}`);
  }
  const direction = Math.sign(times[1] - times[0]);
  const isMonotone = times.every(
    (t, i) => Number.isFinite(t) && (i === 0 || Math.sign(t - times[i - 1]) === direction),
  );
  if (times.length < 2 || direction === 0 || !isMonotone) {
    throw new OrreryError(
      "argument",
      `times: expected at least two, strictly monotone; got ${times.join(", ") || "none"}`,
    );
  }
  checkConstraints(problem);
  const modes = { control: problem.control, disturbance: problem.disturbance ?? opposite(problem.control) };
  const initial = () => initialValues(problem, precision);
  const evolution = problem.evolution ?? "free";
  const { lowest, arrival } = problem;
  return { system, grid, initial, times, modes, evolution, constraints, lowest, arrival, direction };
}

function initialValues({ grid, initial, constraints = [], lowest, times }: Problem, precision: "f32" | "f64"): Values {
  if (typeof initial !== "function" && initial.length !== grid.size) {
    throw new OrreryError(
      "shape",
      `initial: expected ${grid.size} values for ${grid.shape.join("×")} points; got ${initial.length}`,
    );
  }
  const values = precision === "f32" ? new Float32Array(grid.size) : new Float64Array(grid.size);
  if (typeof initial === "function") fillBy(grid, initial, values);
  else values.set(initial);
  requireFinite(grid, values, "initial");
  for (const constraint of constraints) {
    if (isActive(constraint, times[0])) applyAtStart(constraint, values, times[0]);
  }
  if (lowest !== undefined) for (let i = 0; i < values.length; i++) values[i] = Math.max(values[i], lowest);
  return values;
}

/** @throws OrreryError `argument` naming the first point whose value is not finite. */
export function requireFinite(
  grid: Grid,
  values: Values,
  where: string,
  hint = "Differences of infinite values are not numbers: use a large finite value instead.",
): void {
  const index = values.findIndex((v) => !Number.isFinite(v));
  if (index < 0) return;
  const at = grid.axes.map(({ name }, a) => `${name} = ${Number(stateAt(grid, index)[a].toPrecision(6))}`).join(", ");
  throw new OrreryError("argument", `${where}: expected finite values; got ${values[index]} at ${at}`, {
    hint,
  });
}

/** A kernel is told which of them act now by the bits of one number. */
const mostConstraints = 30;

function checkConstraints({ grid, constraints = [], lowest = 0 }: Problem): void {
  if (constraints.length > mostConstraints) {
    throw new OrreryError("argument", `constraints: expected at most ${mostConstraints}; got ${constraints.length}`, {
      hint: "Join those that act at the same times by the smaller or larger of their values.",
    });
  }
  if (!Number.isFinite(lowest)) throw new OrreryError("argument", `lowest: expected a finite number; got ${lowest}`);
  constraints.forEach((constraint, i) => {
    checkConstraint(grid, constraint, i);
  });
}

function checkConstraint(grid: Grid, { take, field, from, to }: Constraint, i: number): void {
  const where = `constraints[${i}]`;
  if (take !== "min" && take !== "max")
    throw new OrreryError("argument", `${where}: expected take "min" or "max"; got ${take}`);
  if ((from ?? -Infinity) > (to ?? Infinity)) {
    throw new OrreryError("argument", `${where}: expected from <= to; got ${from} and ${to}`);
  }
  if (typeof field === "function") return;
  const slices = "times" in field ? field.values : [field];
  if ("times" in field && field.times.length !== slices.length) {
    throw new OrreryError(
      "shape",
      `${where}: expected a slice for each of ${field.times.length} times; got ${slices.length}`,
    );
  }
  const wrong = slices.find((values) => values.length !== grid.size);
  if (slices.length === 0 || wrong !== undefined) {
    throw new OrreryError("shape", `${where}: expected ${grid.size} values; got ${wrong?.length ?? "no slices"}`);
  }
  for (const values of slices) requireFinite(grid, values, where);
}

/** Whether a field is the same at all times. */
export function isStatic(field: Field): field is Values {
  return typeof field !== "function" && !("times" in field);
}

/** Writes the values of a field at a time. */
export function writeField(field: Field, time: number, values: Values): void {
  if (typeof field === "function") field(time, values);
  else if ("times" in field) {
    const [first, second, weight] = slicesAround(field, time);
    const [a, b] = [field.values[first], field.values[second]];
    if (weight === 0) values.set(a);
    else for (let i = 0; i < values.length; i++) values[i] = (1 - weight) * a[i] + weight * b[i];
  } else values.set(field);
}

/** Whether a constraint acts at a time; ends count as inside up to rounding. */
export function isActive({ from = -Infinity, to = Infinity }: Constraint, time: number): boolean {
  const slack = 1e-9 * Math.max(1, Math.abs(time));
  return time >= from - slack && time <= to + slack;
}

function applyAtStart({ take, field }: Constraint, values: Values, time: number): void {
  const at = isStatic(field) ? field : values.slice();
  if (!isStatic(field)) writeField(field, time, at);
  const pick = take === "min" ? Math.min : Math.max;
  for (let i = 0; i < values.length; i++) values[i] = pick(values[i], at[i]);
}
