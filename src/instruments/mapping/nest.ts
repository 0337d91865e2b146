import type { Layout } from "./layout.ts";
import type { Mapping } from "./mapping.ts";
import { countDistinctTranslations } from "./translations.ts";

/**
 * One mapping as flat tables, rewritten in place by a search. `[l·D + d]` for factors and orders, `[l·S + s]` for what
 * is kept; `order` lists the dimensions of a level's temporal loops innermost first.
 */
export class Nest {
  readonly temporal: Float64Array;
  readonly spatialX: Float64Array;
  readonly spatialY: Float64Array;
  readonly order: Int32Array;
  readonly keep: Uint8Array;
  /** Extent of each dimension just inside, and just outside, the temporal loops of a level. */
  readonly inner: Float64Array;
  readonly outer: Float64Array;

  constructor(readonly layout: Layout) {
    const { L, D, S } = layout;
    this.temporal = new Float64Array(L * D).fill(1);
    this.spatialX = new Float64Array(L * D).fill(1);
    this.spatialY = new Float64Array(L * D).fill(1);
    this.order = Int32Array.from({ length: L * D }, (_, i) => i % D);
    this.keep = new Uint8Array(L * S);
    this.inner = new Float64Array(L * D).fill(1);
    this.outer = new Float64Array(L * D).fill(1);
  }

  /** Takes over a mapping that `checkMapping` has accepted. */
  load(mapping: Mapping): void {
    const { D, S, problem } = this.layout;
    this.temporal.fill(1);
    this.spatialX.fill(1);
    this.spatialY.fill(1);
    mapping.forEach((m, l) => {
      for (const loop of m.spatialX) this.spatialX[l * D + problem.dimensions.indexOf(loop.dimension)] = loop.factor;
      for (const loop of m.spatialY) this.spatialY[l * D + problem.dimensions.indexOf(loop.dimension)] = loop.factor;
      for (const loop of m.temporal) this.temporal[l * D + problem.dimensions.indexOf(loop.dimension)] = loop.factor;
      const listed = m.temporal.map((loop) => problem.dimensions.indexOf(loop.dimension));
      const rest = problem.dimensions.map((_, d) => d).filter((d) => !listed.includes(d));
      this.order.set([...listed, ...rest], l * D);
      problem.dataSpaces.forEach((space, s) => {
        this.keep[l * S + s] = m.keep.includes(space.name) ? 1 : 0;
      });
    });
    this.updateExtents();
  }

  /** Recomputes `inner` and `outer` from the factors. */
  updateExtents(): void {
    const { L, D } = this.layout;
    for (let d = 0; d < D; d++) {
      let extent = 1;
      for (let i = d; i < L * D; i += D) {
        extent *= this.spatialX[i] * this.spatialY[i];
        this.inner[i] = extent;
        extent *= this.temporal[i];
        this.outer[i] = extent;
      }
    }
  }

  /** Loops as a mapping again; loops of factor 1 are left out. */
  toMapping(): Mapping {
    const { L, D, S, problem, architecture } = this.layout;
    const loops = (factors: Float64Array, l: number, dims: readonly number[]) =>
      dims
        .filter((d) => factors[l * D + d] > 1)
        .map((d) => ({ dimension: problem.dimensions[d], factor: factors[l * D + d] }));
    const all = problem.dimensions.map((_, d) => d);
    return Array.from({ length: L }, (_, l) => ({
      level: architecture.levels[l].name,
      keep: problem.dataSpaces.filter((_, s) => this.keep[l * S + s] === 1).map((space) => space.name),
      spatialX: loops(this.spatialX, l, all),
      spatialY: loops(this.spatialY, l, all),
      temporal: loops(this.temporal, l, [...this.order.subarray(l * D, (l + 1) * D)]),
    }));
  }

  /** Words of tensor `s` in the box whose extents are `extents[l·D + d]`: the product over ranks of `Σ c·(e−1) + 1`. */
  boxVolume(s: number, l: number, extents: Float64Array): number {
    const { rankStart, termStart, termDimension, termCoefficient, D } = this.layout;
    let volume = 1;
    for (let r = rankStart[s]; r < rankStart[s + 1]; r++) {
      let extent = 1;
      for (let t = termStart[r]; t < termStart[r + 1]; t++) {
        extent += termCoefficient[t] * (extents[l * D + termDimension[t]] - 1);
      }
      volume *= extent;
    }
    return volume;
  }

  /**
   * Distinct tiles of tensor `s` among the instances that level `l` feeds: elements with equal translation share one
   * delivery (multicast), all others get their own.
   */
  countDeliveries(s: number, l: number): number {
    const { rankStart, termStart, termDimension, termCoefficient, D, isDiagonal } = this.layout;
    if (isDiagonal[s] === 1) return countDistinctTranslations(this, s, l);
    let groups = 1;
    for (let r = rankStart[s]; r < rankStart[s + 1]; r++) {
      let factor = 1;
      let step = 0;
      for (let t = termStart[r]; t < termStart[r + 1]; t++) {
        const i = l * D + termDimension[t];
        const f = this.spatialX[i] * this.spatialY[i];
        if (f === 1) continue;
        const c = (termCoefficient[t] * this.inner[i]) / f;
        if (factor === 1) {
          factor = f;
          step = c;
        } else if (step > 0) {
          factor = countSums(factor, step, f, c);
          step = -1;
        } else return countDistinctTranslations(this, s, l);
      }
      groups *= factor;
    }
    return groups;
  }
}

/** Distinct values of `a·i + b·j` for `0 ≤ i < m`, `0 ≤ j < n`: all pairs less those that repeat an earlier one. */
export function countSums(m: number, a: number, n: number, b: number): number {
  let g = a;
  for (let h = b; h !== 0; ) [g, h] = [h, g % h];
  return m * n - Math.max(0, m - b / g) * Math.max(0, n - a / g);
}
