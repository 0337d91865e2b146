import { OrreryError } from "../../../errors.ts";
import { type Formula, isUnbounded } from "./formula.ts";
import { printFormula } from "./printer.ts";
import { checkSample, statesOf } from "./robustness.ts";
import { completeSemantics, type DiscreteSemantics, difference, inSamples } from "./semantics.ts";
import { Join, MapOperator, NeighbourOperator, type Sink } from "./stream.ts";
import { FutureUntil, PastSince } from "./streaming-until.ts";
import { FutureMax, PastMax } from "./streaming-window.ts";
import { compilePredicate } from "./term.ts";
import type { Vocabulary } from "./vocabulary.ts";

type Node<K extends Formula["kind"]> = Extract<Formula, { kind: K }>;

const negate = (value: number) => -value;
const folds = {
  and: (x: readonly number[]) => x.reduce((a, b) => Math.min(a, b)),
  or: (x: readonly number[]) => x.reduce((a, b) => Math.max(a, b)),
  implies: ([a, b]: readonly number[]) => Math.max(-a, b),
  iff: ([a, b]: readonly number[]) => -difference(a, b),
  xor: ([a, b]: readonly number[]) => difference(a, b),
};

/**
 * Monitors a trace while it is made. The value at sample `t` is known as soon as the formula's reach ahead has been seen;
 * `finish` gives the rest, with the same conventions and numbers as `robustness`. Each operator takes O(1) amortised
 * a sample and holds at most its window, however long the trace gets.
 */
export class OnlineMonitor {
  readonly #states: readonly string[];
  readonly #needed: ReadonlySet<string>;
  readonly #semantics: Required<DiscreteSemantics>;
  readonly #vocabulary: Vocabulary;
  readonly #leaves: ((sample: readonly number[]) => void)[] = [];
  readonly #ends: (() => void)[] = [];
  readonly #holders: { readonly held: number }[] = [];
  #ready: number[] = [];
  #received = 0;
  #isFinished = false;

  /**
   * @throws OrreryError `unsupported` for an operator without an end in the future, which no bounded memory can monitor;
   * `argument` for an interval that is no multiple of `step`; `not-found` for a state that is not among `states`.
   */
  constructor(
    formula: Formula,
    states: readonly string[],
    options: DiscreteSemantics & { readonly vocabulary?: Vocabulary } = {},
  ) {
    const { vocabulary = {}, ...semantics } = options;
    this.#states = states;
    this.#vocabulary = vocabulary;
    this.#semantics = completeSemantics(semantics);
    this.#needed = statesOf(formula, vocabulary);
    this.#connect(formula, { push: (value) => this.#ready.push(value), end: () => {} });
  }

  /** How many values the operators hold now. */
  get held(): number {
    return this.#holders.reduce((sum, holder) => sum + holder.held, 0);
  }

  /** Takes the next sample, in the order of `states`; returns the values that have become known, oldest first. */
  push(sample: readonly number[]): number[] {
    if (this.#isFinished) throw new OrreryError("argument", "monitor: expected no sample after finish");
    checkSample(sample, this.#states, this.#received++, this.#needed);
    for (const leaf of this.#leaves) leaf(sample);
    return this.#take();
  }

  /** Ends the trace; returns the values that were still open. */
  finish(): number[] {
    if (!this.#isFinished) for (const end of this.#ends) end();
    this.#isFinished = true;
    return this.#take();
  }

  #take(): number[] {
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }

  #connect(formula: Formula, sink: Sink): void {
    switch (formula.kind) {
      case "constant":
        this.#leaf(() => (formula.value ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY), sink);
        break;
      case "positive":
      case "compare":
        this.#leaf(compilePredicate(formula, this.#states, this.#vocabulary), sink);
        break;
      case "not":
        this.#connect(formula.operand, new MapOperator(negate, sink));
        break;
      case "and":
      case "or":
        this.#fold(formula.operands, folds[formula.kind], sink);
        break;
      case "implies":
      case "iff":
      case "xor":
        this.#fold([formula.left, formula.right], folds[formula.kind], sink);
        break;
      case "previous":
      case "next":
      case "rise":
      case "fall":
        this.#connect(formula.operand, new NeighbourOperator(formula.kind, this.#semantics.outside, sink));
        break;
      case "always":
      case "eventually":
      case "historically":
      case "once":
        this.#window(formula, sink);
        break;
      default:
        this.#until(formula, sink);
    }
  }

  #leaf(evaluate: (sample: readonly number[]) => number, sink: Sink): void {
    this.#leaves.push((sample) => sink.push(evaluate(sample)));
    this.#ends.push(() => sink.end());
  }

  #fold(operands: readonly Formula[], apply: (values: readonly number[]) => number, sink: Sink): void {
    const join = new Join(
      operands.length,
      (values) => sink.push(apply(values)),
      () => sink.end(),
    );
    this.#holders.push(join);
    operands.forEach((operand, i) => {
      this.#connect(operand, join.side(i));
    });
  }

  #window(formula: Node<"always" | "eventually" | "historically" | "once">, sink: Sink): void {
    const isFuture = formula.kind === "always" || formula.kind === "eventually";
    const isMin = formula.kind === "always" || formula.kind === "historically";
    const out = isMin ? new MapOperator(negate, sink) : sink;
    const { step, end } = this.#semantics;
    if (isFuture) checkBounded(formula);
    const span = inSamples(formula.interval, step);
    const traceEnd = isMin && typeof end === "object" ? { pad: -end.pad } : end;
    const operator = isFuture ? new FutureMax(span, traceEnd, out) : new PastMax(span, out);
    this.#holders.push(operator);
    this.#connect(formula.operand, isMin ? new MapOperator(negate, operator) : operator);
  }

  #until(formula: Node<"until" | "release" | "since" | "trigger">, sink: Sink): void {
    const isDual = formula.kind === "release" || formula.kind === "trigger";
    const isFuture = formula.kind === "until" || formula.kind === "release";
    const out = isDual ? new MapOperator(negate, sink) : sink;
    if (isFuture) checkBounded(formula);
    const { step, end, until } = this.#semantics;
    const shared = { span: inSamples(formula.interval, step), isClosed: until === "closed" };
    const traceEnd = isDual && typeof end === "object" ? { pad: -end.pad } : end;
    const operator = isFuture ? new FutureUntil({ ...shared, traceEnd }, out) : new PastSince(shared, out);
    this.#holders.push(operator);
    [formula.left, formula.right].forEach((side, i) => {
      const into = operator.join.side(i);
      this.#connect(side, isDual ? new MapOperator(negate, into) : into);
    });
  }
}

function checkBounded(formula: Extract<Formula, { interval: unknown }>): void {
  if (!isUnbounded(formula.interval)) return;
  throw new OrreryError(
    "unsupported",
    `online monitor: expected every future operator to have an end; got ${printFormula(formula)}`,
    {
      hint: "Give it an interval such as [0, 10 s], or monitor the finished trace.",
    },
  );
}
