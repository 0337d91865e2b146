import type { Configuration } from "./configuration.ts";
import type { KernelProblem } from "./kernel-problem.ts";
import type { RandomStream } from "./random-stream.ts";

/** Metropolis' single-spin dynamics at one temperature: flips with probability `min(1, exp(−β ΔE))`, spin after spin. */
export interface Metropolis {
  /** β in inverse units of the model's energy. */
  setBeta(beta: number): void;
  /** Visits every spin once; answers the number of flips. */
  sweep(configuration: Configuration, random: RandomStream): number;
}

/** The dynamics that fit the problem's numbers. */
export function metropolis(problem: KernelProblem): Metropolis {
  return problem.isInteger ? new IntegerMetropolis(problem) : new RealMetropolis(problem);
}

/** For integer fields: the chance of every possible energy change, as a threshold for 31 random bits. */
class IntegerMetropolis implements Metropolis {
  readonly #problem: KernelProblem;
  readonly #thresholds: Int32Array;
  /** Changes above this are never accepted: their chance is below 2^-31. */
  #largest = 0;

  constructor(problem: KernelProblem) {
    this.#problem = problem;
    this.#thresholds = new Int32Array(problem.largestField + 1);
  }

  setBeta(beta: number): void {
    const scale = 2 * beta * this.#problem.unit;
    this.#largest = 0;
    for (let d = 1; d < this.#thresholds.length; d++) {
      const chance = Math.exp(-scale * d) * 2 ** 31;
      if (chance < 1) return;
      this.#thresholds[d] = Math.min(chance, 2 ** 31 - 1);
      this.#largest = d;
    }
  }

  sweep(configuration: Configuration, random: RandomStream): number {
    const matrix = this.#problem.matrix;
    return matrix === undefined
      ? this.#sweepRows(configuration, random.words)
      : this.#sweepMatrix(configuration, matrix as Int32Array, random.words);
  }

  #sweepRows(configuration: Configuration, words: Int32Array): number {
    const { size, rowStart, neighbors } = this.#problem;
    const weights = this.#problem.weights as Int32Array;
    const fields = configuration.fields as Int32Array;
    const spins = configuration.spins;
    const [thresholds, largest] = [this.#thresholds, this.#largest];
    let [a, b, c, d] = words;
    let [energy, flips] = [0, 0];
    for (let i = 0; i < size; i++) {
      const rise = spins[i] * fields[i];
      if (rise > 0) {
        if (rise > largest) continue;
        const t = a ^ (a << 11);
        a = b;
        b = c;
        c = d;
        d = d ^ (d >>> 19) ^ t ^ (t >>> 8);
        if (d >>> 1 >= thresholds[rise]) continue;
      }
      const spin = -spins[i];
      spins[i] = spin;
      energy += rise;
      flips++;
      const change = 2 * spin;
      for (let k = rowStart[i], end = rowStart[i + 1]; k < end; k++) fields[neighbors[k]] += change * weights[k];
    }
    configuration.energy += 2 * energy;
    words[0] = a;
    words[1] = b;
    words[2] = c;
    words[3] = d;
    return flips;
  }

  #sweepMatrix(configuration: Configuration, matrix: Int32Array, words: Int32Array): number {
    const { size } = this.#problem;
    const fields = configuration.fields as Int32Array;
    const spins = configuration.spins;
    const [thresholds, largest] = [this.#thresholds, this.#largest];
    let [a, b, c, d] = words;
    let [energy, flips] = [0, 0];
    for (let i = 0; i < size; i++) {
      const rise = spins[i] * fields[i];
      if (rise > 0) {
        if (rise > largest) continue;
        const t = a ^ (a << 11);
        a = b;
        b = c;
        c = d;
        d = d ^ (d >>> 19) ^ t ^ (t >>> 8);
        if (d >>> 1 >= thresholds[rise]) continue;
      }
      const spin = -spins[i];
      spins[i] = spin;
      energy += rise;
      flips++;
      const change = 2 * spin;
      for (let j = 0, k = i * size; j < size; j++, k++) fields[j] += change * matrix[k];
    }
    configuration.energy += 2 * energy;
    words[0] = a;
    words[1] = b;
    words[2] = c;
    words[3] = d;
    return flips;
  }
}

/**
 * For real fields. u < exp(−x) is decided by u's leading zeros z wherever they decide it: −ln u lies in (z ln 2, (z + 1) ln 2],
 * so the exponential is needed for the values in between only.
 */
class RealMetropolis implements Metropolis {
  readonly #problem: KernelProblem;
  #scale = 0;

  constructor(problem: KernelProblem) {
    this.#problem = problem;
  }

  setBeta(beta: number): void {
    this.#scale = 2 * beta * this.#problem.unit;
  }

  sweep(configuration: Configuration, random: RandomStream): number {
    const { size, rowStart, neighbors } = this.#problem;
    const weights = this.#problem.weights as Float64Array;
    const matrix = this.#problem.matrix as Float64Array | undefined;
    const fields = configuration.fields as Float64Array;
    const spins = configuration.spins;
    const [scale, words] = [this.#scale, random.words];
    let [a, b, c, d] = words;
    let [energy, flips] = [0, 0];
    for (let i = 0; i < size; i++) {
      const rise = spins[i] * fields[i];
      if (rise > 0) {
        const x = scale * rise;
        if (x > 22) continue;
        const t = a ^ (a << 11);
        a = b;
        b = c;
        c = d;
        d = d ^ (d >>> 19) ^ t ^ (t >>> 8);
        const low = Math.clz32(d) * Math.LN2;
        if (x > low && (x > low + Math.LN2 || (d >>> 0) * 2 ** -32 >= Math.exp(-x))) continue;
      }
      const spin = -spins[i];
      spins[i] = spin;
      energy += rise;
      flips++;
      const change = 2 * spin;
      if (matrix !== undefined) for (let j = 0, k = i * size; j < size; j++, k++) fields[j] += change * matrix[k];
      else for (let k = rowStart[i], end = rowStart[i + 1]; k < end; k++) fields[neighbors[k]] += change * weights[k];
    }
    configuration.energy += 2 * energy;
    words[0] = a;
    words[1] = b;
    words[2] = c;
    words[3] = d;
    return flips;
  }
}
