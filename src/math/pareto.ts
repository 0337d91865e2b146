/** Whether point `a` is nowhere larger than `b` and somewhere smaller; all objectives are minimised. */
export function dominates(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  let isBetter = false;
  for (let i = 0; i < a.length; i++) {
    if (a[i] > b[i]) return false;
    if (a[i] < b[i]) isBetter = true;
  }
  return isBetter;
}

/** A point with what belongs to it. */
export interface ArchiveEntry<T> {
  readonly values: readonly number[];
  readonly item: T;
}

/**
 * The non-dominated set of all points offered so far. Of points with equal values the one that `precedes` the others is
 * kept (the first offered, by default), so that the set does not depend on the order of offers.
 */
export class ParetoArchive<T> {
  readonly #precedes: (a: T, b: T) => boolean;
  #entries: ArchiveEntry<T>[] = [];

  constructor(precedes: (a: T, b: T) => boolean = () => false) {
    this.#precedes = precedes;
  }

  /** The front, sorted by the first objective, then the second, and so on. */
  get entries(): readonly ArchiveEntry<T>[] {
    return [...this.#entries].sort((a, b) => compareLexicographically(a.values, b.values));
  }

  /** Whether the values would enter: true unless some entry is at least as good everywhere and not equal. */
  accepts(values: ArrayLike<number>): boolean {
    for (const entry of this.#entries) if (dominates(entry.values, values)) return false;
    return true;
  }

  /** Adds a point and drops what it dominates; returns whether it is in the set afterwards. */
  offer(values: readonly number[], item: T): boolean {
    if (!this.accepts(values)) return false;
    const equal = this.#entries.findIndex((e) => e.values.every((v, i) => v === values[i]));
    if (equal >= 0) {
      if (!this.#precedes(item, this.#entries[equal].item)) return false;
      this.#entries[equal] = { values, item };
      return true;
    }
    this.#entries = this.#entries.filter((e) => !dominates(values, e.values));
    this.#entries.push({ values, item });
    return true;
  }
}

/**
 * Fronts of a set of points: front 0 is not dominated, front k only by points of earlier fronts. `O(m n²)`.
 * Source: Deb et al., "A fast and elitist multiobjective genetic algorithm: NSGA-II", 2002.
 */
export function sortIntoFronts(points: readonly ArrayLike<number>[]): number[][] {
  const dominated: number[][] = points.map(() => []);
  const dominators = new Int32Array(points.length);
  for (let i = 0; i < points.length; i++) {
    for (let j = i + 1; j < points.length; j++) {
      if (dominates(points[i], points[j])) {
        dominated[i].push(j);
        dominators[j]++;
      } else if (dominates(points[j], points[i])) {
        dominated[j].push(i);
        dominators[i]++;
      }
    }
  }
  const fronts: number[][] = [];
  let front = points.map((_, i) => i).filter((i) => dominators[i] === 0);
  while (front.length > 0) {
    fronts.push(front);
    const next: number[] = [];
    for (const i of front) for (const j of dominated[i]) if (--dominators[j] === 0) next.push(j);
    front = next.sort((a, b) => a - b);
  }
  return fronts;
}

/**
 * Crowding distance of every point of one front: the sum over objectives of the gap between its neighbours, in units of
 * `ranges` (the front's own extent by default); `Infinity` at the ends of an objective.
 */
export function crowdingDistances(
  front: readonly ArrayLike<number>[],
  ranges: readonly number[] = objectiveRanges(front),
): Float64Array {
  const distance = new Float64Array(front.length);
  for (let m = 0; m < ranges.length; m++) {
    const order = front.map((_, i) => i).sort((a, b) => front[a][m] - front[b][m]);
    distance[order[0]] = distance[order[order.length - 1]] = Number.POSITIVE_INFINITY;
    for (let k = 1; k < order.length - 1; k++) {
      const gap = front[order[k + 1]][m] - front[order[k - 1]][m];
      if (ranges[m] > 0) distance[order[k]] += gap / ranges[m];
    }
  }
  return distance;
}

/**
 * Volume that the points dominate below `reference`, all objectives minimised; points beyond the reference add nothing.
 * Exact for any number of objectives by slicing along the last one: `O(n log n)` for two, a factor `n` more for each
 * further one.
 */
export function hypervolume(points: readonly ArrayLike<number>[], reference: readonly number[]): number {
  const m = reference.length;
  const inside = points.filter((p) => reference.every((r, i) => p[i] < r));
  if (inside.length === 0) return 0;
  if (m === 1) return reference[0] - Math.min(...inside.map((p) => p[0]));
  const sorted = [...inside].sort((a, b) => a[m - 1] - b[m - 1]);
  if (m === 2) return sweep(sorted, reference);
  let volume = 0;
  for (let k = 0; k < sorted.length; k++) {
    const height = (k + 1 < sorted.length ? sorted[k + 1][m - 1] : reference[m - 1]) - sorted[k][m - 1];
    if (height > 0) volume += height * hypervolume(sorted.slice(0, k + 1), reference.slice(0, m - 1));
  }
  return volume;
}

/** Orders two points by their first different value. */
export function compareLexicographically(a: ArrayLike<number>, b: ArrayLike<number>): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i] - b[i];
  return a.length - b.length;
}

/** Area below the reference of points sorted by their second value. */
function sweep(sorted: readonly ArrayLike<number>[], reference: readonly number[]): number {
  let area = 0;
  let left = reference[0];
  for (const p of sorted) {
    if (p[0] >= left) continue;
    area += (left - p[0]) * (reference[1] - p[1]);
    left = p[0];
  }
  return area;
}

function objectiveRanges(front: readonly ArrayLike<number>[]): number[] {
  return Array.from({ length: front[0]?.length ?? 0 }, (_, m) => {
    const values = front.map((p) => p[m]);
    return Math.max(...values) - Math.min(...values);
  });
}
