import type { Key } from "../../engine/random/key.ts";
import { sampleUniform } from "../../engine/random/sample.ts";
import { Counts } from "./counts.ts";
import { cuttingSequence } from "./enumeration.ts";
import type { Mapspace, MapspacePoint } from "./mapspace.ts";
import { Nest } from "./nest.ts";
import { OrderClasses } from "./order-classes.ts";
import { searchOrders } from "./orders.ts";
import type { Tally } from "./tally.ts";
import type { TrafficBound } from "./traffic-bound.ts";
import { findFirstViolation } from "./violations.ts";

/** How far a random search goes. */
export interface SamplingLimits {
  /** Stop after so many valid mappings. */
  readonly valid: number;
  /** Give up after so many invalid ones in a row. */
  readonly invalidInRow: number;
}

/** Draws points of a map space uniformly and improves them one dimension at a time. */
export class Sampling {
  readonly nest: Nest;
  readonly counts: Counts;
  readonly classes: OrderClasses;
  #rows: number[] = [];
  #storage = 0;

  constructor(
    readonly space: Mapspace,
    readonly tally: Tally,
    readonly keepFront: boolean,
  ) {
    this.nest = new Nest(space.layout);
    this.counts = new Counts(this.nest);
    this.classes = new OrderClasses(space);
  }

  /** Draws and evaluates points until a limit is reached; returns how many were valid. */
  run(key: Key, limits: SamplingLimits, shouldStop: () => boolean = () => false): number {
    const draws = new UniformStream(key);
    let valid = 0;
    let invalidInRow = 0;
    while (valid < limits.valid && invalidInRow < limits.invalidInRow && !shouldStop()) {
      this.draw(draws);
      this.tally.tried++;
      const violation = findFirstViolation(this.nest);
      if (violation !== null) {
        invalidInRow++;
        this.tally.reject(violation);
        continue;
      }
      invalidInRow = 0;
      valid++;
      this.tally.valid++;
      this.counts.evaluate();
      this.tally.offer(this.counts, this.keepFront, () => this.point());
    }
    return valid;
  }

  /**
   * Improves the best mapping of the tally: tries every row of one dimension after the other, with the best loop orders,
   * until no dimension can be improved alone.
   */
  improve(bound: TrafficBound): void {
    const { best } = this.tally;
    if (best === null) return;
    const sequence = cuttingSequence(this.space);
    this.space.place(best.point, this.nest);
    this.#storage = best.point.storage;
    bound.start(this.nest, sequence);
    for (let isImproved = true; isImproved; ) {
      const before = this.tally.best;
      for (const d of sequence) this.improveDimension(d, bound, sequence.length);
      isImproved = this.tally.best !== before;
    }
  }

  private improveDimension(d: number, bound: TrafficBound, cut: number): void {
    const start = this.tally.best!.point;
    this.space.place(start, this.nest);
    for (let row = 0; row < this.space.tables[d].rows; row++) {
      this.space.placeRow(this.nest, d, row);
      if (findFirstViolation(this.nest) !== null || bound.evaluate(cut) > this.tally.bestValue) continue;
      this.#rows = [...start.rows];
      this.#rows[d] = row;
      searchOrders(this.classes, this.counts, false, () => {
        this.counts.evaluate();
        this.tally.offer(this.counts, this.keepFront, () => this.point());
      });
    }
  }

  private draw(draws: UniformStream): void {
    const { space, nest } = this;
    this.#storage = draws.below(space.storages.length);
    nest.keep.set(space.storages[this.#storage]);
    this.#rows = space.tables.map((t) => draws.below(t.rows));
    this.#rows.forEach((row, d) => {
      space.placeRow(nest, d, row);
    });
    const { D } = space.layout;
    space.orders.forEach(({ innermost, free }, l) => {
      nest.order.set(space.firstOrder(l), l * D);
      const from = l * D + innermost.length;
      for (let k = free.length - 1; k > 0; k--) {
        const j = draws.below(k + 1);
        const kept = nest.order[from + k];
        nest.order[from + k] = nest.order[from + j];
        nest.order[from + j] = kept;
      }
    });
  }

  private point(): MapspacePoint {
    const { D } = this.space.layout;
    return {
      rows: [...this.#rows],
      orders: this.space.orders.map((_, l) => [...this.nest.order.subarray(l * D, (l + 1) * D)]),
      storage: this.#storage,
    };
  }
}

/** Uniform draws of a key, a block at a time. */
class UniformStream {
  #block: Float64Array = new Float64Array(0);
  #next = 0;
  #blocks = 0;

  constructor(readonly key: Key) {}

  /** An integer in `[0, n)`; draws nothing for `n = 1`. */
  below(n: number): number {
    if (n === 1) return 0;
    if (this.#next === this.#block.length) {
      this.#block = sampleUniform(this.key.fold(this.#blocks++), 4096, "float64");
      this.#next = 0;
    }
    return Math.floor(this.#block[this.#next++] * n);
  }
}
