import type { Mapspace } from "./mapspace.ts";
import type { Nest } from "./nest.ts";

/**
 * The loop orders of one level that need be looked at: every other order costs at least as much as one of them.
 *
 * What moves into a tile depends on the loops around it in two ways only: which loops that leave the tensor alone come
 * innermost without a break (its *prefix*, whose iterations cost nothing), and, when the innermost loop slides a window, which
 * loop that is. So an order is built by choosing the innermost loop, then putting next whatever lengthens the prefixes
 * still alive without ending one, and branching only over which prefixes end. Of the 120 orders of five convolution loops
 * at most five are left. The one exception, tiles that meet again across several loops of one window, is told by
 * `mayMeetAgain`; then all orders are to be tried.
 */
export class OrderClasses {
  /** `[d]`: bit `s` is set when tensor `s` does not depend on dimension `d`. */
  readonly #foreign: number[];
  /** `[d]`: bit `s` is set when `d` shares a rank of tensor `s` with another dimension. */
  readonly #window: number[];
  readonly #representatives = new Map<number, readonly (readonly number[])[]>();
  readonly #permutations = new Map<number, readonly (readonly number[])[]>();

  constructor(readonly space: Mapspace) {
    const { D, S, displacement, problem, isDiagonal } = space.layout;
    const bitsWhere = (holds: (s: number, d: number) => boolean) =>
      Array.from({ length: D }, (_, d) => {
        let bits = 0;
        for (let s = 0; s < S; s++) if (holds(s, d)) bits |= 1 << s;
        return bits;
      });
    this.#foreign = bitsWhere((s, d) => displacement[s * D + d] === 0);
    const isLong = ([name]: readonly [string, number]) => problem.bounds[name] > 1;
    this.#window = bitsWhere(
      (s, d) =>
        (isDiagonal[s] === 1 && displacement[s * D + d] > 0) ||
        problem.dataSpaces[s].ranks.some(
          (rank) => rank.filter(isLong).length > 1 && rank.some(([name]) => name === problem.dimensions[d]),
        ),
    );
  }

  /** Orders of all dimensions at level `l`, innermost first, for the loops of the nest that have a factor above 1. */
  representatives(nest: Nest, l: number): readonly (readonly number[])[] {
    const { S, D } = this.space.layout;
    const relevant = this.relevantTensors(nest, l);
    const mask = this.movableLoops(nest, l);
    const key = (l * 2 ** S + relevant) * 2 ** D + mask;
    const known = this.#representatives.get(key);
    if (known !== undefined) return known;
    const built = this.complete(l, mask, this.build(l, relevant, mask));
    this.#representatives.set(key, built);
    return built;
  }

  /** Every order of the loops of level `l` that are free and have a factor above 1; undefined when they are too many. */
  permutations(nest: Nest, l: number, most: number): readonly (readonly number[])[] | undefined {
    const mask = this.movableLoops(nest, l);
    const loops = this.space.orders[l].free.filter((d) => (mask >> d) & 1);
    if (factorial(loops.length) > most) return undefined;
    const key = l * 2 ** this.space.layout.D + mask;
    const known = this.#permutations.get(key);
    if (known !== undefined) return known;
    const built = this.complete(l, mask, permute(loops));
    this.#permutations.set(key, built);
    return built;
  }

  /**
   * The lowest level from which on the order of loops may matter beyond its class, or −1: tiles of a window can meet again when
   * two of its loops add up to the same step, or when an outer loop goes on where two iterations of an inner one have stopped.
   */
  mayMeetAgain(nest: Nest): number {
    const { L, S, isDiagonal } = this.space.layout;
    let from = L;
    for (let s = 0; s < S; s++) {
      const [lowest, outermost] = this.storageOf(nest, s);
      if (lowest >= outermost || lowest + 1 >= from) continue;
      const meets = isDiagonal[s] === 1 ? this.hasSeveralLoops(nest, s, lowest) : this.ranksMeet(nest, s, lowest);
      if (meets) from = lowest + 1;
    }
    return from === L ? -1 : from;
  }

  /** Tensors stored below level `l`, and filled from above: those whose traffic the order of `l` can change. */
  private relevantTensors(nest: Nest, l: number): number {
    const { S } = this.space.layout;
    let bits = 0;
    for (let s = 0; s < S; s++) {
      const [lowest, outermost] = this.storageOf(nest, s);
      if (lowest < l && lowest < outermost) bits |= 1 << s;
    }
    return bits;
  }

  private storageOf(nest: Nest, s: number): [lowest: number, outermost: number] {
    const { L, S } = this.space.layout;
    let lowest = L;
    let outermost = -1;
    for (let l = 0; l < L; l++) {
      if (nest.keep[l * S + s] === 0) continue;
      if (lowest === L) lowest = l;
      outermost = l;
    }
    return [lowest, outermost];
  }

  private movableLoops(nest: Nest, l: number): number {
    const { D } = this.space.layout;
    let mask = 0;
    for (const d of this.space.orders[l].free) if (nest.temporal[l * D + d] > 1) mask |= 1 << d;
    return mask;
  }

  private build(l: number, relevant: number, mask: number): number[][] {
    const loops = this.space.orders[l].free.filter((d) => (mask >> d) & 1);
    if (loops.length === 0) return [[]];
    const found: number[][] = [];
    const extend = (placed: readonly number[], alive: number) => {
      const left = loops.filter((d) => !placed.includes(d));
      const neutral = left.find((d) => (alive & this.#foreign[d]) === alive);
      if (alive === 0 || left.length === 0) found.push([...placed, ...left]);
      else if (neutral !== undefined) extend([...placed, neutral], alive);
      else
        for (const d of firstOfEach(left, (x) => alive & this.#foreign[x]))
          extend([...placed, d], alive & this.#foreign[d]);
    };
    const kindOf = (d: number) =>
      (relevant & this.#foreign[d]) * (loops.length + 1) + (relevant & this.#window[d] ? loops.indexOf(d) + 1 : 0);
    for (const d of firstOfEach(loops, kindOf)) extend([d], relevant & this.#foreign[d]);
    return found;
  }

  private complete(l: number, mask: number, orders: readonly (readonly number[])[]): number[][] {
    const { innermost, free, outermost } = this.space.orders[l];
    const rest = free.filter((d) => !((mask >> d) & 1));
    return orders.map((order) => [...innermost, ...order, ...rest, ...outermost]);
  }

  private hasSeveralLoops(nest: Nest, s: number, lowest: number): boolean {
    const { L, D, displacement } = this.space.layout;
    let loops = 0;
    for (let i = (lowest + 1) * D; i < L * D; i++)
      if (nest.temporal[i] > 1 && displacement[s * D + (i % D)] > 0) loops++;
    return loops > 1;
  }

  private ranksMeet(nest: Nest, s: number, lowest: number): boolean {
    const { rankStart, termStart } = this.space.layout;
    for (let r = rankStart[s]; r < rankStart[s + 1]; r++) {
      if (termStart[r + 1] - termStart[r] > 1 && this.rankMeets(nest, r, lowest)) return true;
    }
    return false;
  }

  /** Loops of two dimensions on one rank, or two of one dimension whose steps are as 1 to 2 while the tiles overlap. */
  private rankMeets(nest: Nest, r: number, lowest: number): boolean {
    const { L, D, termStart, termDimension, termCoefficient } = this.space.layout;
    let dimension = -1;
    let step = 0;
    for (let l = lowest + 1; l < L; l++) {
      for (let t = termStart[r]; t < termStart[r + 1]; t++) {
        const d = termDimension[t];
        if (nest.temporal[l * D + d] === 1) continue;
        if (dimension >= 0 && d !== dimension) return true;
        const next = nest.inner[l * D + d];
        if (next === 2 * step) return true;
        dimension = d;
        step = this.extentOf(nest, r, l - 1) > termCoefficient[t] * next ? next : 0;
      }
    }
    return false;
  }

  /** Extent of the tile of level `l` along rank `r`. */
  private extentOf(nest: Nest, r: number, l: number): number {
    const { D, termStart, termDimension, termCoefficient } = this.space.layout;
    let extent = 1;
    for (let t = termStart[r]; t < termStart[r + 1]; t++)
      extent += termCoefficient[t] * (nest.outer[l * D + termDimension[t]] - 1);
    return extent;
  }
}

/** The first value of each kind, in order. */
function firstOfEach(values: readonly number[], kindOf: (value: number) => number): number[] {
  const kinds = values.map(kindOf);
  return values.filter((_, i) => kinds.indexOf(kinds[i]) === i);
}

function permute(values: readonly number[]): number[][] {
  if (values.length === 0) return [[]];
  return values.flatMap((first, i) => permute(values.toSpliced(i, 1)).map((rest) => [first, ...rest]));
}

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1);
}
