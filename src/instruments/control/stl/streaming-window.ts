import { Fifo } from "./fifo.ts";
import type { TraceEnd } from "./semantics.ts";
import type { Operator, Sink } from "./stream.ts";

/** The largest of the values added and not yet left behind: Lemire's monotone queue, O(1) amortised. */
export class MovingMax {
  readonly #values = new Fifo();
  readonly #indices = new Fifo();

  get held(): number {
    return this.#values.length;
  }

  /** −∞ when the window is empty. */
  get value(): number {
    return this.#values.length === 0 ? Number.NEGATIVE_INFINITY : this.#values.first;
  }

  /** Adds a value; indices increase. */
  add(index: number, value: number): void {
    while (this.#values.length > 0 && this.#values.last <= value) {
      this.#values.pop();
      this.#indices.pop();
    }
    this.#values.push(value);
    this.#indices.push(index);
  }

  /** Drops every value with an index below `index`. */
  leave(index: number): void {
    while (this.#values.length > 0 && this.#indices.first < index) {
      this.#values.shift();
      this.#indices.shift();
    }
  }
}

/** What stands for a signal after its last value; undefined for nothing. */
export function valueBeyond(end: TraceEnd, last: number): number | undefined {
  if (end === "truncate") return undefined;
  return end === "hold" ? last : end.pad;
}

/** `F_[p,q]`: passes on the largest value of `[t + p, t + q]` once sample `t + q` is there. */
export class FutureMax implements Operator {
  readonly #window = new MovingMax();
  #received = 0;
  #sent = 0;
  #last = Number.NaN;

  constructor(
    readonly span: { readonly from: number; readonly to: number },
    readonly traceEnd: TraceEnd,
    readonly sink: Sink,
  ) {}

  get held(): number {
    return this.#window.held;
  }

  push(value: number): void {
    this.#window.add(this.#received++, value);
    this.#last = value;
    if (this.#received > this.span.to) this.#send(undefined);
  }

  end(): void {
    const beyond = this.#received === 0 ? undefined : valueBeyond(this.traceEnd, this.#last);
    while (this.#sent < this.#received) this.#send(beyond);
    this.sink.end();
  }

  #send(beyond: number | undefined): void {
    this.#window.leave(this.#sent + this.span.from);
    this.#sent++;
    this.sink.push(beyond === undefined ? this.#window.value : Math.max(this.#window.value, beyond));
  }
}

/** `once_[p,q]`: passes on the largest value of `[t − q, t − p]` at once; `q` may be infinite. */
export class PastMax implements Operator {
  readonly #window = new MovingMax();
  readonly #waiting = new Fifo();
  #received = 0;
  #largest = Number.NEGATIVE_INFINITY;

  constructor(
    readonly span: { readonly from: number; readonly to: number },
    readonly sink: Sink,
  ) {}

  get held(): number {
    return this.#window.held + this.#waiting.length;
  }

  push(value: number): void {
    const { from, to } = this.span;
    this.#waiting.push(value);
    const now = this.#received++;
    if (now >= from) this.#admit(now - from, this.#waiting.shift());
    this.#window.leave(now - to);
    this.sink.push(to === Number.POSITIVE_INFINITY ? this.#largest : this.#window.value);
  }

  end(): void {
    this.sink.end();
  }

  #admit(index: number, value: number): void {
    if (this.span.to === Number.POSITIVE_INFINITY) this.#largest = Math.max(this.#largest, value);
    else this.#window.add(index, value);
  }
}
