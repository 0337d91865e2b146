import { ChangeFilter, type DenseSink, EventLane, EventSweep, endMoment, type Moment } from "./dense-stream.ts";
import { Fifo } from "./fifo.ts";
import { MovingMax } from "./streaming-window.ts";

/** Which part of the time around now an operator of dense time looks at, in seconds. */
export interface DenseSpan {
  readonly from: number;
  readonly to: number;
  /** Whether it lies ahead. */
  readonly isFuture: boolean;
  /** Whether the last value of the signal stands for ever; else nothing comes after it. */
  readonly isHeld: boolean;
}

/**
 * When a run of equal values that begins at `0` comes into the window, and one that ends at `0` is out of it: the window is
 * `[t + p, t + q]` ahead of `t`, or `[t − q, t − p]` behind it.
 */
export function windowShifts({ from, to, isFuture }: DenseSpan): { readonly enters: number; readonly leaves: number } {
  return isFuture ? { enters: -to, leaves: -from } : { enters: from, leaves: to };
}

/** How long a signal must be known for its value under an operator. */
export function knownAfter(span: DenseSpan, { time, isAfter }: Moment): Moment {
  return { time: span.isFuture ? time - span.to : time, isAfter };
}

/** `F_[p,q]` or `once_[p,q]` in dense time: the largest value of the window, as soon as it is known. */
export class DenseMax implements DenseSink {
  readonly #window = new MovingMax();
  readonly #values = new Fifo();
  readonly #enters: EventLane;
  readonly #leaves: EventLane;
  readonly #sweep: EventSweep;
  #entered = 0;
  #left = 0;
  #hasBegun = false;

  constructor(
    readonly span: DenseSpan,
    readonly sink: DenseSink,
  ) {
    const { enters, leaves } = windowShifts(span);
    const out = new ChangeFilter(sink);
    this.#enters = new EventLane(enters, () => this.#enter(this.#values.shift()));
    this.#leaves = new EventLane(leaves, () => this.#window.leave(++this.#left));
    this.#sweep = new EventSweep([this.#enters, this.#leaves], (moment) => out.change(moment, this.#window.value));
  }

  get held(): number {
    return this.#window.held + this.#sweep.held;
  }

  change(from: Moment, value: number): void {
    this.#sweep.begin(from);
    if (this.#hasBegun) this.#leaves.add(from);
    this.#hasBegun = true;
    this.#values.push(value);
    this.#enters.add(from);
  }

  know(until: Moment): void {
    const known = knownAfter(this.span, until);
    this.#sweep.advance(known);
    this.sink.know(known);
  }

  end(last: number): void {
    if (this.span.isFuture && !this.span.isHeld) this.#leaves.add(endMoment(last));
    this.#sweep.advance(endMoment(last));
    this.sink.end(last);
  }

  /** Where nothing ever leaves, smaller values need not be kept. */
  #enter(value: number): void {
    const index = this.#entered++;
    if (this.span.to === Number.POSITIVE_INFINITY && value <= this.#window.value) return;
    this.#window.add(index, value);
  }
}
