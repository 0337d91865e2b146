import { Fifo } from "./fifo.ts";
import type { TraceEnd } from "./semantics.ts";
import { Join, type Sink } from "./stream.ts";
import { MovingMax, valueBeyond } from "./streaming-window.ts";

/**
 * The functions `u ↦ max(b, min(a, u))`, one a sample, composed over a sliding window in O(1) amortised: they are closed
 * under composition, so two stacks (Knuth's queue of stacks) hold what a window needs. `isOldestLast` says which function
 * is applied last, the oldest (until, which looks ahead) or the newest (since, which looks back).
 */
export class MovingClamp {
  readonly #front: (readonly [b: number, a: number])[] = [];
  readonly #backB = new Fifo();
  readonly #backA = new Fifo();
  #folded: readonly [b: number, a: number] = identity;

  constructor(readonly isOldestLast: boolean) {}

  get held(): number {
    return this.#front.length + this.#backB.length;
  }

  add(b: number, a: number): void {
    this.#backB.push(b);
    this.#backA.push(a);
    this.#folded = this.#join(this.#folded, [b, a]);
  }

  /** Drops the oldest function. */
  drop(): void {
    if (this.#front.length === 0) this.#turnOver();
    this.#front.pop();
  }

  /** The whole window's function at `u`. */
  apply(u: number): number {
    const [b, a] = this.#join(this.#front[this.#front.length - 1] ?? identity, this.#folded);
    return Math.max(b, Math.min(a, u));
  }

  #turnOver(): void {
    let sum = identity;
    while (this.#backB.length > 0) {
      sum = this.#join([this.#backB.pop(), this.#backA.pop()], sum);
      this.#front.push(sum);
    }
    this.#folded = identity;
  }

  #join(older: readonly [number, number], newer: readonly [number, number]): readonly [number, number] {
    const [[b, a], [b2, a2]] = this.isOldestLast ? [older, newer] : [newer, older];
    return [Math.max(b, Math.min(a, b2)), Math.min(a, a2)];
  }
}

const identity: readonly [b: number, a: number] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];

/** What until and since share. */
interface BinaryOptions {
  readonly span: { readonly from: number; readonly to: number };
  readonly isClosed: boolean;
  readonly traceEnd: TraceEnd;
}

/** `a U_[p,q] b`: passes on the value at `t` once both sides have sample `t + q`. */
export class FutureUntil {
  readonly join: Join;
  /** The samples from `t + p` on. */
  readonly #clamps = new MovingClamp(true);
  /** The left side in `[t, t + p)`, negated, and its samples from there on. */
  readonly #left = new MovingMax();
  readonly #waiting = new Fifo();
  #received = 0;
  #sent = 0;
  #last: readonly number[] = [];

  constructor(
    readonly options: BinaryOptions,
    readonly sink: Sink,
  ) {
    this.join = new Join(
      2,
      (values) => this.#push(values),
      () => this.#end(),
    );
  }

  get held(): number {
    return this.join.held + this.#clamps.held + this.#left.held + this.#waiting.length;
  }

  #push(values: readonly number[]): void {
    const [a, b] = values;
    const { span, isClosed } = this.options;
    this.#last = values;
    if (span.from > 0) this.#waiting.push(-a);
    if (this.#received >= span.from) this.#clamps.add(isClosed ? Math.min(a, b) : b, a);
    this.#received++;
    if (this.#received > span.to) this.#send(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
  }

  #end(): void {
    const { traceEnd, isClosed } = this.options;
    const [a, b] = this.#last.map((value) => valueBeyond(traceEnd, value));
    const isExtended = a !== undefined && b !== undefined;
    const after = !isExtended ? Number.NEGATIVE_INFINITY : isClosed ? Math.min(a, b) : b;
    while (this.#sent < this.#received) this.#send(after, a ?? Number.POSITIVE_INFINITY);
    this.sink.end();
  }

  #send(after: number, leftBeyond: number): void {
    const { from } = this.options.span;
    const t = this.#sent++;
    const later = this.#clamps.apply(after);
    if (this.#clamps.held > 0) this.#clamps.drop();
    while (this.#waiting.length > this.#received - t - from && this.#waiting.length > 0) {
      this.#left.add(this.#received - this.#waiting.length, this.#waiting.shift());
    }
    this.#left.leave(t);
    const inside = -this.#left.value;
    const before = t + from > this.#received ? Math.min(inside, leftBeyond) : inside;
    this.sink.push(from === 0 ? later : Math.min(later, before));
  }
}

/** `a since_[p,q] b`: passes on the value at once; `q` may be infinite. */
export class PastSince {
  readonly join: Join;
  readonly #clamps = new MovingClamp(false);
  readonly #left = new MovingMax();
  readonly #waiting = new Fifo();
  #received = 0;
  #ever = Number.NEGATIVE_INFINITY;

  constructor(
    readonly options: Omit<BinaryOptions, "traceEnd">,
    readonly sink: Sink,
  ) {
    this.join = new Join(
      2,
      (values) => this.#push(values),
      () => this.sink.end(),
    );
  }

  get held(): number {
    return this.join.held + this.#clamps.held + this.#left.held + this.#waiting.length;
  }

  #push([a, b]: readonly number[]): void {
    const { span, isClosed } = this.options;
    const now = this.#received++;
    this.#waiting.push(a);
    this.#waiting.push(isClosed ? Math.min(a, b) : b);
    if (now >= span.from) this.#admit(this.#waiting.shift(), this.#waiting.shift());
    if (this.#clamps.held > span.to - span.from + 1) this.#clamps.drop();
    this.#left.add(now, -a);
    this.#left.leave(now - span.from + 1);
    const earlier = span.to === Number.POSITIVE_INFINITY ? this.#ever : this.#clamps.apply(Number.NEGATIVE_INFINITY);
    this.sink.push(span.from === 0 ? earlier : Math.min(earlier, -this.#left.value));
  }

  #admit(a: number, b: number): void {
    if (this.options.span.to === Number.POSITIVE_INFINITY) this.#ever = Math.max(b, Math.min(a, this.#ever));
    else this.#clamps.add(b, a);
  }
}
