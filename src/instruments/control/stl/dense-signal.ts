/**
 * A piecewise-constant signal on a closed span of time. Its `2n − 1` cells are in turn its values at `times[0]`, between
 * `times[0]` and `times[1]`, at `times[1]` …: an instant may have a value of its own.
 */
export interface DenseSignal {
  readonly times: Float64Array;
  readonly cells: Float64Array;
}

/** Two instants closer than this are one, in seconds; and, relative to their size, what sums of them are rounded by. */
const [resolution, rounding] = [1e-9, 4e-15];

/** Whether two instants are one, to the resolution of dense time. */
export function isSameInstant(a: number, b: number): boolean {
  return Math.abs(a - b) <= resolution + rounding * Math.max(Math.abs(a), Math.abs(b));
}

/** The sorted instants of `times` inside `[first, last]`, each once, with both ends. */
export function instants(times: Iterable<number>, first: number, last: number): Float64Array {
  const kept = [first];
  for (const t of Float64Array.from(times).sort()) {
    if (t > first && t < last && !isSameInstant(t, kept[kept.length - 1]) && !isSameInstant(t, last)) kept.push(t);
  }
  if (last > first) kept.push(last);
  return Float64Array.from(kept);
}

/** The cell that holds the instant `t`: −1 before the first one, `2n − 1` after the last. */
export function cellAt(times: Float64Array, t: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] < t && !isSameInstant(times[middle], t)) low = middle + 1;
    else high = middle;
  }
  return low < times.length && isSameInstant(times[low], t) ? 2 * low : 2 * low - 1;
}

/** An instant inside of every cell. */
export function instantsInside(times: Float64Array): Float64Array {
  return Float64Array.from({ length: 2 * times.length - 1 }, (_, c) =>
    c % 2 === 0 ? times[c / 2] : (times[(c - 1) / 2] + times[(c + 1) / 2]) / 2,
  );
}

/** The value at an instant; NaN outside of the signal's span. */
export function valueAt({ times, cells }: DenseSignal, t: number): number {
  return cells[cellAt(times, t)] ?? Number.NaN;
}

/** The signals' values combined instant by instant, on all their instants. They share one span. */
export function combineSignals(
  signals: readonly DenseSignal[],
  apply: (values: readonly number[]) => number,
): DenseSignal {
  const all = signals.flatMap(({ times }) => [...times]);
  const [first] = signals;
  const times = instants(all, first.times[0], first.times[first.times.length - 1]);
  const cells = instantsInside(times).map((t) => apply(signals.map((signal) => valueAt(signal, t))));
  return simplify({ times, cells });
}

/** The signal with the value of every cell changed. */
export function mapSignal({ times, cells }: DenseSignal, apply: (value: number) => number): DenseSignal {
  return simplify({ times, cells: cells.map(apply) });
}

/** The signal backwards in time. */
export function mirrored({ times, cells }: DenseSignal): DenseSignal {
  return { times: times.map((_, i) => -times[times.length - 1 - i]), cells: cells.slice().reverse() };
}

/** The same signal without instants at which nothing changes. */
export function simplify({ times, cells }: DenseSignal): DenseSignal {
  const kept = [...times.keys()].filter(
    (i) => i === 0 || i === times.length - 1 || cells[2 * i] !== cells[2 * i - 1] || cells[2 * i] !== cells[2 * i + 1],
  );
  if (kept.length === times.length) return { times, cells };
  const values = kept.flatMap((i, k) => (k < kept.length - 1 ? [cells[2 * i], cells[2 * i + 1]] : [cells[2 * i]]));
  return { times: Float64Array.from(kept, (i) => times[i]), cells: Float64Array.from(values) };
}
