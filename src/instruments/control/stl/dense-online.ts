import { OrreryError } from "../../../errors.ts";
import { refuseNeighbour, settlingTime } from "./dense.ts";
import { type DenseSignal, instants, instantsInside, simplify } from "./dense-signal.ts";
import { compareMoments, DenseJoin, DenseNegation, type DenseSink, type Moment } from "./dense-stream.ts";
import { DenseUntil } from "./dense-streaming-until.ts";
import { DenseMax, type DenseSpan } from "./dense-streaming-window.ts";
import type { Formula } from "./formula.ts";
import { connectMonitor, type NetworkParts, type TemporalOperator } from "./monitor-network.ts";
import { checkSample, statesOf } from "./robustness.ts";
import type { Semantics } from "./semantics.ts";
import { Outbox } from "./stream.ts";
import { compileLeaf } from "./term.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** A change of the robustness: its value from an instant on, or from directly after it. */
export interface DenseChange extends Moment {
  readonly value: number;
}

/** Conventions of dense time, which knows no padding. */
export interface DenseSemantics extends Pick<Semantics, "until"> {
  readonly end?: "truncate" | "hold";
}

/**
 * Monitors piecewise-constant signals in continuous time while they are made, exactly: together the changes that `push` and
 * `finish` return are the signal of `robustnessDense`. After a sample at `t` the result is known up to `t` less the ends of the
 * future intervals, added up along the formula's longest branch. Each operator takes O(1) amortised a change and holds at most
 * what its window sees.
 */
export class DenseOnlineMonitor {
  readonly #states: readonly string[];
  readonly #needed: ReadonlySet<string>;
  readonly #vocabulary: Vocabulary;
  readonly #isHeld: boolean;
  readonly #isClosed: boolean;
  readonly #settlingSeconds: number;
  readonly #leaves: { readonly evaluate: (sample: readonly number[]) => number; readonly sink: DenseSink }[] = [];
  readonly #holders: { readonly held: number }[] = [];
  readonly #changes = new Outbox<DenseChange>();
  #received = 0;
  #time = Number.NEGATIVE_INFINITY;
  #isFinished = false;

  /**
   * @throws OrreryError `unsupported` for `prev`, `next`, `rise`, `fall`, and for an operator without an end in the future;
   * `not-found` for a state that is not among `states`.
   */
  constructor(
    formula: Formula,
    states: readonly string[],
    {
      until = "half-open",
      end = "truncate",
      vocabulary = {},
    }: DenseSemantics & { readonly vocabulary?: Vocabulary } = {},
  ) {
    this.#states = states;
    this.#vocabulary = vocabulary;
    this.#needed = statesOf(formula, vocabulary);
    this.#isHeld = end === "hold";
    this.#isClosed = until === "closed";
    this.#settlingSeconds = settlingTime(formula);
    const root: DenseSink = {
      change: (from, value) => this.#changes.put({ ...from, value }),
      know: () => {},
      end: () => {},
    };
    connectMonitor(formula, root, this.#parts());
  }

  /** How many values and events the operators hold now. */
  get held(): number {
    return this.#holders.reduce((sum, holder) => sum + holder.held, 0);
  }

  /**
   * The states, in their order, have these values from `time` (seconds) on. Returns the changes of the robustness that have become known.
   * @throws OrreryError `argument` for a time that is not after the one before, a NaN that the formula reads, or after `finish`.
   */
  push(time: number, sample: readonly number[]): DenseChange[] {
    if (this.#isFinished) throw new OrreryError("argument", "dense monitor: expected no sample after finish");
    if (!(Number.isFinite(time) && time > this.#time)) {
      const got = `${time} s after ${this.#time} s`;
      throw new OrreryError(
        "argument",
        `dense monitor: sample ${this.#received}: expected times that increase; got ${got}`,
      );
    }
    checkSample(sample, this.#states, this.#received++, this.#needed);
    this.#time = time;
    for (const { evaluate, sink } of this.#leaves) sink.change({ time, isAfter: false }, evaluate(sample));
    for (const { sink } of this.#leaves) sink.know({ time, isAfter: true });
    return this.#changes.takeAll();
  }

  /** Ends the signals at the last sample's time, or holds their last values for ever; returns the changes that were still open. */
  finish(): DenseChange[] {
    if (!this.#isFinished && this.#received > 0) for (const { sink } of this.#leaves) sink.end(this.last);
    this.#isFinished = true;
    return this.#changes.takeAll();
  }

  /** The last instant of the result when the signals end now. */
  get last(): number {
    return this.#isHeld ? this.#time + this.#settlingSeconds + 1 : this.#time;
  }

  #parts(): NetworkParts<DenseSink> {
    return {
      leaf: (formula, sink) => {
        const evaluate = compileLeaf(formula, this.#states, this.#vocabulary);
        this.#leaves.push({ evaluate, sink });
      },
      negated: (sink) => new DenseNegation(sink),
      join: (count, apply, sink) => {
        const join = new DenseJoin(count, {
          change: (from, values) => sink.change(from, apply(values)),
          know: (until) => sink.know(until),
          end: (last) => sink.end(last),
        });
        this.#holders.push(join);
        return Array.from({ length: count }, (_, i) => join.side(i));
      },
      neighbour: refuseNeighbour,
      window: (operator, sink) => {
        const window = new DenseMax(this.#span(operator), sink);
        this.#holders.push(window);
        return window;
      },
      until: (operator, sink) => {
        const until = new DenseUntil({ ...this.#span(operator), isClosed: this.#isClosed }, sink);
        this.#holders.push(until);
        return [until.join.side(0), until.join.side(1)];
      },
    };
  }

  #span({ interval, isFuture }: TemporalOperator): DenseSpan {
    return { ...interval, isFuture, isHeld: this.#isHeld };
  }
}

/** The signal that changes make, up to its last instant; null when there is none. */
export function signalOfChanges(changes: readonly DenseChange[], last: number): DenseSignal | null {
  if (changes.length === 0) return null;
  const times = instants(
    changes.map(({ time }) => time),
    changes[0].time,
    last,
  );
  let next = 0;
  const cells = instantsInside(times).map((time, c) => {
    const moment = { time, isAfter: c % 2 === 1 };
    while (next + 1 < changes.length && compareMoments(changes[next + 1], moment) <= 0) next++;
    return changes[next].value;
  });
  return simplify({ times, cells });
}
