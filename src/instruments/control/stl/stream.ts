import { Fifo } from "./fifo.ts";

/** What takes the values of a signal one after the other. */
export interface Sink {
  push(value: number): void;
  /** There will be no more. */
  end(): void;
}

/** A sink that holds a bounded number of values back. */
export interface Operator extends Sink {
  /** Values held. */
  readonly held: number;
}

/** What has become known and has not been asked for yet. */
export class Outbox<T> {
  #items: T[] = [];

  put(item: T): void {
    this.#items.push(item);
  }

  /** Everything put in since the last time, oldest first. */
  takeAll(): T[] {
    const items = this.#items;
    this.#items = [];
    return items;
  }
}

/** Passes on every value through a function. */
export class MapOperator implements Operator {
  readonly held = 0;

  constructor(
    readonly apply: (value: number) => number,
    readonly sink: Sink,
  ) {}

  push(value: number): void {
    this.sink.push(this.apply(value));
  }

  end(): void {
    this.sink.end();
  }
}

/** Waits until every one of several signals has its next value, and passes on all of them at once. */
export class Join {
  readonly #queues: readonly Fifo[];
  #open: number;

  constructor(
    readonly count: number,
    readonly onValues: (values: readonly number[]) => void,
    readonly onEnd: () => void,
  ) {
    this.#queues = Array.from({ length: count }, () => new Fifo());
    this.#open = count;
  }

  get held(): number {
    return this.#queues.reduce((sum, queue) => sum + queue.length, 0);
  }

  /** Where the values of the signal with that number go. */
  side(index: number): Sink {
    return {
      push: (value) => {
        this.#queues[index].push(value);
        if (this.#queues.every((queue) => queue.length > 0)) this.onValues(this.#queues.map((queue) => queue.shift()));
      },
      end: () => {
        this.#open--;
        if (this.#open === 0) this.onEnd();
      },
    };
  }
}

/** `prev`, `next`, `rise` and `fall`: a value and its neighbour. `outside` stands for the neighbour beyond the trace. */
export class NeighbourOperator implements Operator {
  readonly held = 1;
  #last: number | undefined;

  constructor(
    readonly kind: "previous" | "next" | "rise" | "fall",
    readonly outside: number,
    readonly sink: Sink,
  ) {}

  push(value: number): void {
    const last = this.#last;
    this.#last = value;
    if (this.kind === "previous") this.sink.push(last ?? this.outside);
    else if (this.kind === "rise") this.sink.push(Math.min(value, last === undefined ? value : -last));
    else if (this.kind === "fall") this.sink.push(Math.min(-value, last ?? -value));
    else if (last !== undefined) this.sink.push(value);
  }

  end(): void {
    if (this.kind === "next" && this.#last !== undefined) this.sink.push(this.outside);
    this.sink.end();
  }
}
