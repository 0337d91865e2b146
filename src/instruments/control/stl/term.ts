import { OrreryError } from "../../../errors.ts";
import { hintForName } from "../../../nearest-name.ts";
import type { Formula, Term } from "./formula.ts";
import { type Region, signedDistance } from "./region.ts";
import { functionNamed, type Vocabulary } from "./vocabulary.ts";

/** The value of a term at one moment, given the values of the states in the order it was compiled for. */
export type PointFunction = (x: ArrayLike<number>) => number;

/**
 * Compiles a term for states in the given order.
 * @throws OrreryError `not-found` when the term needs a state, region or function that there is not.
 */
export function compileTerm(term: Term, states: readonly string[], vocabulary: Vocabulary): PointFunction {
  const compile = (part: Term) => compileTerm(part, states, vocabulary);
  switch (term.kind) {
    case "number":
      return () => term.value;
    case "state":
      return stateReader(term.name, states);
    case "region":
      return regionReader(vocabulary.regions![term.name], states);
    case "scaled": {
      const operand = compile(term.operand);
      return (x) => term.factor * operand(x);
    }
    case "negate": {
      const operand = compile(term.operand);
      return (x) => -operand(x);
    }
    case "call": {
      const found = functionNamed(term.name, vocabulary);
      if (found === undefined) throw new OrreryError("not-found", `formula: expected a function; got ${term.name}`);
      const operands = term.operands.map(compile);
      return (x) => found.evaluate(...operands.map((f) => f(x)));
    }
    default: {
      const [left, right] = [compile(term.left), compile(term.right)];
      return arithmetic[term.kind](left, right);
    }
  }
}

const arithmetic = {
  add: (a: PointFunction, b: PointFunction) => (x: ArrayLike<number>) => a(x) + b(x),
  subtract: (a: PointFunction, b: PointFunction) => (x: ArrayLike<number>) => a(x) - b(x),
  multiply: (a: PointFunction, b: PointFunction) => (x: ArrayLike<number>) => a(x) * b(x),
  divide: (a: PointFunction, b: PointFunction) => (x: ArrayLike<number>) => a(x) / b(x),
  power: (a: PointFunction, b: PointFunction) => (x: ArrayLike<number>) => a(x) ** b(x),
};

function indexOfState(name: string, states: readonly string[]): number {
  const index = states.indexOf(name);
  if (index >= 0) return index;
  throw new OrreryError("not-found", `formula: expected values of the state ${JSON.stringify(name)}`, {
    hint: hintForName(name, states, "Given"),
  });
}

function stateReader(name: string, states: readonly string[]): PointFunction {
  const index = indexOfState(name, states);
  return (x) => x[index];
}

function regionReader(region: Region, states: readonly string[]): PointFunction {
  const indices = region.states.map((name) => indexOfState(name, states));
  return (x) =>
    signedDistance(
      region,
      indices.map((i) => x[i]),
    );
}

/** The robustness of a predicate at one moment: how far its inequality is from turning. */
export function compilePredicate(
  formula: Extract<Formula, { kind: "positive" | "compare" }>,
  states: readonly string[],
  vocabulary: Vocabulary,
): PointFunction {
  if (formula.kind === "positive") return compileTerm(formula.term, states, vocabulary);
  const [a, b] = [compileTerm(formula.left, states, vocabulary), compileTerm(formula.right, states, vocabulary)];
  switch (formula.comparison) {
    case ">=":
    case ">":
      return (x) => a(x) - b(x);
    case "<=":
    case "<":
      return (x) => b(x) - a(x);
    case "==":
      return (x) => -Math.abs(a(x) - b(x));
    case "!=":
      return (x) => Math.abs(a(x) - b(x));
  }
}

/** The robustness of what has no parts in time, a predicate or a constant, as a function of the state. @throws as `compilePredicate`. */
export function compileLeaf(
  formula: Extract<Formula, { kind: "positive" | "compare" | "constant" }>,
  states: readonly string[],
  vocabulary: Vocabulary,
): PointFunction {
  if (formula.kind !== "constant") return compilePredicate(formula, states, vocabulary);
  const value = formula.value ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  return () => value;
}

/** The names of the states that a term needs. */
export function statesOfTerm(term: Term, vocabulary: Vocabulary): string[] {
  switch (term.kind) {
    case "number":
      return [];
    case "state":
      return [term.name];
    case "region":
      return [...(vocabulary.regions?.[term.name]?.states ?? [])];
    case "scaled":
    case "negate":
      return statesOfTerm(term.operand, vocabulary);
    case "call":
      return term.operands.flatMap((operand) => statesOfTerm(operand, vocabulary));
    default:
      return [...statesOfTerm(term.left, vocabulary), ...statesOfTerm(term.right, vocabulary)];
  }
}
