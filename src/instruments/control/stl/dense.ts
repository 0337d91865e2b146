import { OrreryError } from "../../../errors.ts";
import { type DenseSignal, instants, instantsInside, mapSignal, mirrored, simplify } from "./dense-signal.ts";
import { denseMax, denseUntil, foldSignals, negatedSignal } from "./dense-until.ts";
import { type Formula, isUnbounded, type Neighbour, operandsOf } from "./formula.ts";
import { statesOf } from "./robustness.ts";
import { difference, type Semantics } from "./semantics.ts";
import { compilePredicate } from "./term.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** Values that hold from their time on, in order of time, for every state. */
export type DenseTrace = Readonly<Record<string, readonly (readonly [time: number, value: number])[]>>;

/**
 * The robustness of a formula over piecewise-constant signals in continuous time, exact at every instant. It begins where
 * all signals have begun. With `end: "hold"` the last values stand for ever and the result is constant after its last
 * instant; with `truncate` (the default) the trace is over at the last time given. Null when a signal has no value.
 *
 * With `{ until: "closed", end: "hold" }` these are the conventions of rtamt's dense time.
 * @throws OrreryError `unsupported` for `prev`, `next`, `rise`, `fall` and a padded end, which only discrete time has;
 * `argument` for times out of order or a NaN; `not-found` for a state without a signal.
 */
export function robustnessDense(
  formula: Formula,
  trace: DenseTrace,
  options: Semantics & { readonly vocabulary?: Vocabulary } = {},
): DenseSignal | null {
  const { vocabulary = {}, until = "half-open", end = "truncate" } = options;
  if (typeof end === "object") {
    throw new OrreryError("unsupported", 'dense monitor: expected end to be "truncate" or "hold"; got a padding');
  }
  const needed = statesOf(formula, vocabulary);
  checkTrace(trace, needed);
  const names = Object.keys(trace);
  if (names.some((name) => trace[name].length === 0)) return null;
  const times = names.flatMap((name) => trace[name].map(([t]) => t));
  const start = Math.max(...names.map((name) => trace[name][0][0]));
  const last = times.reduce((a, b) => Math.max(a, b), start);
  const finish = end === "hold" ? last + settlingTime(formula) + 1 : last;
  const domain = instants(times, start, finish);
  const rows = Array.from(instantsInside(domain), (t) => names.map((name) => heldValue(trace[name], t)));
  const leaf = (part: Extract<Formula, { kind: "positive" | "compare" }>): DenseSignal =>
    simplify({ times: domain, cells: Float64Array.from(rows, compilePredicate(part, names, vocabulary)) });
  return evaluate(formula, { leaf, domain, isHeld: end === "hold", isClosed: until === "closed" });
}

interface DenseContext {
  readonly leaf: (part: Extract<Formula, { kind: "positive" | "compare" }>) => DenseSignal;
  readonly domain: Float64Array;
  readonly isHeld: boolean;
  readonly isClosed: boolean;
}

function evaluate(formula: Formula, context: DenseContext): DenseSignal {
  const of = (part: Formula) => evaluate(part, context);
  switch (formula.kind) {
    case "constant": {
      const value = formula.value ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
      return simplify({ times: context.domain, cells: new Float64Array(2 * context.domain.length - 1).fill(value) });
    }
    case "positive":
    case "compare":
      return context.leaf(formula);
    case "not":
      return negatedSignal(of(formula.operand));
    case "and":
      return foldSignals(formula.operands.map(of), Math.min);
    case "or":
      return foldSignals(formula.operands.map(of), Math.max);
    case "implies":
      return foldSignals([negatedSignal(of(formula.left)), of(formula.right)], Math.max);
    case "iff":
      return negatedSignal(foldSignals([of(formula.left), of(formula.right)], difference));
    case "xor":
      return foldSignals([of(formula.left), of(formula.right)], difference);
    case "previous":
    case "next":
    case "rise":
    case "fall":
      return refuseNeighbour(formula.kind);
    default:
      return temporal(formula, context);
  }
}

/** @throws OrreryError `unsupported`, always: `prev`, `next`, `rise` and `fall` mean something only where there are samples. */
export function refuseNeighbour(kind: Neighbour): never {
  throw new OrreryError("unsupported", `dense monitor: expected no ${kind}, which needs a neighbouring sample`, {
    hint: "Monitor in discrete time, or say it with since or until.",
  });
}

const isPast = { historically: true, once: true, since: true, trigger: true } as Readonly<Record<string, boolean>>;
const isTurned = { always: true, historically: true, release: true, trigger: true } as Readonly<
  Record<string, boolean>
>;

/** Every temporal operator is `F` or `U`, with signs turned (`G`, `release`) or backwards in time. */
function temporal(formula: Extract<Formula, { interval: unknown }>, context: DenseContext): DenseSignal {
  const past = isPast[formula.kind] === true;
  const turn = isTurned[formula.kind] === true ? negatedSignal : (signal: DenseSignal) => signal;
  const direct = (signal: DenseSignal) => (past ? mirrored(signal) : signal);
  const sides = operandsOf(formula).map((part) => direct(turn(evaluate(part, context))));
  const look = { interval: formula.interval, isHeld: context.isHeld && !past, isClosed: context.isClosed };
  const found = sides.length === 1 ? denseMax(sides[0], look) : denseUntil(sides[0], sides[1], look);
  return mapSignal(turn(direct(found)), (v) => v);
}

/** How long after the last change of the signals the formula's value may still change: its finite looks back. */
export function settlingTime(formula: Formula): number {
  const own = isPast[formula.kind] === true && "interval" in formula ? formula.interval : { from: 0, to: 0 };
  const back = isUnbounded(own) ? own.from : own.to;
  return back + Math.max(0, ...operandsOf(formula).map(settlingTime));
}

function heldValue(signal: readonly (readonly [number, number])[], t: number): number {
  let [low, high] = [0, signal.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (signal[middle][0] <= t) low = middle;
    else high = middle - 1;
  }
  return signal[low][1];
}

function checkTrace(trace: DenseTrace, needed: ReadonlySet<string>): void {
  for (const [name, signal] of Object.entries(trace)) {
    signal.forEach(([time, value], i) => {
      const isOrdered = Number.isFinite(time) && (i === 0 || time > signal[i - 1][0]);
      if (isOrdered && !(Number.isNaN(value) && needed.has(name))) return;
      const expected = isOrdered ? "a number" : "times that increase";
      throw new OrreryError(
        "argument",
        `dense monitor: ${name}, value ${i}: expected ${expected}; got ${value} at ${time} s`,
      );
    });
  }
}
