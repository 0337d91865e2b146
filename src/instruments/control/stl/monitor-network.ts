import { OrreryError } from "../../../errors.ts";
import { type Formula, isUnbounded, type Neighbour } from "./formula.ts";
import { printFormula } from "./printer.ts";
import { difference } from "./semantics.ts";

type Node<K extends Formula["kind"]> = Extract<Formula, { kind: K }>;

/** A temporal operator as a maximum or an until: the others are these with the signs of operands and result turned. */
export interface TemporalOperator {
  readonly interval: { readonly from: number; readonly to: number };
  readonly isFuture: boolean;
  /** Whether signs are turned, so that the operator sees the negated signals. */
  readonly isTurned: boolean;
}

/** What a monitor in one kind of time is made of; `S` takes the values of a signal. */
export interface NetworkParts<S> {
  /** Feeds a sink with the values of a predicate or a constant. */
  leaf(formula: Node<"constant" | "positive" | "compare">, sink: S): void;
  /** What takes values and passes on their negatives. */
  negated(sink: S): S;
  /** What takes several signals and passes on a function of their values at every moment. */
  join(count: number, apply: (values: readonly number[]) => number, sink: S): readonly S[];
  neighbour(kind: Neighbour, sink: S): S;
  /** What passes on the largest value of a window. */
  window(operator: TemporalOperator, sink: S): S;
  /** What takes the left and the right side of an until or a since. */
  until(operator: TemporalOperator, sink: S): readonly [left: S, right: S];
}

const folds = {
  and: (x: readonly number[]) => x.reduce((a, b) => Math.min(a, b)),
  or: (x: readonly number[]) => x.reduce((a, b) => Math.max(a, b)),
  implies: ([a, b]: readonly number[]) => Math.max(-a, b),
  iff: ([a, b]: readonly number[]) => -difference(a, b),
  xor: ([a, b]: readonly number[]) => difference(a, b),
};

/**
 * Connects operators so that `sink` receives a formula's robustness while the leaves are fed.
 * @throws OrreryError `unsupported` for an operator of the future without an end, which no bounded memory can monitor.
 */
export function connectMonitor<S>(formula: Formula, sink: S, parts: NetworkParts<S>): void {
  const into = (operand: Formula, to: S) => connectMonitor(operand, to, parts);
  switch (formula.kind) {
    case "constant":
    case "positive":
    case "compare":
      parts.leaf(formula, sink);
      break;
    case "not":
      into(formula.operand, parts.negated(sink));
      break;
    case "and":
    case "or": {
      const sides = parts.join(formula.operands.length, folds[formula.kind], sink);
      formula.operands.forEach((operand, i) => {
        into(operand, sides[i]);
      });
      break;
    }
    case "implies":
    case "iff":
    case "xor": {
      const [left, right] = parts.join(2, folds[formula.kind], sink);
      into(formula.left, left);
      into(formula.right, right);
      break;
    }
    case "previous":
    case "next":
    case "rise":
    case "fall":
      into(formula.operand, parts.neighbour(formula.kind, sink));
      break;
    default: {
      const operator = operatorOf(formula);
      const turn = (to: S) => (operator.isTurned ? parts.negated(to) : to);
      if ("operand" in formula) into(formula.operand, turn(parts.window(operator, turn(sink))));
      else {
        const [left, right] = parts.until(operator, turn(sink));
        into(formula.left, turn(left));
        into(formula.right, turn(right));
      }
    }
  }
}

const future: readonly string[] = ["always", "eventually", "until", "release"];
const turned: readonly string[] = ["always", "historically", "release", "trigger"];

function operatorOf(formula: Extract<Formula, { interval: unknown }>): TemporalOperator {
  const isFuture = future.includes(formula.kind);
  if (isFuture && isUnbounded(formula.interval)) {
    throw new OrreryError(
      "unsupported",
      `online monitor: expected every future operator to have an end; got ${printFormula(formula)}`,
      {
        hint: "Give it an interval such as [0, 10 s], or monitor the finished trace.",
      },
    );
  }
  return { interval: formula.interval, isFuture, isTurned: turned.includes(formula.kind) };
}
