import type { StateBlocks } from "./blocks.ts";

/** A model in thermal equilibrium. */
export interface Thermodynamics {
  readonly beta: number;
  readonly lnZ: number;
  /** `−ln Z / β`; −∞ at β = 0. */
  readonly freeEnergy: number;
  /** ⟨E⟩. */
  readonly energy: number;
  /** `β ⟨E⟩ + ln Z`, in nats. */
  readonly entropy: number;
  /** ⟨s_i⟩, `[N]`. */
  readonly magnetizations: Float64Array;
  /** ⟨s_i s_j⟩, `[N, N]`, 1 on the diagonal. */
  readonly correlations: Float64Array;
}

/** A block's sum below this has lost digits to underflow and is made again from its lowest energy. */
const leastSum = 1e-200;

/** Sums of `exp(−β E)` over all blocks, with the means they weigh. Products instead of exponentials: β enters once a spin and block. */
export class BoltzmannSum {
  readonly #blocks: StateBlocks;
  readonly #beta: number;
  /** `exp(−β (pairs[c] − lowest))`. */
  readonly #pairWeights: Float64Array;
  readonly #lowestPairs: number;
  readonly #weights: Float64Array;
  /** Everything below is in units of `exp(#scale)`. */
  #scale = Number.NEGATIVE_INFINITY;
  #total = 0;
  readonly #codes: Float64Array;
  readonly #standing: Float64Array;
  readonly #products: Float64Array;

  constructor(blocks: StateBlocks, beta: number) {
    const n = blocks.model.spins;
    this.#blocks = blocks;
    this.#beta = beta;
    this.#lowestPairs = blocks.pairs.reduce((least, e) => Math.min(least, e), Number.POSITIVE_INFINITY);
    this.#pairWeights = blocks.pairs.map((e) => Math.exp(-beta * (e - this.#lowestPairs)));
    this.#weights = new Float64Array(2 ** blocks.low);
    this.#codes = new Float64Array(2 ** blocks.low);
    this.#standing = new Float64Array(n);
    this.#products = new Float64Array(n * n);
  }

  addBlock(): void {
    const { base, fields, low } = this.#blocks;
    let ln = -this.#beta * (base + this.#lowestPairs);
    for (let k = 0; k < low; k++) ln += this.#beta * Math.abs(fields[k]);
    let sum = this.#multiply();
    if (sum < leastSum) [ln, sum] = this.#exponentiate();
    const top = ln + Math.log(sum);
    if (top > this.#scale) this.#rescale(top);
    this.#collect(sum, Math.exp(ln - this.#scale));
  }

  /** Each state's weight relative to the least energy that pairs and fields allow apart. */
  #multiply(): number {
    const { fields, low } = this.#blocks;
    const [weights, pairWeights] = [this.#weights, this.#pairWeights];
    weights[0] = 1;
    for (let k = 0, size = 1; k < low; k++, size *= 2) {
      const less = Math.exp(-2 * this.#beta * Math.abs(fields[k]));
      const [down, up] = fields[k] > 0 ? [less, 1] : [1, less];
      for (let c = 0; c < size; c++) {
        weights[size + c] = weights[c] * up;
        weights[c] *= down;
      }
    }
    let sum = 0;
    for (let c = 0; c < weights.length; c++) {
      weights[c] *= pairWeights[c];
      sum += weights[c];
    }
    return sum;
  }

  #exponentiate(): [ln: number, sum: number] {
    const weights = this.#weights;
    this.#blocks.energiesInto(weights);
    let lowest = Number.POSITIVE_INFINITY;
    for (let c = 0; c < weights.length; c++) lowest = Math.min(lowest, weights[c]);
    let sum = 0;
    for (let c = 0; c < weights.length; c++) {
      weights[c] = Math.exp(-this.#beta * (weights[c] - lowest));
      sum += weights[c];
    }
    return [-this.#beta * (this.#blocks.base + lowest), sum];
  }

  #rescale(top: number): void {
    const factor = Math.exp(this.#scale - top);
    this.#scale = top;
    this.#total *= factor;
    for (const list of [this.#codes, this.#standing, this.#products]) {
      for (let c = 0; c < list.length; c++) list[c] *= factor;
    }
  }

  /** Adds the block to all means; `scale` turns its weights into the common unit. */
  #collect(sum: number, scale: number): void {
    const { low, spins } = this.#blocks;
    const [weights, codes, products] = [this.#weights, this.#codes, this.#products];
    const n = spins.length;
    this.#total += scale * sum;
    for (let c = 0; c < weights.length; c++) codes[c] += scale * weights[c];
    for (let i = low; i < n; i++) {
      this.#standing[i] += scale * sum * spins[i];
      for (let j = low; j < i; j++) products[i * n + j] += scale * sum * spins[i] * spins[j];
    }
    if (low === n) return;
    for (let k = low - 1, half = weights.length / 2; k >= 0; k--, half /= 2) {
      let mean = 0;
      for (let c = 0; c < half; c++) {
        mean += weights[half + c] - weights[c];
        weights[c] += weights[half + c];
      }
      for (let i = low; i < n; i++) products[i * n + k] += scale * mean * spins[i];
    }
  }

  result(): Thermodynamics {
    const { low, isMirrored, model } = this.#blocks;
    const n = model.spins;
    const magnetizations = this.#standing.map((sum) => sum / this.#total);
    const correlations = this.#products.map((sum) => sum / this.#total);
    this.#codes.forEach((weight, code) => {
      const share = weight / this.#total;
      for (let i = 0; i < low; i++) {
        const spin = (code >> i) & 1 ? 1 : -1;
        magnetizations[i] += spin * share;
        for (let j = 0; j < i; j++) correlations[i * n + j] += spin * ((code >> j) & 1 ? share : -share);
      }
    });
    for (let i = 0; i < n; i++) {
      correlations[i * n + i] = 1;
      for (let j = 0; j < i; j++) correlations[j * n + i] = correlations[i * n + j];
    }
    if (isMirrored) magnetizations.fill(0);
    const lnZ = this.#scale + Math.log(this.#total) + (isMirrored ? Math.LN2 : 0);
    const energy = meanEnergy(this.#blocks, magnetizations, correlations);
    const entropy = this.#beta * energy + lnZ;
    const freeEnergy = this.#beta === 0 ? Number.NEGATIVE_INFINITY : -lnZ / this.#beta;
    return { beta: this.#beta, lnZ, freeEnergy, energy, entropy, magnetizations, correlations };
  }
}

function meanEnergy({ model }: StateBlocks, magnetizations: Float64Array, correlations: Float64Array): number {
  const { from, to, weight } = model.edges();
  let energy = model.offset;
  weight.forEach((J, k) => {
    energy -= J * correlations[from[k] * model.spins + to[k]];
  });
  model.fields.forEach((h, i) => {
    energy -= h * magnetizations[i];
  });
  return energy;
}
