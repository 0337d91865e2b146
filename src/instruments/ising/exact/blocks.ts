import { OrreryError } from "../../../errors.ts";
import type { IsingModel } from "../model.ts";

/** Models above this many spins are not enumerated. */
export const mostEnumerated = 28;
/** Spins of a block: 2^12 energies fit into a core's first cache. */
const mostLow = 12;
/** Blocks after which the fields are made anew, so that no rounding builds up. */
const refreshEvery = 256;

/**
 * All states of a model in blocks: the first L spins run through the 2^L codes of a block (bit k set: spin k is +1) while the
 * others stand, and from block to block one of the others flips, in the order of Gray's code. A state's energy is
 * `base + pairs[c] − Σ_k fields[k] s_k(c)`. Without fields the last spin stays +1, for s and −s have the same energy.
 */
export class StateBlocks {
  readonly model: IsingModel;
  /** L. */
  readonly low: number;
  readonly count: number;
  /** Whether every state stands for its mirror image too. */
  readonly isMirrored: boolean;
  /** `−Σ_{i<j<L} J_ij s_i s_j` of each code, `[2^L]`. */
  readonly pairs: Float64Array;
  /** The fields that the standing spins and h make on the first L, `[L]`. */
  readonly fields: Float64Array;
  /** The present state; its first L spins mean nothing. */
  readonly spins: Int8Array;
  /** Energy of the standing spins among themselves, with the offset. */
  base = 0;
  #index = 0;
  readonly #couplings: Float64Array;

  /** @throws OrreryError `argument` above 28 spins. */
  constructor(model: IsingModel) {
    const n = model.spins;
    if (n > mostEnumerated) {
      throw new OrreryError("argument", `enumeration: expected at most ${mostEnumerated} spins; got ${n}`, {
        hint: "Use the transfer matrix for narrow lattices, or parallel tempering.",
      });
    }
    this.model = model;
    this.isMirrored = !model.hasFields;
    const free = n - (this.isMirrored ? 1 : 0);
    this.low = Math.min(mostLow, free);
    this.count = 2 ** (free - this.low);
    this.spins = new Int8Array(n).fill(-1);
    if (this.isMirrored) this.spins[n - 1] = 1;
    this.#couplings = model.dense();
    this.pairs = this.#pairEnergies();
    this.fields = new Float64Array(this.low);
    this.#refresh();
  }

  #pairEnergies(): Float64Array {
    const n = this.model.spins;
    const pairs = new Float64Array(2 ** this.low);
    for (let code = 0; code < pairs.length; code++) {
      for (let i = 0; i < this.low; i++) {
        for (let j = 0; j < i; j++) {
          const product = ((code >> i) ^ (code >> j)) & 1 ? -1 : 1;
          pairs[code] -= product * this.#couplings[i * n + j];
        }
      }
    }
    return pairs;
  }

  #refresh(): void {
    const { spins, low, model } = this;
    const n = model.spins;
    this.fields.set(model.fields.subarray(0, low));
    this.base = model.offset;
    for (let i = low; i < n; i++) {
      let field = model.fields[i];
      for (let j = low; j < i; j++) field += this.#couplings[i * n + j] * spins[j];
      this.base -= spins[i] * field;
      for (let k = 0; k < low; k++) this.fields[k] += this.#couplings[i * n + k] * spins[i];
    }
  }

  /** Goes to the next block; false after the last. */
  next(): boolean {
    this.#index++;
    if (this.#index >= this.count) return false;
    const { spins, low, fields, model } = this;
    const n = model.spins;
    const i = low + (31 - Math.clz32(this.#index & -this.#index));
    spins[i] = -spins[i];
    if (this.#index % refreshEvery === 0) {
      this.#refresh();
      return true;
    }
    let field = model.fields[i];
    for (let j = low; j < n; j++) field += this.#couplings[i * n + j] * spins[j];
    this.base -= 2 * spins[i] * field;
    for (let k = 0; k < low; k++) fields[k] += 2 * spins[i] * this.#couplings[i * n + k];
    return true;
  }

  /** Energies of the block's states less `base`, `[2^L]`, by doubling: one addition a state. */
  energiesInto(out: Float64Array): void {
    const { fields, low, pairs } = this;
    let all = 0;
    for (let k = 0; k < low; k++) all += fields[k];
    out[0] = all;
    for (let k = 0, size = 1; k < low; k++, size *= 2) {
      const change = -2 * fields[k];
      for (let c = 0; c < size; c++) out[size + c] = out[c] + change;
    }
    for (let c = 0; c < pairs.length; c++) out[c] += pairs[c];
  }

  /** The whole state of a code of the present block. */
  stateOf(code: number): Int8Array {
    return this.spins.map((spin, i) => (i < this.low ? ((code >> i) & 1 ? 1 : -1) : spin));
  }
}
