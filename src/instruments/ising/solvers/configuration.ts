import type { ChainState } from "./chain.ts";
import type { KernelNumbers, KernelProblem } from "./kernel-problem.ts";
import type { RandomStream } from "./random-stream.ts";

/** Spins with the local fields and the energy that kernels keep up to date. */
export class Configuration {
  readonly problem: KernelProblem;
  readonly spins: Int8Array;
  /** `f_i = H_i + Σ_j W_ij s_j`. */
  readonly fields: KernelNumbers;
  /** e, in the problem's unit and without its offset. */
  energy = 0;

  constructor(problem: KernelProblem) {
    this.problem = problem;
    this.spins = new Int8Array(problem.size).fill(1);
    this.fields = problem.isInteger ? new Int32Array(problem.size) : new Float64Array(problem.size);
    this.refresh();
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
    this.energy = -twice / 2;
  }

  /** Flips one spin. */
  flip(i: number): void {
    const { size, rowStart, neighbors, weights, matrix } = this.problem;
    const { spins, fields } = this;
    this.energy += 2 * spins[i] * fields[i];
    spins[i] = -spins[i];
    const change = 2 * spins[i];
    if (matrix !== undefined) {
      for (let j = 0, k = i * size; j < size; j++, k++) fields[j] += change * matrix[k];
      return;
    }
    for (let k = rowStart[i], end = rowStart[i + 1]; k < end; k++) fields[neighbors[k]] += change * weights[k];
  }

  /** The fields are kept as they are, with their rounding, so that a resumed chain makes the same decisions. */
  toState(): ChainState {
    return { spins: this.spins.slice(), fields: this.fields.slice(), energy: this.energy };
  }

  restore(state: ChainState): void {
    this.spins.set(state.spins as Int8Array);
    this.fields.set(state.fields as Float64Array);
    this.energy = state.energy as number;
  }

  /** The model's energy. */
  get modelEnergy(): number {
    return this.problem.offset + this.problem.unit * this.energy;
  }
}
