import { OrreryError } from "../../../errors.ts";
import { hintForName } from "../../../nearest-name.ts";
import { defineSystem, type SystemSpec } from "../reachability/dynamics.ts";
import { type AxisSpec, createGrid, type Grid, sample, stateAt } from "../reachability/grid.ts";
import type { Formula } from "../stl/formula.ts";
import { parseFormula } from "../stl/parser.ts";
import { printFormula } from "../stl/printer.ts";
import type { Region } from "../stl/region.ts";
import type { Vocabulary } from "../stl/vocabulary.ts";
import { type CompiledPlan, compilePlan, isStateFormula, type OutsideFragment } from "./plan.ts";
import { type ControlTask, checkTask, predicatesOf, stateFunction } from "./task.ts";

/** A control problem as data: what a recipe says and what a controller's file keeps. */
export interface ProblemSpec {
  readonly system: SystemSpec;
  /** One axis for each state, by its name. */
  readonly grid: readonly (AxisSpec & { readonly name: string })[];
  readonly formula: string;
  readonly regions?: Readonly<Record<string, Region>>;
  /** A value for every state. */
  readonly start: Readonly<Record<string, number>>;
}

/** A problem that has been read and fits together. */
export interface ControlProblem extends CompiledPlan {
  readonly spec: ProblemSpec;
  readonly task: ControlTask;
  readonly start: readonly number[];
}

/**
 * Reads a problem and checks what it says: equations, units, names, the formula's fragment, the start.
 * @param detail multiplies the number of grid points along every axis.
 * @param source what the formula is called in messages.
 * @param isCondition whether the formula must speak of the present alone.
 * @throws OrreryError saying what does not fit, with every cause a line when there are several.
 */
export function readProblem(
  spec: ProblemSpec,
  { detail = 1, outside = "refuse" as OutsideFragment, source = "formula", isCondition = false } = {},
): ControlProblem {
  const problems: OrreryError[] = [];
  const attempt = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof OrreryError)) throw error;
      problems.push(error);
      return undefined;
    }
  };
  const system = attempt(() => defineSystem(spec.system));
  const states = spec.system.states.map((s) => (typeof s === "string" ? { name: s } : s));
  const names = states.map((s) => s.name);
  const grid = attempt(() => readGrid(spec.grid, names, detail));
  const vocabulary = { states, regions: spec.regions ?? {} };
  const formula = attempt(() => {
    if (spec.formula === "") throw new OrreryError("argument", `${source}: expected what must hold; it is missing`);
    return isCondition
      ? parseCondition(spec.formula, vocabulary, source)
      : parseFormula(spec.formula, vocabulary, { source });
  });
  const compiled = formula && attempt(() => compilePlan(formula, outside));
  const start = attempt(() => readStart(spec.start, names, grid));
  const task = system && grid && formula && { system, grid, formula, vocabulary };
  if (task) attempt(() => checkTask(task));
  if (problems.length > 0 || !task || !compiled || !start) throw joined(problems);
  return { ...compiled, spec, task, start };
}

/** @throws OrreryError `argument` for a formula that speaks of more than the present. */
export function parseCondition(text: string, vocabulary: Vocabulary, source: string): Formula {
  const formula = parseFormula(text, vocabulary, { source });
  if (isStateFormula(formula)) return formula;
  throw new OrreryError("argument", `${source}: expected a condition on the state; got ${text}`, {
    hint: "Temporal formulas are for control synthesize.",
  });
}

function readGrid(axes: ProblemSpec["grid"], states: readonly string[], detail: number): Grid {
  const stranger = axes.find(({ name }) => !states.includes(name));
  if (stranger !== undefined) {
    throw new OrreryError("argument", `grid: expected axes named after states; got ${JSON.stringify(stranger.name)}`, {
      hint: hintForName(stranger.name, states, "States"),
    });
  }
  const missing = states.filter((name) => !axes.some((axis) => axis.name === name));
  if (missing.length > 0)
    throw new OrreryError("argument", `grid: expected an axis for every state; got none for ${missing.join(", ")}`);
  const twice = axes.find(({ name }, i) => axes.findIndex((axis) => axis.name === name) < i);
  if (twice !== undefined) {
    throw new OrreryError("argument", `grid: expected one axis for every state; got two for ${twice.name}`);
  }
  return createGrid(
    states.map((name) => {
      const axis = axes.find((a) => a.name === name)!;
      const isPeriodic = axis.periodic === true || axis.boundary === "periodic";
      const points = isPeriodic ? axis.points * detail : (axis.points - 1) * detail + 1;
      return { ...axis, points: Math.max(2, Math.round(points)) };
    }),
  );
}

/** A value for every state. @throws OrreryError `argument` for an unknown state, a missing one, or a value off the grid. */
export function readStart(start: ProblemSpec["start"], states: readonly string[], grid: Grid | undefined): number[] {
  const stranger = Object.keys(start).find((name) => !states.includes(name));
  if (stranger !== undefined) {
    throw new OrreryError("argument", `start: expected values of states; got ${JSON.stringify(stranger)}`, {
      hint: hintForName(stranger, states, "States"),
    });
  }
  return states.map((name, i) => {
    const value = start[name];
    const axis = grid?.axes[i];
    if (value === undefined)
      throw new OrreryError("argument", `start: expected a value for every state; got none for ${name}`);
    const isInside = axis === undefined || axis.boundary === "periodic" || (value >= axis.low && value <= axis.high);
    if (Number.isFinite(value) && isInside) return value;
    const expected = axis === undefined ? "a finite number" : `a number in [${axis.low}, ${axis.high}]`;
    throw new OrreryError("argument", `start: expected ${name} to be ${expected}; got ${value}`);
  });
}

/** @throws OrreryError `argument` where a predicate is no number on the grid, naming the place. */
export function checkValues(task: ControlTask, source = "formula"): void {
  const { grid } = task;
  for (const part of predicatesOf(task.formula)) {
    const value = stateFunction(part, task);
    const index = sample(grid, value).findIndex(Number.isNaN);
    if (index < 0) continue;
    const place = stateAt(grid, index).map((v, i) => `${grid.axes[i].name} = ${Number(v.toPrecision(4))}`);
    throw new OrreryError(
      "argument",
      `${source}: expected ${printFormula(part)} to be a number on the grid; got NaN at ${place.join(", ")}`,
      {
        hint: "Look for the root or the logarithm of a negative number, or 0 / 0.",
      },
    );
  }
}

function joined(problems: readonly OrreryError[]): OrreryError {
  const [first] = problems;
  if (problems.length === 1) return first;
  const lines = problems.map((problem) => String(problem)).join("\n");
  return new OrreryError(first.code, lines);
}
