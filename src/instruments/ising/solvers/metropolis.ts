import type { Configuration } from "./configuration.ts";
import type { KernelProblem } from "./kernel-problem.ts";
import type { RandomStream } from "./random-stream.ts";

/**
 * Metropolis' single-spin dynamics at one temperature: spin after spin is flipped with probability `min(1, exp(−β ΔE))`. Where all
 * numbers are small integers the chances come from a table.
 */
export class Metropolis {
  readonly #problem: KernelProblem;
  readonly #address: number;
  /** The chance of a flip with s·f = d in units of 2^-31. */
  readonly #thresholds: Int32Array;
  /** Flips with a larger s·f are never made: their chance is below 2^-31. */
  #largest = 0;
  #scale = 0;

  constructor(problem: KernelProblem) {
    this.#problem = problem;
    const entries = problem.isInteger ? problem.largestField + 1 : 0;
    this.#address = problem.kernel.take(4 * entries);
    this.#thresholds = problem.kernel.int32(this.#address, entries);
  }

  /** β in inverse units of the model's energy. */
  setBeta(beta: number): void {
    this.#scale = 2 * beta * this.#problem.unit;
    const factor = Math.exp(-this.#scale);
    this.#largest = 0;
    for (let d = 1, chance = factor * 2 ** 31; d < this.#thresholds.length && chance >= 1; d++, chance *= factor) {
      this.#thresholds[d] = Math.min(chance, 2 ** 31 - 1);
      this.#largest = d;
    }
  }

  /** Visits every spin once; answers the number of flips. */
  sweep({ record }: Configuration, random: RandomStream): number {
    const { kernel, isInteger } = this.#problem;
    kernel.random.set(random.words);
    const at = kernel.random.byteOffset;
    const flips = isInteger
      ? kernel.run.sweepInteger(record, at, this.#address, this.#largest)
      : kernel.run.sweepReal(record, at, this.#scale);
    random.words.set(kernel.random);
    return flips;
  }
}
