import { isSameInstant } from "./dense-signal.ts";
import { Fifo } from "./fifo.ts";

/** A place in dense time: an instant, or what comes directly after it. A signal may change at both. */
export interface Moment {
  readonly time: number;
  readonly isAfter: boolean;
}

/** Negative when `a` is earlier than `b`, 0 when they are the same. */
export function compareMoments(a: Moment, b: Moment): number {
  return isSameInstant(a.time, b.time) ? Number(a.isAfter) - Number(b.isAfter) : a.time - b.time;
}

/** What takes a piecewise-constant signal of dense time while it is made. */
export interface DenseSink {
  /** The signal has this value from a moment on. Moments increase; the first one is where the signal begins. */
  change(from: Moment, value: number): void;
  /** Every change before this moment has been told. */
  know(until: Moment): void;
  /** The signal is over, `last` is its last instant, and every change has been told. */
  end(last: number): void;
}

/** The end of a signal whose last instant is `last`, as the moment at which nothing is left. */
export function endMoment(last: number): Moment {
  return { time: last, isAfter: true };
}

/** Passes on a signal with its sign turned. */
export class DenseNegation implements DenseSink {
  constructor(readonly sink: DenseSink) {}

  change(from: Moment, value: number): void {
    this.sink.change(from, -value);
  }

  know(until: Moment): void {
    this.sink.know(until);
  }

  end(last: number): void {
    this.sink.end(last);
  }
}

/** Events of one kind, in order of time, that come a fixed time after or before the moments they are made of. */
export class EventLane {
  readonly #times = new Fifo();
  readonly #sides = new Fifo();

  /** @param side makes all events instants (`at`) or what comes after them (`after`). An infinite shift is never. */
  constructor(
    readonly shift: number,
    readonly apply: () => void,
    readonly side?: "at" | "after",
  ) {}

  get length(): number {
    return this.#times.length;
  }

  add({ time, isAfter }: Moment): void {
    if (!Number.isFinite(this.shift)) return;
    this.#times.push(time + this.shift);
    this.#sides.push(Number(this.side === undefined ? isAfter : this.side === "after"));
  }

  /** The next event; undefined when there is none. */
  get first(): Moment | undefined {
    return this.length === 0 ? undefined : { time: this.#times.first, isAfter: this.#sides.first === 1 };
  }

  take(): void {
    this.#times.shift();
    this.#sides.shift();
    this.apply();
  }
}

/**
 * Carries out the events of several lanes in order of time, those of earlier lanes first where moments are the same, and tells
 * `onMoment` each moment after which something may be different, once all of its events are carried out. Nothing is told of what
 * is before the signal's beginning.
 */
export class EventSweep {
  #now: Moment | undefined;

  constructor(
    readonly lanes: readonly EventLane[],
    readonly onMoment: (moment: Moment) => void,
  ) {}

  /** Events that wait. */
  get held(): number {
    return this.lanes.reduce((sum, lane) => sum + lane.length, 0);
  }

  /** Where the signal begins; later calls do nothing. */
  begin(moment: Moment): void {
    this.#now ??= moment;
  }

  /** Carries out every event before `until`, all of which are in the lanes by now. */
  advance(until: Moment): void {
    if (this.#now === undefined || compareMoments(until, this.#now) <= 0) return;
    for (;;) {
      const lane = this.#next();
      if (lane === undefined || compareMoments(lane.first!, until) >= 0) break;
      const moment = lane.first!;
      if (compareMoments(moment, this.#now) > 0) {
        this.onMoment(this.#now);
        this.#now = moment;
      }
      lane.take();
    }
    this.onMoment(this.#now);
  }

  #next(): EventLane | undefined {
    let best: EventLane | undefined;
    for (const lane of this.lanes) {
      if (lane.length === 0) continue;
      if (best === undefined || compareMoments(lane.first!, best.first!) < 0) best = lane;
    }
    return best;
  }
}

/** Passes on a change only where the value is another one. */
export class ChangeFilter {
  #last: number | undefined;

  constructor(readonly sink: DenseSink) {}

  change(from: Moment, value: number): void {
    if (value === this.#last) return;
    this.#last = value;
    this.sink.change(from, value);
  }
}

/** Brings several signals together: passes on all of their values wherever one of them changes. */
export class DenseJoin {
  readonly #values: Fifo[];
  readonly #current: number[];
  readonly #known: (Moment | undefined)[];
  readonly #sweep: EventSweep;
  #open: number;

  constructor(
    readonly count: number,
    readonly sink: {
      change(from: Moment, values: readonly number[]): void;
      know(until: Moment): void;
      end(last: number): void;
    },
  ) {
    this.#values = Array.from({ length: count }, () => new Fifo());
    this.#current = new Array<number>(count).fill(Number.NaN);
    this.#known = new Array<Moment | undefined>(count).fill(undefined);
    this.#open = count;
    const lanes = this.#values.map(
      (values, i) =>
        new EventLane(0, () => {
          this.#current[i] = values.shift();
        }),
    );
    this.#sweep = new EventSweep(lanes, (moment) => sink.change(moment, [...this.#current]));
  }

  get held(): number {
    return this.#sweep.held;
  }

  /** Where the signal with that number goes. */
  side(index: number): DenseSink {
    return {
      change: (from, value) => {
        this.#sweep.begin(from);
        this.#values[index].push(value);
        this.#sweep.lanes[index].add(from);
      },
      know: (until) => {
        this.#known[index] = until;
        const known = this.#known.reduce((a, b) => (a && b ? (compareMoments(b, a) < 0 ? b : a) : undefined));
        if (known === undefined) return;
        this.#sweep.advance(known);
        this.sink.know(known);
      },
      end: (last) => {
        this.#open--;
        if (this.#open > 0) return;
        this.#sweep.advance(endMoment(last));
        this.sink.end(last);
      },
    };
  }
}
