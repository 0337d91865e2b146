import type { Nest } from "./nest.ts";

/**
 * The analytical model of a dense mapping: words read, filled, updated and stored per tensor, level and instance, then
 * energy and cycles. All tables are `[l·S + s]` and overwritten by every `evaluate`.
 *
 * **Traffic in closed form.** The reference model walks the nest recursively, visits iterations 0 and 1 of every
 * temporal loop (iteration 1 stands for the rest) and asks at each visit how much of the tile below is new. The new part is
 * `|B| − |B ∩ (B+v)|` while the displacement `v` repeats, and all of `B` when it changes. In that walk the t-th move flips
 * loop `j` = number of trailing zeros of `t`, so every second move is the innermost loop's, `v₁`, and the rule reduces to:
 * moves equal to `v₁` cost `|B| − O`, where `O = Π_r max(0, extent_r − |v₁,r|)`, all other moves cost `|B|`. Loop `j` stands
 * for `(f_j − 1)·Π_{i>j} f_i` moves. Summed: `T = |B|·Π f − O·Σ_{j: v_j = v₁} (f_j − 1)·Π_{i>j} f_i`, with
 * `v_j = s_j − Σ_{i<j} s_i` for strides `s`.
 */
export class Counts {
  readonly reads: Float64Array;
  readonly fills: Float64Array;
  readonly updates: Float64Array;
  /** Words of the tile an instance stores, after packing. */
  readonly capacity: Float64Array;
  /** Operands of the tile, before packing. */
  readonly tile: Float64Array;
  /** Share of the whole tensor that an instance sees over time (operands). */
  readonly partition: Float64Array;
  /** `[l]`: instances in use. */
  readonly instances: Float64Array;
  /** `[l]`: dynamic energy of the level over all instances, in picojoules. */
  readonly levelEnergy: Float64Array;
  /** `[l]`: cycles the level alone would need. */
  readonly levelCycles: Float64Array;
  /** Temporal iterations: the cycles without any stall. */
  computeCycles = 0;
  cycles = 0;
  computes = 0;
  energyPicojoules = 0;
  /** Words that cross the outermost level. */
  lastLevelAccesses = 0;
  /** Bits stored at once in all memories of finite size. */
  storedBits = 0;

  readonly #spatial: Float64Array;
  readonly #loopDimension: Int32Array;
  readonly #loopFactor: Float64Array;
  readonly #loopStride: Float64Array;
  readonly #loopsOutside: Float64Array;
  readonly #loopStart: Int32Array;
  #loops = 0;

  constructor(readonly nest: Nest) {
    const { L, D, S } = nest.layout;
    this.reads = new Float64Array(L * S);
    this.fills = new Float64Array(L * S);
    this.updates = new Float64Array(L * S);
    this.capacity = new Float64Array(L * S);
    this.tile = new Float64Array(L * S);
    this.partition = new Float64Array(L * S);
    this.instances = new Float64Array(L);
    this.levelEnergy = new Float64Array(L);
    this.levelCycles = new Float64Array(L);
    this.#spatial = new Float64Array(L);
    this.#loopDimension = new Int32Array(L * D);
    this.#loopFactor = new Float64Array(L * D);
    this.#loopStride = new Float64Array(L * D);
    this.#loopsOutside = new Float64Array(L * D);
    this.#loopStart = new Int32Array(L + 1);
  }

  /** Counts everything for the nest as it stands; its extents must be up to date. */
  evaluate(): void {
    const { S } = this.nest.layout;
    this.listLoops();
    for (let s = 0; s < S; s++) this.countTensor(s);
    this.addUp();
  }

  /** Lists the non-trivial temporal loops, innermost first, with the product of the factors outside each. */
  listLoops(): void {
    const { L, D } = this.nest.layout;
    const { temporal, spatialX, spatialY, order, inner } = this.nest;
    let n = 0;
    for (let l = 0; l < L; l++) {
      this.#loopStart[l] = n;
      let spatial = 1;
      for (let k = l * D; k < (l + 1) * D; k++) {
        spatial *= spatialX[k] * spatialY[k];
        const i = l * D + order[k];
        if (temporal[i] > 1) {
          this.#loopDimension[n] = order[k];
          this.#loopFactor[n] = temporal[i];
          this.#loopStride[n++] = inner[i];
        }
      }
      this.#spatial[l] = spatial;
    }
    this.#loopStart[L] = n;
    this.#loops = n;
    let outside = 1;
    while (n-- > 0) {
      this.#loopsOutside[n] = outside;
      outside *= this.#loopFactor[n];
    }
    this.computeCycles = outside;
    let instances = 1;
    for (let l = L - 1; l >= 0; l--) {
      this.instances[l] = instances;
      instances *= this.#spatial[l];
    }
    this.computes = outside * instances;
  }

  /** Words of tensor `s` that move into one instance of level `l` over the whole run, before packing. */
  countArrivals(s: number, l: number): number {
    const { D, displacement, rankStart, termStart, termDimension, termCoefficient } = this.nest.layout;
    const { outer } = this.nest;
    const box = this.tile[l * this.nest.layout.S + s];
    const from = this.#loopStart[l + 1];
    if (from === this.#loops) return box;
    const all = box * this.#loopsOutside[from] * this.#loopFactor[from];
    const dimension = this.#loopDimension[from];
    const stride = this.#loopStride[from];
    let overlap = 1;
    for (let r = rankStart[s]; r < rankStart[s + 1]; r++) {
      let extent = 1;
      for (let t = termStart[r]; t < termStart[r + 1]; t++) {
        const d = termDimension[t];
        extent += termCoefficient[t] * (outer[l * D + d] - 1);
        if (d === dimension) extent -= termCoefficient[t] * stride;
      }
      if (extent <= 0) return all;
      overlap *= extent;
    }
    const first = displacement[s * D + dimension] * stride;
    let moved = first;
    let repeats = (this.#loopFactor[from] - 1) * this.#loopsOutside[from];
    for (let j = from + 1; j < this.#loops; j++) {
      const step = displacement[s * D + this.#loopDimension[j]] * this.#loopStride[j];
      if (step - moved === first) repeats += (this.#loopFactor[j] - 1) * this.#loopsOutside[j];
      moved += step;
    }
    return all - overlap * repeats;
  }

  /** Fills `tile` of tensor `s` at every level. */
  measureTiles(s: number): void {
    const { L, S } = this.nest.layout;
    for (let l = 0; l < L; l++) this.tile[l * S + s] = this.nest.boxVolume(s, l, this.nest.outer);
  }

  /** Fills `partition` of tensor `s`: the whole at the top, less at each level by what its siblings hold. */
  partitionTensor(s: number): void {
    const { L, S } = this.nest.layout;
    let partition = this.tile[(L - 1) * S + s];
    this.partition[(L - 1) * S + s] = partition;
    for (let l = L - 2; l >= 0; l--) {
      if (this.#spatial[l + 1] > 1) {
        const siblings = this.nest.boxVolume(s, l + 1, this.nest.inner);
        partition = (partition * this.tile[l * S + s]) / siblings;
      }
      this.partition[l * S + s] = partition;
    }
  }

  private countTensor(s: number): void {
    const { L, S, operands, readWrite, architecture } = this.nest.layout;
    const { keep } = this.nest;
    this.measureTiles(s);
    const isResult = readWrite[s] === 1;
    if (isResult) this.partitionTensor(s);
    let outermost = L - 1;
    while (outermost >= 0 && keep[outermost * S + s] === 0) outermost--;
    let arrivals = this.computeCycles;
    for (let l = 0; l < L; l++) {
      const i = l * S + s;
      if (this.#spatial[l] > 1) arrivals *= this.nest.countDeliveries(s, l);
      if (keep[i] === 0) {
        this.reads[i] = this.fills[i] = this.updates[i] = this.capacity[i] = 0;
        continue;
      }
      const k = operands[i];
      const share = l === outermost ? 0 : this.countArrivals(s, l);
      this.capacity[i] = Math.ceil(this.tile[i] / k);
      if (isResult) {
        const elided = this.partition[i];
        const fills = architecture.timeloopVersion === "2023-fork" || l === outermost ? share : share - elided;
        this.updates[i] = Math.ceil(arrivals / k);
        // A tile with gaps holds more than what is ever accumulated: nothing is left to be read then.
        this.reads[i] = Math.ceil(Math.max(0, Math.floor(arrivals - elided + 0.5)) / k);
        this.fills[i] = Math.ceil(Math.max(0, Math.floor(fills + 0.5)) / k);
      } else {
        this.updates[i] = 0;
        this.reads[i] = Math.ceil(arrivals / k);
        this.fills[i] = Math.ceil(share / k);
      }
      arrivals = share;
    }
  }

  private addUp(): void {
    const layout = this.nest.layout;
    const { L, S, blockSize } = layout;
    this.cycles = this.computeCycles;
    let energy = this.computes * layout.architecture.arithmetic.energyPicojoules;
    let accesses = 0;
    let storedBits = 0;
    for (let l = 0; l < L; l++) {
      let read = 0;
      let write = 0;
      let levelEnergy = 0;
      let stored = 0;
      const block = blockSize[l];
      for (let i = l * S; i < (l + 1) * S; i++) {
        read += this.reads[i];
        write += this.fills[i] + this.updates[i];
        stored += this.capacity[i];
        levelEnergy +=
          Math.ceil(this.reads[i] / block) * layout.readEnergy[l] +
          Math.ceil(this.fills[i] / block) * layout.writeEnergy[l] +
          Math.ceil(this.updates[i] / block) * layout.updateEnergy[l];
      }
      levelEnergy *= Math.min(this.instances[l], layout.accessLimit[l]);
      const stalled = Math.max(
        read / layout.readBandwidth[l],
        write / layout.writeBandwidth[l],
        (read + write) / layout.sharedBandwidth[l],
      );
      const cycles = Math.max(this.computeCycles, Math.ceil(stalled));
      this.levelEnergy[l] = levelEnergy;
      this.levelCycles[l] = cycles;
      if (cycles > this.cycles) this.cycles = cycles;
      energy += levelEnergy;
      accesses = (read + write) * this.instances[l];
      if (layout.entries[l] !== Number.POSITIVE_INFINITY) storedBits += stored * layout.wordBits[l] * this.instances[l];
    }
    this.storedBits = storedBits;
    this.lastLevelAccesses = accesses;
    let leak = 0;
    for (let l = 0; l < L; l++) leak += layout.leakEnergy[l] * this.instances[l];
    this.energyPicojoules = energy + leak * this.cycles;
  }
}
