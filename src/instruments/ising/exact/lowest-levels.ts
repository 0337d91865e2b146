import type { StateBlocks } from "./blocks.ts";

/** Energies closer than this share of the sum of all couplings and fields are the same. */
const rounding = 1e-12;

/** The lowest energy of all blocks, its states, and the next energy above. */
export class LowestLevels {
  readonly #blocks: StateBlocks;
  readonly #energies: Float64Array;
  readonly #tolerance: number;
  readonly #most: number;
  readonly #states: Int8Array[] = [];
  #lowest = Number.POSITIVE_INFINITY;
  #next = Number.POSITIVE_INFINITY;
  #count = 0;

  /** Keeps `most` states. */
  constructor(blocks: StateBlocks, most: number) {
    this.#blocks = blocks;
    this.#most = most;
    this.#energies = new Float64Array(2 ** blocks.low);
    const { couplings, fields, offset } = blocks.model;
    let total = Math.abs(offset);
    for (const w of couplings) total += Math.abs(w) / 2;
    for (const h of fields) total += Math.abs(h);
    this.#tolerance = rounding * total;
  }

  addBlock(): void {
    const { base } = this.#blocks;
    const energies = this.#energies;
    this.#blocks.energiesInto(energies);
    let highest = this.#next - base - this.#tolerance;
    for (let c = 0; c < energies.length; c++) {
      if (!(energies[c] < highest)) continue;
      this.#take(base + energies[c], c);
      highest = this.#next - base - this.#tolerance;
    }
  }

  #take(energy: number, code: number): void {
    if (energy > this.#lowest + this.#tolerance) {
      this.#next = energy;
      return;
    }
    if (energy < this.#lowest - this.#tolerance) {
      this.#next = this.#lowest;
      this.#lowest = energy;
      this.#count = 0;
      this.#states.length = 0;
    }
    this.#count++;
    if (this.#states.length < this.#most) this.#states.push(this.#blocks.stateOf(code));
  }

  result() {
    const { isMirrored, model } = this.#blocks;
    const mirrored = isMirrored ? this.#states.map((state) => state.map((spin) => -spin)) : [];
    const groundStates = [...this.#states, ...mirrored].slice(0, this.#most);
    // Added up spin by spin, the energies have less rounding than the blocks' sums.
    const groundEnergy = groundStates.length > 0 ? model.energy(groundStates[0]) : this.#lowest;
    return {
      groundEnergy,
      degeneracy: this.#count * (isMirrored ? 2 : 1),
      groundStates,
      gap: this.#next - this.#lowest,
    };
  }
}
