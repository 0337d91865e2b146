import type { DenseSink } from "./dense-stream.ts";
import { ChangeFilter, DenseJoin, EventLane, EventSweep, endMoment, type Moment } from "./dense-stream.ts";
import { type DenseSpan, knownAfter, windowShifts } from "./dense-streaming-window.ts";
import { Fifo } from "./fifo.ts";
import { MovingClamp } from "./streaming-until.ts";
import { MovingMax } from "./streaming-window.ts";

/** A stretch of dense time in which both sides of an until have one value. */
interface Run {
  readonly a: number;
  readonly b: number;
}

/**
 * The search of `a U b` over the runs of a window, from the one at its near end outwards: `u ↦ max(b, min(a, u))` for a run
 * whose first moment in the direction of the search is an instant, or where the search starts; `u ↦ min(a, max(b, u))` for one
 * that is entered inside of a stretch of time, part of which lies before any instant of it, and for all with a closed until.
 */
class RunSearch {
  readonly #clamps: MovingClamp;
  readonly #runs: { readonly a: Fifo; readonly b: Fifo } = { a: new Fifo(), b: new Fifo() };
  #ever = Number.NEGATIVE_INFINITY;
  #near: Run | undefined;

  constructor(
    readonly options: { readonly isFuture: boolean; readonly isClosed: boolean; readonly isEndless: boolean },
  ) {
    this.#clamps = new MovingClamp(options.isFuture);
  }

  get held(): number {
    return this.#clamps.held + this.#runs.a.length;
  }

  /** The next run comes into the window; `isAfter` is the side of the moment between it and the one before. */
  enter(run: Run, isAfter: boolean): void {
    if (this.options.isFuture) {
      if (this.#near === undefined) this.#near = run;
      else this.#enterAhead(run, isAfter);
      return;
    }
    if (this.#near !== undefined) this.#passBy(this.#near, !isAfter);
    this.#near = run;
  }

  /** The oldest run is out of the window. */
  leave(): void {
    if (!this.options.isFuture) {
      this.#clamps.drop();
      return;
    }
    const { a, b } = this.#runs;
    if (a.length === 0) this.#near = undefined;
    else {
      this.#near = { a: a.shift(), b: b.shift() };
      this.#clamps.drop();
    }
  }

  /** −∞ for an empty window. */
  get value(): number {
    if (this.#near === undefined) return Number.NEGATIVE_INFINITY;
    const { a, b } = this.#near;
    const { isEndless, isClosed } = this.options;
    const rest = isEndless ? this.#ever : this.#clamps.apply(Number.NEGATIVE_INFINITY);
    return isClosed ? Math.min(a, Math.max(b, rest)) : Math.max(b, Math.min(a, rest));
  }

  #enterAhead(run: Run, isEnteredInside: boolean): void {
    this.#runs.a.push(run.a);
    this.#runs.b.push(run.b);
    this.#clamps.add(this.#least(run, isEnteredInside), run.a);
  }

  #passBy(run: Run, isEnteredInside: boolean): void {
    const b = this.#least(run, isEnteredInside);
    if (this.options.isEndless) this.#ever = Math.max(b, Math.min(run.a, this.#ever));
    else this.#clamps.add(b, run.a);
  }

  #least({ a, b }: Run, isEnteredInside: boolean): number {
    return this.options.isClosed || isEnteredInside ? Math.min(a, b) : b;
  }
}

/** `a U_[p,q] b` or `a since_[p,q] b` in dense time, as soon as it is known. */
export class DenseUntil {
  readonly join: DenseJoin;
  readonly #search: RunSearch;
  /** The left side between now and the window, negated. */
  readonly #between = new MovingMax();
  readonly #waiting: readonly [window: Fifo, side: Fifo, between: Fifo] = [new Fifo(), new Fifo(), new Fifo()];
  readonly #lanes: readonly [enters: EventLane, leaves: EventLane, begins: EventLane, ends: EventLane];
  readonly #sweep: EventSweep;
  #count = 0;
  #left = 0;
  #hasBegun = false;

  constructor(
    readonly span: DenseSpan & { readonly isClosed: boolean },
    readonly sink: DenseSink,
  ) {
    const { isFuture, isClosed, from, to } = span;
    this.#search = new RunSearch({ isFuture, isClosed, isEndless: to === Number.POSITIVE_INFINITY });
    const { enters, leaves } = windowShifts(span);
    const out = new ChangeFilter(sink);
    const [window, side, between] = this.#waiting;
    const begin = () => this.#between.add(this.#count++, between.shift());
    const end = () => this.#between.leave(++this.#left);
    this.#lanes = [
      new EventLane(enters, () => this.#search.enter({ a: window.shift(), b: window.shift() }, side.shift() === 1)),
      new EventLane(leaves, () => this.#search.leave()),
      // What lies in [t, t + p), or in (t − p, t]: a run that begins in an instant at t + p is not yet part of it.
      isFuture ? new EventLane(-from, begin, "after") : new EventLane(0, begin),
      isFuture ? new EventLane(0, end) : new EventLane(from, end, "at"),
    ];
    this.#sweep = new EventSweep(this.#lanes, (moment) => out.change(moment, this.#value()));
    this.join = new DenseJoin(2, {
      change: (moment, values) => this.#change(moment, values),
      know: (until) => {
        const known = knownAfter(span, until);
        this.#sweep.advance(known);
        sink.know(known);
      },
      end: (last) => {
        if (isFuture && !span.isHeld) this.#lanes[1].add(endMoment(last));
        this.#sweep.advance(endMoment(last));
        sink.end(last);
      },
    });
  }

  get held(): number {
    return this.join.held + this.#search.held + this.#between.held + this.#sweep.held;
  }

  #change(moment: Moment, [a, b]: readonly number[]): void {
    this.#sweep.begin(moment);
    const [enters, leaves, begins, ends] = this.#lanes;
    const [window, side, between] = this.#waiting;
    window.push(a);
    window.push(b);
    side.push(Number(moment.isAfter));
    if (this.#hasBegun) leaves.add(moment);
    enters.add(moment);
    if (this.span.from > 0) {
      between.push(-a);
      if (this.#hasBegun) ends.add(moment);
      begins.add(moment);
    }
    this.#hasBegun = true;
  }

  #value(): number {
    return this.span.from === 0 ? this.#search.value : Math.min(this.#search.value, -this.#between.value);
  }
}
