import { Counts } from "./counts.ts";
import type { Mapspace, MapspacePoint } from "./mapspace.ts";
import { Nest } from "./nest.ts";
import { OrderClasses } from "./order-classes.ts";
import { searchOrders } from "./orders.ts";
import type { Tally } from "./tally.ts";
import type { TrafficBound } from "./traffic-bound.ts";

/** A part of a map space: one storage choice and a range of rows of the first dimension in `sequence`. */
export interface Region {
  readonly storage: number;
  readonly from: number;
  readonly to: number;
}

/** What an enumeration does at a valid cut-up. */
export interface EnumerationOptions {
  /** Keep the Pareto front of energy, cycles and stored bits. */
  readonly front: boolean;
  /** Leave out what the bound shows to be worse than the best known value of the first metric. */
  readonly bound?: TrafficBound;
  /** Best value known from elsewhere. */
  readonly incumbent?: number;
  /** Asked now and then; true ends the enumeration early. */
  readonly shouldStop?: () => boolean;
  /** Ends the enumeration after so many cut-ups, whole or begun. */
  readonly maxSteps?: number;
  /** Ends it after so many valid ones. */
  readonly enough?: number;
}

/**
 * Depth-first enumeration of cut-ups, one dimension at a time. After each dimension the spatial factors, then the
 * capacities from the inside out, are checked with the missing dimensions taken as 1: both only grow, so a violation
 * rules out the whole subtree.
 */
export class Enumeration {
  readonly nest: Nest;
  readonly counts: Counts;
  readonly classes: OrderClasses;
  readonly rows: number[];
  /** Dimensions with a choice, in the order in which they are cut. */
  readonly sequence: readonly number[];
  readonly #unrolledX: Float64Array;
  readonly #unrolledY: Float64Array;
  readonly #below: number[];
  #steps = 0;
  #end: "complete" | "stopped" | "out of steps" = "complete";

  constructor(
    readonly space: Mapspace,
    readonly tally: Tally,
    readonly options: EnumerationOptions,
  ) {
    const { L, D } = space.layout;
    this.nest = new Nest(space.layout);
    this.counts = new Counts(this.nest);
    this.classes = new OrderClasses(space);
    this.sequence = cuttingSequence(space);
    this.rows = new Array(D).fill(0);
    this.#unrolledX = new Float64Array((D + 1) * L).fill(1);
    this.#unrolledY = new Float64Array((D + 1) * L).fill(1);
    this.#below = this.sequence.map((_, k) =>
      this.sequence.slice(k + 1).reduce((product, d) => product * space.tables[d].rows, 1),
    );
  }

  /** Enumerates a region; says whether it was completed. */
  run(region: Region): "complete" | "stopped" | "out of steps" {
    this.begin(region);
    this.descend(0, region);
    return this.#end;
  }

  /** The bound over all mappings of a region, from its rows of the first dimension. */
  boundOf(region: Region): number {
    const { bound } = this.options;
    const [d] = this.sequence;
    this.begin(region);
    let least = Number.POSITIVE_INFINITY;
    const to = Math.min(region.to, this.space.tables[d].rows);
    for (let row = region.from; row < to; row++) {
      if (!this.fits(0, d, row)) continue;
      this.space.placeRow(this.nest, d, row);
      least = Math.min(least, bound?.evaluate(1) ?? Number.NEGATIVE_INFINITY);
    }
    return least;
  }

  private begin(region: Region): void {
    const { space, nest } = this;
    const { L, D } = space.layout;
    nest.keep.set(space.storages[region.storage]);
    space.orders.forEach((_, l) => {
      nest.order.set(space.firstOrder(l), l * D);
    });
    this.#unrolledX.fill(1, 0, L);
    this.#unrolledY.fill(1, 0, L);
    for (let d = 0; d < D; d++) this.clear(d);
    for (let d = 0; d < D; d++) if (!this.sequence.includes(d)) this.placeFixed(d);
    this.options.bound?.start(nest, this.sequence);
  }

  private descend(depth: number, region: Region): void {
    const d = this.sequence[depth];
    const [from, to] = depth === 0 ? [region.from, region.to] : [0, this.space.tables[d].rows];
    const isLeaf = depth === this.sequence.length - 1;
    for (let row = from; row < to && this.goesOn(); row++) {
      if (!this.fits(depth, d, row)) continue;
      this.space.placeRow(this.nest, d, row);
      this.rows[d] = row;
      if (!this.isRoomy(this.#below[depth])) continue;
      if (this.isHopeless(depth)) continue;
      if (isLeaf) this.finish(region.storage);
      else this.descend(depth + 1, region);
    }
    this.clear(d);
  }

  /** Spatial factors with row `row` of `d` added, against the fan-out of every level. */
  private fits(depth: number, d: number, row: number): boolean {
    const { L, fanOutX, fanOutY } = this.space.layout;
    const { spatialX, spatialY } = this.space.tables[d];
    const at = depth * L;
    for (let l = 0, i = row * L; l < L; l++, i++) {
      const x = this.#unrolledX[at + l] * spatialX[i];
      const y = this.#unrolledY[at + l] * spatialY[i];
      this.#unrolledX[at + L + l] = x;
      this.#unrolledY[at + L + l] = y;
      if (x > fanOutX[l]) return this.reject(l, "fan-out x", x, fanOutX[l], this.#below[depth]);
      if (y > fanOutY[l]) return this.reject(l, "fan-out y", y, fanOutY[l], this.#below[depth]);
    }
    return true;
  }

  /** Tiles of the dimensions cut so far, against the words of every level. */
  private isRoomy(below: number): boolean {
    const { L, S, entries, operands } = this.space.layout;
    const { nest } = this;
    for (let l = 0; l < L; l++) {
      if (entries[l] === Number.POSITIVE_INFINITY) continue;
      let words = 0;
      for (let s = 0; s < S; s++) {
        if (nest.keep[l * S + s] === 1) words += Math.ceil(nest.boxVolume(s, l, nest.outer) / operands[l * S + s]);
      }
      if (words > entries[l]) return this.reject(l, "capacity", words, Math.floor(entries[l]), below);
    }
    return true;
  }

  private goesOn(): boolean {
    const { maxSteps = Number.POSITIVE_INFINITY, enough = Number.POSITIVE_INFINITY, shouldStop } = this.options;
    if (this.#end !== "complete") return false;
    if (this.tally.valid >= enough) this.#end = "stopped";
    if (++this.#steps > maxSteps) this.#end = "out of steps";
    else if ((this.#steps & 4095) === 0 && shouldStop?.() === true) this.#end = "stopped";
    return this.#end === "complete";
  }

  private isHopeless(depth: number): boolean {
    const { bound, incumbent = Number.POSITIVE_INFINITY } = this.options;
    if (bound === undefined) return false;
    const value = bound.evaluate(depth + 1);
    if (value <= Math.min(incumbent, this.tally.bestValue)) return false;
    this.tally.tried += this.#below[depth];
    this.tally.pruned += this.#below[depth];
    return true;
  }

  private finish(storage: number): void {
    this.tally.tried++;
    this.tally.valid++;
    const makePoint = (): MapspacePoint => ({
      rows: [...this.rows],
      orders: this.space.orders.map((_, l) => {
        const { D } = this.space.layout;
        return [...this.nest.order.subarray(l * D, (l + 1) * D)];
      }),
      storage,
    });
    const isComplete = searchOrders(this.classes, this.counts, this.options.bound === undefined, () => {
      this.counts.evaluate();
      this.tally.offer(this.counts, this.options.front, makePoint);
    });
    if (!isComplete) this.tally.openBound = Math.min(this.tally.openBound, this.options.bound!.value);
  }

  private reject(
    l: number,
    kind: "capacity" | "fan-out x" | "fan-out y",
    required: number,
    available: number,
    count: number,
  ): false {
    this.tally.tried += count;
    const level = this.space.architecture.levels[l].name;
    this.tally.reject({ level, kind, count, nearestRequired: required, available });
    return false;
  }

  private placeFixed(d: number): void {
    const { L } = this.space.layout;
    this.space.placeRow(this.nest, d, 0);
    for (let l = 0; l < L; l++) {
      this.#unrolledX[l] *= this.space.tables[d].spatialX[l];
      this.#unrolledY[l] *= this.space.tables[d].spatialY[l];
    }
  }

  private clear(d: number): void {
    const { L, D } = this.space.layout;
    const { nest } = this;
    for (let i = d; i < L * D; i += D) {
      nest.spatialX[i] = nest.spatialY[i] = nest.temporal[i] = nest.inner[i] = nest.outer[i] = 1;
    }
  }
}

/** Dimensions with more than one row, the longest table first; the first dimension alone when none has a choice. */
export function cuttingSequence(space: Mapspace): number[] {
  const chosen = space.tables.filter((t) => t.rows > 1).sort((a, b) => b.rows - a.rows || a.dimension - b.dimension);
  return chosen.length > 0 ? chosen.map((t) => t.dimension) : [0];
}
