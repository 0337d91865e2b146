import { OrreryError } from "../../../errors.ts";
import { hintForName } from "../../../nearest-name.ts";
import type { System } from "../reachability/dynamics.ts";
import type { Grid } from "../reachability/grid.ts";
import { sample } from "../reachability/grid.ts";
import { type Formula, operandsOf } from "../stl/formula.ts";
import { statesOf } from "../stl/robustness.ts";
import { compilePredicate, type PointFunction } from "../stl/term.ts";
import type { Vocabulary } from "../stl/vocabulary.ts";

/** What is to be controlled and what is asked of it. */
export interface ControlTask {
  /** Its disturbances are those of size 1; `delta` scales them. */
  readonly system: System;
  /** An axis for each state. */
  readonly grid: Grid;
  readonly formula: Formula;
  /** Regions, functions and units that the formula uses. */
  readonly vocabulary?: Vocabulary;
  /** Whether the left side of `a U b` must also hold at the moment of `b`. Default `half-open`. */
  readonly until?: "half-open" | "closed";
}

/** The robustness of a state formula as a function of the state. */
export function stateFunction(
  formula: Formula,
  { system, vocabulary = {} }: Pick<ControlTask, "system" | "vocabulary">,
): PointFunction {
  const compile = (f: Formula): PointFunction => {
    switch (f.kind) {
      case "constant":
        return () => (f.value ? bigValue : -bigValue);
      case "positive":
      case "compare":
        return compilePredicate(f, system.states, vocabulary);
      case "and":
      case "or": {
        const parts = f.operands.map(compile);
        const pick = f.kind === "and" ? Math.min : Math.max;
        return (x) => parts.reduce((best, part) => pick(best, part(x)), f.kind === "and" ? bigValue : -bigValue);
      }
      default:
        throw new OrreryError("unsupported", `synthesis: expected a condition on the state; got ${f.kind}`);
    }
  };
  return compile(formula);
}

/** What stands for infinity on a grid: differences of it are numbers. */
export const bigValue = 1e6;

/** A state formula on every point of the grid. @throws OrreryError `argument` naming the first point where it is no number. */
export function sampleFormula(formula: Formula, task: ControlTask): Float64Array {
  const value = stateFunction(formula, task);
  return sample(task.grid, (x) => Math.max(-bigValue, Math.min(bigValue, value(x))));
}

/** @throws OrreryError `not-found` for a state of the formula that the system does not have, `shape` for a grid of another dimension. */
export function checkTask({ system, grid, formula, vocabulary = {} }: ControlTask): void {
  for (const name of statesOf(formula, vocabulary)) {
    if (system.states.includes(name)) continue;
    throw new OrreryError("not-found", `formula: expected states of ${system.name}; got ${JSON.stringify(name)}`, {
      hint: hintForName(name, system.states, "States"),
    });
  }
  if (grid.axes.length !== system.states.length) {
    const got = `${grid.axes.length} axes for ${system.states.join(", ")}`;
    throw new OrreryError("shape", `grid: expected an axis for each of ${system.states.length} states; got ${got}`);
  }
}

/**
 * What values between grid points may hide: half a cell of the widest axis that the formula reads, for distances, and as many times
 * more as a predicate is steeper where it turns: half of its largest difference between neighbours of unequal sign.
 */
export function gridMargin(task: ControlTask): number {
  const { grid, formula, vocabulary = {} } = task;
  const read = statesOf(formula, vocabulary);
  const cells = grid.axes.filter(({ name }) => read.has(name)).map(({ spacing }) => spacing);
  const jumps = predicatesOf(formula).map((part) => jumpAtZero(sample(grid, stateFunction(part, task)), grid));
  return Math.max(0, ...cells, ...jumps) / 2;
}

/** The comparisons of a formula, and the terms that stand for one. */
export function predicatesOf(formula: Formula): Formula[] {
  if (formula.kind === "positive" || formula.kind === "compare") return [formula];
  return operandsOf(formula).flatMap(predicatesOf);
}

/** The largest finite difference between neighbouring grid points one of which is above zero and one not. */
function jumpAtZero(values: Float64Array, { axes, strides }: Grid): number {
  let largest = 0;
  for (const [a, { points }] of axes.entries()) {
    for (let i = 0; i < values.length; i++) {
      if (Math.floor(i / strides[a]) % points === points - 1) continue;
      const [here, next] = [values[i], values[i + strides[a]]];
      const jump = Math.abs(here - next);
      if (here > 0 !== next > 0 && jump > largest && Number.isFinite(jump)) largest = jump;
    }
  }
  return largest;
}
