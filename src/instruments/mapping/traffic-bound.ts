import { countInstances } from "./architecture.ts";
import type { Mapspace } from "./mapspace.ts";
import { countSums, type Nest } from "./nest.ts";
import type { DataSpace, Problem } from "./problem.ts";
import { type Metric, metricValue } from "./tally.ts";

/**
 * A lower bound on the cost of every mapping that completes a partial cut-up: compulsory traffic.
 *
 * Each element of a tensor must enter each level once (`footprint`), once more per instance group that unrolls a dimension
 * the tensor does not depend on, and again for every iteration of such a dimension's temporal loop that surely lies outside
 * a loop of the tensor's own. Dimensions not cut yet count as factor 1, which can only lower the product. Orders that
 * are free are taken at their best. Cycles are at least the multiply–accumulates over the largest array that can still be
 * unrolled, and at least the compulsory words over the bandwidth of all instances.
 */
export class TrafficBound {
  /** The bound that `evaluate` found last. */
  value = 0;

  readonly #footprint: Float64Array;
  readonly #computes: number;
  /** `[k·L + l]`: largest unrolling of the dimensions from position `k` of the sequence on. */
  #reachX = new Float64Array(0);
  #reachY = new Float64Array(0);
  /** The sequence of dimensions that these are for. */
  #sequence: string | undefined;
  readonly #isOwn: Uint8Array;
  /** `[s]`: whether tiles may count more elements than the tensor has, in gaps or where they overlap. */
  readonly #isLoose: readonly boolean[];
  readonly #above: Float64Array;
  readonly #repeats: Float64Array;
  #nest: Nest | null = null;
  #order: Int32Array[] = [];

  constructor(
    readonly space: Mapspace,
    readonly metric: Metric,
  ) {
    const { problem, D, S, L, displacement, isDiagonal } = space.layout;
    this.#footprint = Float64Array.from(problem.dataSpaces, (d) => countElements(problem, d));
    this.#computes = space.layout.bounds.reduce((product, b) => product * b, 1);
    this.#isOwn = Uint8Array.from({ length: S * D }, (_, i) => (displacement[i] > 0 ? 1 : 0));
    this.#isLoose = problem.dataSpaces.map((space, s) => space.ranks.some(isStrided) || isDiagonal[s] === 1);
    this.#above = new Float64Array(S * L);
    this.#repeats = new Float64Array(S * L);
  }

  /** Prepares for an enumeration of `nest` in the given sequence of dimensions. */
  start(nest: Nest, sequence: readonly number[]): void {
    this.#nest = nest;
    if (sequence.join() !== this.#sequence) this.measureReach(sequence);
    this.#order = this.space.orders.map((rule) =>
      Int32Array.from([...rule.innermost, ...rule.free, ...rule.outermost]),
    );
  }

  private measureReach(sequence: readonly number[]): void {
    const { L } = this.space.layout;
    this.#sequence = sequence.join();
    this.#reachX = new Float64Array((sequence.length + 1) * L).fill(1);
    this.#reachY = new Float64Array((sequence.length + 1) * L).fill(1);
    for (let k = sequence.length - 1; k >= 0; k--) {
      const t = this.space.tables[sequence[k]];
      for (let l = 0; l < L; l++) {
        let [x, y] = [1, 1];
        for (let i = l; i < t.rows * L; i += L) {
          x = Math.max(x, t.spatialX[i]);
          y = Math.max(y, t.spatialY[i]);
        }
        this.#reachX[k * L + l] = this.#reachX[(k + 1) * L + l] * x;
        this.#reachY[k * L + l] = this.#reachY[(k + 1) * L + l] * y;
      }
    }
  }

  /** The bound for the nest as it stands, with the first `cut` dimensions of the sequence placed. */
  evaluate(cut: number): number {
    const { L, S } = this.space.layout;
    for (let s = 0; s < S; s++) this.countRepeats(s);
    const cost = { energyPicojoules: 0, cycles: this.boundCycles(cut), lastLevelAccesses: 0, storedBits: 0 };
    let energy = this.#computes * this.space.architecture.arithmetic.energyPicojoules;
    const nest = this.#nest!;
    for (let s = 0; s < S; s++) {
      let outermost = L - 1;
      while (outermost >= 0 && nest.keep[outermost * S + s] === 0) outermost--;
      let below = -1;
      for (let l = 0; l <= outermost; l++) {
        if (nest.keep[l * S + s] === 0) continue;
        energy += this.boundLevel(s, l, below, l === outermost, cut, cost);
        below = l;
      }
    }
    cost.energyPicojoules = energy;
    this.value = metricValue(this.metric, cost);
    return this.value;
  }

  /** Energy of tensor `s` at level `l`; raises the cycles and counts the accesses of the outermost level on the way. */
  private boundLevel(
    s: number,
    l: number,
    below: number,
    isOutermost: boolean,
    cut: number,
    cost: { cycles: number; lastLevelAccesses: number },
  ): number {
    const { L, S, operands, readWrite, architecture } = this.space.layout;
    const layout = this.space.layout;
    const once = this.#footprint[s] * this.#above[s * L + l];
    const served = below < 0 ? this.#computes / this.sharing(s, l, cut) : once * this.#repeats[s * L + below];
    const arriving = isOutermost ? 0 : once * this.#repeats[s * L + l];
    const isResult = readWrite[s] === 1;
    // The first read and fill of every partial result are free, and the more instances unroll foreign dimensions the more are.
    const first = below < 0 ? this.#footprint[s] * this.foreignReach(s, l + 1, L, cut) : once;
    const free = this.#isLoose[s] ? Number.POSITIVE_INFINITY : first;
    const filled = this.#isLoose[s] ? Number.POSITIVE_INFINITY : once;
    const elided = architecture.timeloopVersion === "3.0.3" ? filled : 0;
    const reads = isResult ? Math.max(0, served - free) : served;
    const fills = isResult ? Math.max(0, arriving - elided) : arriving;
    const writes = (isResult ? served : 0) + fills;
    const level = architecture.levels[l];
    const k = operands[l * S + s];
    const instances = countInstances(level);
    cost.cycles = Math.max(
      cost.cycles,
      Math.ceil(reads / k / (level.readBandwidth * instances) - 1e-9),
      Math.ceil(writes / k / (level.writeBandwidth * instances) - 1e-9),
    );
    if (l === L - 1) cost.lastLevelAccesses += (reads + writes) / k;
    const updates = isResult ? served : 0;
    const vectors = k * layout.blockSize[l] * level.clusterSize;
    return (reads * layout.readEnergy[l] + fills * layout.writeEnergy[l] + updates * layout.updateEnergy[l]) / vectors;
  }

  /** At most how many multipliers share one access of tensor `s` at level `l`, its innermost. */
  private sharing(s: number, l: number, cut: number): number {
    return this.foreignReach(s, 0, l + 1, cut) * (this.hasWindow(s) ? this.ownUnrolling(s, l) : 1);
  }

  /** At most how far levels `from … to − 1` can unroll dimensions that tensor `s` does not depend on. */
  private foreignReach(s: number, from: number, to: number, cut: number): number {
    const { L, D, fanOutX, fanOutY } = this.space.layout;
    const nest = this.#nest!;
    let reach = 1;
    for (let l = from; l < to; l++) {
      let [own, other] = [1, 1];
      for (let d = 0; d < D; d++) {
        const f = nest.spatialX[l * D + d] * nest.spatialY[l * D + d];
        if (this.#isOwn[s * D + d] === 1) own *= f;
        else other *= f;
      }
      const room = (fanOutX[l] * fanOutY[l]) / own;
      reach *= Math.min(room, other * this.#reachX[cut * L + l] * this.#reachY[cut * L + l]);
    }
    return reach;
  }

  /** Unrolling of a tensor's own dimensions up to level `l`: two of them on one rank can share, as a sliding window. */
  private ownUnrolling(s: number, l: number): number {
    const { D } = this.space.layout;
    const nest = this.#nest!;
    let own = 1;
    for (let i = 0; i < (l + 1) * D; i++) {
      if (this.#isOwn[s * D + (i % D)] === 1) own *= nest.spatialX[i] * nest.spatialY[i];
    }
    return own;
  }

  private hasWindow(s: number): boolean {
    return this.space.problem.dataSpaces[s].ranks.some((rank) => rank.length > 1);
  }

  /** Fills, for tensor `s`, the foreign unrolling above each level and the sure repetitions outside it. */
  private countRepeats(s: number): void {
    const { L, D } = this.space.layout;
    const nest = this.#nest!;
    let above = 1;
    for (let l = L - 1; l >= 0; l--) {
      this.#above[s * L + l] = above;
      this.#repeats[s * L + l] = this.repeatsOutside(s, l);
      for (let d = 0; d < D; d++) {
        if (this.#isOwn[s * D + d] === 0) above *= nest.spatialX[l * D + d] * nest.spatialY[l * D + d];
      }
    }
  }

  private repeatsOutside(s: number, b: number): number {
    const { L, D } = this.space.layout;
    const { temporal } = this.#nest!;
    let repeats = 1;
    let isInside = false;
    for (let l = b + 1; l < L; l++) {
      const { innermost, free } = this.space.orders[l];
      const order = this.#order[l];
      let freeHasOwn = false;
      for (let k = 0; k < D; k++) {
        const factor = temporal[l * D + order[k]];
        const isFree = k >= innermost.length && k < innermost.length + free.length;
        if (k === innermost.length + free.length && freeHasOwn) isInside = true;
        if (factor === 1) continue;
        if (this.#isOwn[s * D + order[k]] === 0) repeats *= isInside ? factor : 1;
        else if (isFree) freeHasOwn = true;
        else isInside = true;
      }
      if (freeHasOwn) isInside = true;
    }
    return repeats;
  }

  private boundCycles(cut: number): number {
    const { L, D, fanOutX, fanOutY } = this.space.layout;
    const { spatialX, spatialY } = this.#nest!;
    let unrolled = 1;
    for (let l = 0; l < L; l++) {
      let [x, y] = [1, 1];
      for (let i = l * D; i < (l + 1) * D; i++) {
        x *= spatialX[i];
        y *= spatialY[i];
      }
      unrolled *= x * Math.min(Math.floor(fanOutX[l] / x), this.#reachX[cut * L + l]);
      unrolled *= y * Math.min(Math.floor(fanOutY[l] / y), this.#reachY[cut * L + l]);
    }
    return Math.ceil(this.#computes / unrolled - 1e-9);
  }
}

/**
 * Elements of a tensor that the problem touches: gaps between strided windows are not counted. A rank of three or
 * more terms is bounded from below by its two widest ones.
 */
export function countElements(problem: Problem, space: DataSpace): number {
  const seen = new Set<string>();
  return space.ranks.reduce((product, rank) => {
    // A dimension that already moves an earlier rank adds no elements for sure.
    const terms = rank.filter(([d]) => !seen.has(d)).sort((a, b) => problem.bounds[b[0]] - problem.bounds[a[0]]);
    for (const [d] of rank) seen.add(d);
    const [first, second] = terms;
    if (first === undefined) return product;
    const m = problem.bounds[first[0]];
    return product * (second === undefined ? m : countSums(m, first[1], problem.bounds[second[0]], second[1]));
  }, 1);
}

/** Whether an index leaves gaps, or visits elements more than once: it is more than one dimension as it is. */
function isStrided(rank: DataSpace["ranks"][number]): boolean {
  return rank.length !== 1 || rank[0][1] !== 1;
}
