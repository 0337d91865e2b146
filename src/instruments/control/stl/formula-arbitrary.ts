import fc from "fast-check";
import { combine, type Formula, type Interval, type Term, unbounded } from "./formula.ts";

/** What the random formulas of the tests may contain. */
interface FormulaChoice {
  readonly depth: number;
  /** Operators of the future without an end. */
  readonly isUnbounded?: boolean;
  /** `prev`, `next`, `rise`, `fall` and constants, which only discrete time has or no gradient goes through. */
  readonly isSmooth?: boolean;
}

const state = fc.constantFrom<Term>({ kind: "state", name: "x" }, { kind: "state", name: "y" });
const number = fc.integer({ min: 0, max: 40 }).map<Term>((k) => ({ kind: "number", value: k / 8 }));
const term: fc.Arbitrary<Term> = fc.oneof(
  { weight: 3, arbitrary: state },
  fc.record({ kind: fc.constantFrom("add", "subtract", "multiply"), left: state, right: fc.oneof(state, number) }),
  state.map<Term>((operand) => ({ kind: "negate", operand })),
  fc.tuple(state, number).map<Term>(([a, b]) => ({ kind: "call", name: "max", operands: [a, b] })),
);
const predicate: fc.Arbitrary<Formula> = fc.oneof(
  term.map<Formula>((t) => ({ kind: "positive", term: t })),
  fc.record({
    kind: fc.constant("compare"),
    comparison: fc.constantFrom(">=", "<", "<=", ">", "==", "!="),
    left: term,
    right: fc.oneof(number, state),
  }) as fc.Arbitrary<Formula>,
);
const bounded = fc.tuple(fc.nat(3), fc.nat(3)).map<Interval>(([from, width]) => ({ from, to: from + width }));

/** Random formulas over the states `x` and `y` with whole-second intervals. */
export function formulas({ depth, isUnbounded = false, isSmooth = false }: FormulaChoice): fc.Arbitrary<Formula> {
  if (depth === 0) return predicate;
  const part = formulas({ depth: depth - 1, isUnbounded, isSmooth });
  const open = fc.oneof(
    bounded,
    fc.constant(unbounded),
    fc.nat(2).map((from) => ({ from, to: Number.POSITIVE_INFINITY })),
  );
  const ahead = isUnbounded ? open : bounded;
  const unary = (kinds: readonly string[], interval: fc.Arbitrary<Interval>) =>
    fc.record({ kind: fc.constantFrom(...kinds), interval, operand: part }) as fc.Arbitrary<Formula>;
  const binary = (kinds: readonly string[], interval: fc.Arbitrary<Interval>) =>
    fc.record({ kind: fc.constantFrom(...kinds), interval, left: part, right: part }) as fc.Arbitrary<Formula>;
  const choices: fc.Arbitrary<Formula>[] = [
    predicate,
    part.map<Formula>((operand) => ({ kind: "not", operand })),
    fc.tuple(fc.constantFrom("and" as const, "or" as const), part, part).map(([kind, a, b]) => combine(kind, [a, b])),
    fc.record({ kind: fc.constantFrom("implies", "iff", "xor"), left: part, right: part }) as fc.Arbitrary<Formula>,
    unary(["always", "eventually"], ahead),
    unary(["historically", "once"], open),
    binary(["until", "release"], ahead),
    binary(["since", "trigger"], open),
  ];
  if (isSmooth) return fc.oneof(...choices);
  const neighbour = fc.record({ kind: fc.constantFrom("previous", "next", "rise", "fall"), operand: part });
  return fc.oneof(
    ...choices,
    neighbour as fc.Arbitrary<Formula>,
    fc.boolean().map<Formula>((value) => ({ kind: "constant", value })),
  );
}

/** Traces of `x` and `y`: rows of two numbers, small multiples of an eighth so that ties occur. */
export function traces(maxLength: number): fc.Arbitrary<number[][]> {
  const value = fc.integer({ min: -40, max: 40 }).map((k) => k / 8);
  return fc.array(fc.tuple(value, value), { minLength: 1, maxLength });
}
