import type { ChainState } from "./chain.ts";
import type { KernelNumbers, KernelProblem } from "./kernel-problem.ts";
import type { RandomStream } from "./random-stream.ts";

const recordBytes = 40;
const energyAt = 32;

/** Spins with the local fields and the energy that kernels keep up to date. */
export class Configuration {
  readonly problem: KernelProblem;
  /** Where the kernels find it. */
  readonly record: number;
  readonly spins: Int8Array;
  /** `f_i = H_i + Σ_j W_ij s_j`. */
  readonly fields: KernelNumbers;
  readonly #energy: Float64Array;

  /** All spins +1. @throws OrreryError `runtime` beyond the configurations the problem was prepared for. */
  constructor(problem: KernelProblem) {
    const { kernel, size, rowBytes, address, isInteger } = problem;
    this.problem = problem;
    this.record = kernel.take(recordBytes);
    const [spinsAt, fieldsAt] = [kernel.take(size), kernel.take(rowBytes)];
    const { rowStart, neighbors, weights, matrix } = address;
    const words = [size, rowStart, neighbors, weights, matrix, rowBytes, spinsAt, fieldsAt];
    kernel.int32(this.record, words.length).set(words);
    this.#energy = kernel.float64(this.record + energyAt, 1);
    this.spins = kernel.int8(spinsAt, size).fill(1);
    kernel.int8(fieldsAt, rowBytes).fill(0);
    this.fields = isInteger ? kernel.int32(fieldsAt, size) : kernel.float64(fieldsAt, size);
    this.refresh();
  }

  /** e, in the problem's unit and without its offset. */
  get energy(): number {
    return this.#energy[0];
  }

  /** Every spin ±1 with equal chance. */
  randomize(random: RandomStream): void {
    for (let i = 0; i < this.spins.length; i++) this.spins[i] = random.next() < 2 ** 31 ? -1 : 1;
    this.refresh();
  }

  assign(spins: ArrayLike<number>): void {
    this.spins.set(spins);
    this.refresh();
  }

  /** Fields and energy anew from the spins, which also takes the rounding out of them. */
  refresh(): void {
    const { size, rowStart, neighbors, weights, fields: external } = this.problem;
    const { spins, fields } = this;
    let twice = 0;
    for (let i = 0; i < size; i++) {
      let field = 0;
      for (let k = rowStart[i]; k < rowStart[i + 1]; k++) field += weights[k] * spins[neighbors[k]];
      fields[i] = external[i] + field;
      twice += spins[i] * (field + 2 * external[i]);
    }
    this.#energy[0] = -twice / 2;
  }

  /** Flips one spin. */
  flip(i: number): void {
    const { run } = this.problem.kernel;
    if (this.problem.isInteger) run.flipInteger(this.record, i);
    else run.flipReal(this.record, i);
  }

  /** The fields are kept as they are, with their rounding, so that a resumed chain makes the same decisions. */
  toState(): ChainState {
    return { spins: this.spins.slice(), fields: this.fields.slice(), energy: this.energy };
  }

  restore(state: ChainState): void {
    this.spins.set(state.spins as Int8Array);
    this.fields.set(state.fields as Float64Array);
    this.#energy[0] = state.energy as number;
  }
}
