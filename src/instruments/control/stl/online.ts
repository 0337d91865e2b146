import { OrreryError } from "../../../errors.ts";
import type { Formula } from "./formula.ts";
import { connectMonitor, type NetworkParts, type TemporalOperator } from "./monitor-network.ts";
import { checkSample, statesOf } from "./robustness.ts";
import { completeSemantics, type DiscreteSemantics, inSamples, type TraceEnd } from "./semantics.ts";
import { Join, MapOperator, NeighbourOperator, Outbox, type Sink } from "./stream.ts";
import { FutureUntil, PastSince } from "./streaming-until.ts";
import { FutureMax, PastMax } from "./streaming-window.ts";
import { compileLeaf } from "./term.ts";
import type { Vocabulary } from "./vocabulary.ts";

/**
 * Monitors a trace while it is made. The value at sample `t` is known once the ends of the future intervals, added up along the
 * formula's longest branch, have been seen from there; `finish` gives the rest, with the same conventions and numbers as `robustness`. Each operator takes O(1) amortised
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
  readonly #ready = new Outbox<number>();
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
    connectMonitor(formula, { push: (value) => this.#ready.put(value), end: () => {} }, this.#parts());
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
    return this.#ready.takeAll();
  }

  /** Ends the trace; returns the values that were still open. */
  finish(): number[] {
    if (!this.#isFinished) for (const end of this.#ends) end();
    this.#isFinished = true;
    return this.#ready.takeAll();
  }

  #parts(): NetworkParts<Sink> {
    return {
      leaf: (formula, sink) => {
        const evaluate = compileLeaf(formula, this.#states, this.#vocabulary);
        this.#leaves.push((sample) => sink.push(evaluate(sample)));
        this.#ends.push(() => sink.end());
      },
      negated: (sink) => new MapOperator((value) => -value, sink),
      join: (count, apply, sink) => {
        const join = this.#hold(
          new Join(
            count,
            (values) => sink.push(apply(values)),
            () => sink.end(),
          ),
        );
        return Array.from({ length: count }, (_, i) => join.side(i));
      },
      neighbour: (kind, sink) => new NeighbourOperator(kind, this.#semantics.outside, sink),
      window: ({ interval, isFuture, isTurned }, sink) => {
        const span = inSamples(interval, this.#semantics.step);
        return this.#hold(isFuture ? new FutureMax(span, this.#traceEnd(isTurned), sink) : new PastMax(span, sink));
      },
      until: (operator, sink) => {
        const { join } = this.#until(operator, sink);
        return [join.side(0), join.side(1)];
      },
    };
  }

  #until({ interval, isFuture, isTurned }: TemporalOperator, sink: Sink): FutureUntil | PastSince {
    const { step, until } = this.#semantics;
    const shared = { span: inSamples(interval, step), isClosed: until === "closed" };
    return this.#hold(
      isFuture ? new FutureUntil({ ...shared, traceEnd: this.#traceEnd(isTurned) }, sink) : new PastSince(shared, sink),
    );
  }

  #traceEnd(isTurned: boolean): TraceEnd {
    const { end } = this.#semantics;
    return isTurned && typeof end === "object" ? { pad: -end.pad } : end;
  }

  #hold<H extends { readonly held: number }>(holder: H): H {
    this.#holders.push(holder);
    return holder;
  }
}
