import { cellAt, combineSignals, type DenseSignal, instants, instantsInside, simplify } from "./dense-signal.ts";
import type { Interval } from "./formula.ts";
import { MovingMax } from "./streaming-window.ts";

/** How the future of a dense signal is looked at. */
interface DenseLook {
  readonly interval: Interval;
  /** Whether the last value stands for ever, or nothing comes after it. */
  readonly isHeld: boolean;
}

/** For each cell of the result, the cells that `[t + p, t + q]` meets; `first > last` where it meets none. */
interface CellWindows {
  readonly times: Float64Array;
  readonly first: Int32Array;
  readonly last: Int32Array;
}

/** The largest value of a signal over `[t + p, t + q]`, exactly, as a signal: O(n log n). */
export function denseMax(signal: DenseSignal, look: DenseLook): DenseSignal {
  const { times, first, last } = windowsOf(signal.times, look);
  return simplify({ times, cells: slideOver(signal.cells, first, last) });
}

function windowsOf(times: Float64Array, { interval: { from, to }, isHeld }: DenseLook): CellWindows {
  const finish = times[times.length - 1];
  const shifts = to === Number.POSITIVE_INFINITY ? [0, from] : [0, from, to];
  const result = instants(
    shifts.flatMap((shift) => [...times].map((t) => t - shift)),
    times[0],
    finish,
  );
  const end = 2 * times.length - 2;
  const inside = instantsInside(result);
  const cell = (t: number) => (isHeld ? Math.min(end, cellAt(times, Math.min(t, finish))) : cellAt(times, t));
  return {
    times: result,
    first: Int32Array.from(inside, (t) => cell(t + from)),
    last: Int32Array.from(inside, (t) => Math.min(end, cell(Math.min(t + to, finish + 1)))),
  };
}

function slideOver(cells: Float64Array, first: Int32Array, last: Int32Array): Float64Array {
  const queue = new MovingMax();
  let next = 0;
  return Float64Array.from(first, (low, i) => {
    for (; next <= last[i]; next++) queue.add(next, cells[next]);
    queue.leave(low);
    return queue.value;
  });
}

/**
 * `a U_[p,q] b` of two signals over one span, exactly: `G_[t, t+p) a ∧ (F_[0,q−p] b ∧ a U b)(t + p)`, with `a U b` by a
 * recursion over the cells backwards. An instant inside a cell that is reached from the left has part of the cell before
 * it, so there `a` counts in both conventions; in `half-open` it does not count at instants and where the search starts.
 */
export function denseUntil(
  left: DenseSignal,
  right: DenseSignal,
  look: DenseLook & { readonly isClosed: boolean },
): DenseSignal {
  const times = combineTimes(left, right);
  const [a, b] = [left, right].map((signal) => instantsInside(times).map((t) => signal.cells[cellAt(signal.times, t)]));
  const start = startValues(a, b, look.isClosed);
  const { times: result, first, last } = windowsOf(times, look);
  const soon = slideOver(b, first, last);
  const before = prefixMin(a, { result, times, first, isImmediate: look.interval.from === 0 });
  const cells = soon.map((v, i) =>
    first[i] < a.length ? Math.min(v, start[first[i]], before[i]) : Number.NEGATIVE_INFINITY,
  );
  return simplify({ times: result, cells });
}

function combineTimes(left: DenseSignal, right: DenseSignal): Float64Array {
  return instants([...left.times, ...right.times], left.times[0], left.times[left.times.length - 1]);
}

/** `a U b` without a bound for a search that starts in each cell. */
function startValues(a: Float64Array, b: Float64Array, isClosed: boolean): Float64Array {
  const start = new Float64Array(a.length);
  let next = Number.NEGATIVE_INFINITY;
  for (let c = a.length - 1; c >= 0; c--) {
    const closed = Math.min(a[c], Math.max(b[c], next));
    const open = Math.max(b[c], Math.min(a[c], next));
    start[c] = isClosed ? closed : open;
    next = isClosed || c % 2 === 1 ? closed : open;
  }
  return start;
}

/** The smallest value of `a` over `[t, t + p)`. */
function prefixMin(
  a: Float64Array,
  {
    result,
    times,
    first,
    isImmediate,
  }: {
    readonly result: Float64Array;
    readonly times: Float64Array;
    readonly first: Int32Array;
    readonly isImmediate: boolean;
  },
): Float64Array {
  if (isImmediate) return new Float64Array(first.length).fill(Number.POSITIVE_INFINITY);
  const from = Int32Array.from(instantsInside(result), (t) => cellAt(times, t));
  const to = first.map((c, i) => Math.min(a.length - 1, c % 2 === 0 && c > from[i] ? c - 1 : c));
  return slideOver(
    a.map((v) => -v),
    from,
    to,
  ).map((v) => -v);
}

/** Both signs turned. */
export function negatedSignal(signal: DenseSignal): DenseSignal {
  return { times: signal.times, cells: signal.cells.map((v) => -v) };
}

/** The pointwise fold of several signals. */
export function foldSignals(signals: readonly DenseSignal[], step: (a: number, b: number) => number): DenseSignal {
  return combineSignals(signals, (values) => values.reduce((a, b) => step(a, b)));
}
