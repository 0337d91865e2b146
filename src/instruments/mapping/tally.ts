import { compareLexicographically, ParetoArchive } from "../../math/pareto.ts";
import type { Counts } from "./counts.ts";
import type { MapspacePoint } from "./mapspace.ts";

/** What a search minimises, first things first; later metrics break ties of the earlier ones. */
export type Metric = "edp" | "energy" | "cycles" | "last-level accesses" | "stored bits";

/** What a mapping costs, in the numbers a search compares. */
export interface Cost {
  readonly energyPicojoules: number;
  readonly cycles: number;
  readonly lastLevelAccesses: number;
  readonly storedBits: number;
}

/** A mapping found by a search. */
export interface Candidate extends Cost {
  readonly point: MapspacePoint;
}

/** Invalid cut-ups of one kind: how many, and the nearest miss. */
export interface InvalidReason {
  readonly level: string;
  readonly kind: "capacity" | "fan-out x" | "fan-out y";
  readonly count: number;
  /** The smallest demand among them, in words or instances, and what there is. */
  readonly nearestRequired: number;
  readonly available: number;
}

/** The value of a metric; edp is energy × cycles in joule·cycles. */
export function metricValue(metric: Metric, cost: Cost): number {
  switch (metric) {
    case "edp":
      return (cost.energyPicojoules / 1e12) * cost.cycles;
    case "energy":
      return cost.energyPicojoules;
    case "cycles":
      return cost.cycles;
    case "last-level accesses":
      return cost.lastLevelAccesses;
    case "stored bits":
      return cost.storedBits;
  }
}

/** Total order of points: storage, then rows, then loop orders. It decides between equally good mappings. */
export function comparePoints(a: MapspacePoint, b: MapspacePoint): number {
  if (a.storage !== b.storage) return a.storage - b.storage;
  const rows = compareLexicographically(a.rows, b.rows);
  return rows !== 0 ? rows : compareLexicographically(a.orders.flat(), b.orders.flat());
}

/** What part of a search has seen. Tallies of disjoint parts merge to the same result in any order. */
export class Tally {
  /** Cut-ups (factorisations × storage choices) looked at, and those that fit; orders of loops are not counted. */
  tried = 0;
  valid = 0;
  /** Mappings whose cost was computed, loop orders included. */
  evaluated = 0;
  /** Cut-ups left out because a bound showed that they cannot win. */
  pruned = 0;
  /** Smallest bound among mappings that were neither evaluated nor shown to lose; `Infinity` when there are none. */
  openBound = Number.POSITIVE_INFINITY;
  /** The best that guessing found, apart from what is enumerated. */
  guessedValue = Number.POSITIVE_INFINITY;
  /** Parts of the space that were left before their end for want of steps. */
  cutShort = 0;
  best: Candidate | null = null;
  readonly front: ParetoArchive<Candidate>;
  readonly invalid = new Map<string, InvalidReason>();

  constructor(readonly metrics: readonly Metric[]) {
    this.front = new ParetoArchive<Candidate>((a, b) => comparePoints(a.point, b.point) < 0);
  }

  /** Smallest value of the first metric so far. */
  get bestValue(): number {
    return this.best === null ? Number.POSITIVE_INFINITY : metricValue(this.metrics[0], this.best);
  }

  /** Takes note of an evaluated mapping; `makePoint` is called only when it is kept. */
  offer(counts: Counts, keepFront: boolean, makePoint: () => MapspacePoint): void {
    this.evaluated++;
    let point: MapspacePoint | undefined;
    if (this.best === null || metricValue(this.metrics[0], counts) <= this.bestValue) {
      point = makePoint();
      const candidate = { point, ...costOf(counts) };
      if (isBetter(this.metrics, candidate, this.best)) this.best = candidate;
    }
    if (!keepFront) return;
    const values = [counts.energyPicojoules, counts.cycles, counts.storedBits];
    if (this.front.accepts(values)) this.front.offer(values, { point: point ?? makePoint(), ...costOf(counts) });
  }

  /** Takes note of `count` cut-ups that break one resource. */
  reject(reason: InvalidReason): void {
    const key = `${reason.level} ${reason.kind}`;
    const before = this.invalid.get(key);
    this.invalid.set(key, before === undefined ? reason : mergeReasons(before, reason));
  }

  /** Adds what another part of the search has seen. */
  merge(other: TallyState): void {
    this.tried += other.tried;
    this.valid += other.valid;
    this.evaluated += other.evaluated;
    this.pruned += other.pruned;
    this.cutShort += other.cutShort;
    this.openBound = Math.min(this.openBound, other.openBound ?? Number.POSITIVE_INFINITY);
    this.guessedValue = Math.min(this.guessedValue, other.guessedValue ?? Number.POSITIVE_INFINITY);
    if (other.best !== null && isBetter(this.metrics, other.best, this.best)) this.best = other.best;
    for (const c of other.front) this.front.offer([c.energyPicojoules, c.cycles, c.storedBits], c);
    for (const reason of other.invalid) this.reject(reason);
  }

  /** A copy that survives JSON and `postMessage`. */
  toState(): TallyState {
    return {
      tried: this.tried,
      valid: this.valid,
      evaluated: this.evaluated,
      pruned: this.pruned,
      cutShort: this.cutShort,
      openBound: Number.isFinite(this.openBound) ? this.openBound : null,
      guessedValue: Number.isFinite(this.guessedValue) ? this.guessedValue : null,
      best: this.best,
      front: this.front.entries.map((e) => e.item),
      invalid: [...this.invalid.values()].sort((a, b) => b.count - a.count || (a.level < b.level ? -1 : 1)),
    };
  }
}

/** The contents of a tally as plain data. */
export interface TallyState {
  readonly tried: number;
  readonly valid: number;
  readonly evaluated: number;
  readonly pruned: number;
  readonly cutShort: number;
  readonly openBound: number | null;
  readonly guessedValue: number | null;
  readonly best: Candidate | null;
  readonly front: readonly Candidate[];
  readonly invalid: readonly InvalidReason[];
}

function costOf(counts: Counts): Cost {
  const { energyPicojoules, cycles, lastLevelAccesses, storedBits } = counts;
  return { energyPicojoules, cycles, lastLevelAccesses, storedBits };
}

/** Whether `a` beats `b` by the metrics in turn, then by its place in the space. */
export function isBetter(metrics: readonly Metric[], a: Candidate, b: Candidate | null): boolean {
  if (b === null) return true;
  for (const m of metrics) {
    const [x, y] = [metricValue(m, a), metricValue(m, b)];
    if (x !== y) return x < y;
  }
  return comparePoints(a.point, b.point) < 0;
}

function mergeReasons(a: InvalidReason, b: InvalidReason): InvalidReason {
  return { ...a, count: a.count + b.count, nearestRequired: Math.min(a.nearestRequired, b.nearestRequired) };
}
