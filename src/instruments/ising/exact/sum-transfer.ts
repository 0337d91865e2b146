import type { IsingModel } from "../model.ts";
import { gatherBits, neighborFields } from "./frontier-fields.ts";
import type { FrontierPlan, FrontierStep } from "./frontier-plan.ts";

/** β times the open couplings up to which products of exponentials do not underflow. */
export const largestLinearExponent = 600;

/** A step prepared for both ways of summing. */
interface SumStep {
  /** Fields of the neighbours but for the spin that is replaced. */
  readonly fields: Float64Array;
  readonly bits: Int32Array;
  /** Coupling to the replaced spin. */
  readonly own: number;
}

function prepare(model: IsingModel, { spin, neighbors, replaced, bit }: FrontierStep): SumStep {
  const others = replaced === undefined ? neighbors : neighbors.filter((neighbor) => neighbor.bit !== bit);
  const own = neighbors.find((neighbor) => neighbor.bit === bit)?.coupling ?? 0;
  return {
    fields: neighborFields(model.fields[spin], others),
    bits: Int32Array.from(others, (neighbor) => neighbor.bit),
    own: replaced === undefined ? 0 : own,
  };
}

/** Partition sums of all that is taken up, by the state of the open spins. */
export class LinearTransfer {
  readonly #model: IsingModel;
  readonly #plan: FrontierPlan;
  readonly #beta: number;
  readonly #table: Float64Array;
  #size = 1;
  /** The table is in units of `exp(#scale)`. */
  #scale: number;

  constructor(model: IsingModel, plan: FrontierPlan, beta: number) {
    this.#model = model;
    this.#plan = plan;
    this.#beta = beta;
    this.#table = new Float64Array(2 ** plan.width);
    this.#table[0] = 1;
    this.#scale = -beta * model.offset;
  }

  step(index: number): void {
    const step = this.#plan.steps[index];
    const { fields, bits, own } = prepare(this.#model, step);
    const largest = fields.reduce((most, f) => Math.max(most, Math.abs(f)), 0) + Math.abs(own);
    const up = fields.map((f) => Math.exp(this.#beta * (f - largest)));
    const down = fields.map((f) => Math.exp(this.#beta * (-f - largest)));
    this.#scale += this.#beta * largest;
    const table = this.#table;
    if (step.replaced === undefined) {
      for (let x = 0, size = this.#size; x < size; x++) {
        const code = gatherBits(x, bits);
        table[size + x] = table[x] * up[code];
        table[x] *= down[code];
      }
      this.#size *= 2;
    } else {
      const [alike, unlike] = [Math.exp(this.#beta * own), Math.exp(-this.#beta * own)];
      const half = 2 ** step.bit;
      for (let block = 0; block < this.#size; block += 2 * half) {
        for (let x = block, end = block + half; x < end; x++) {
          const [a, b] = [table[x], table[x + half]];
          const code = gatherBits(x, bits);
          table[x] = down[code] * (a * alike + b * unlike);
          table[x + half] = up[code] * (a * unlike + b * alike);
        }
      }
    }
    for (const { bit } of step.dropped) this.#drop(2 ** bit);
    this.#normalize();
  }

  #drop(half: number): void {
    const table = this.#table;
    let to = 0;
    for (let block = 0; block < this.#size; block += 2 * half) {
      for (let x = block, end = block + half; x < end; x++) table[to++] = table[x] + table[x + half];
    }
    this.#size /= 2;
  }

  #normalize(): void {
    const table = this.#table;
    let largest = 0;
    for (let x = 0; x < this.#size; x++) if (table[x] > largest) largest = table[x];
    if (largest > 1e-30 && largest < 1e30) return;
    for (let x = 0; x < this.#size; x++) table[x] /= largest;
    this.#scale += Math.log(largest);
  }

  /** After the last step. */
  get lnZ(): number {
    return this.#scale + Math.log(this.#table[0]);
  }
}

/** `ln(exp a + exp b)`. */
function addLogs(a: number, b: number): number {
  return a > b ? a + Math.log1p(Math.exp(b - a)) : b + Math.log1p(Math.exp(a - b));
}

/** The same in logarithms, for temperatures so low that sums differ by more than numbers can. */
export class LogTransfer {
  readonly #model: IsingModel;
  readonly #plan: FrontierPlan;
  readonly #beta: number;
  readonly #table: Float64Array;
  #size = 1;

  constructor(model: IsingModel, plan: FrontierPlan, beta: number) {
    this.#model = model;
    this.#plan = plan;
    this.#beta = beta;
    this.#table = new Float64Array(2 ** plan.width);
    this.#table[0] = -beta * model.offset;
  }

  step(index: number): void {
    const step = this.#plan.steps[index];
    const { fields, bits, own } = prepare(this.#model, step);
    const up = fields.map((f) => this.#beta * f);
    const alike = this.#beta * own;
    const table = this.#table;
    if (step.replaced === undefined) {
      for (let x = 0, size = this.#size; x < size; x++) {
        const field = up[gatherBits(x, bits)];
        table[size + x] = table[x] + field;
        table[x] -= field;
      }
      this.#size *= 2;
    } else {
      const half = 2 ** step.bit;
      for (let block = 0; block < this.#size; block += 2 * half) {
        for (let x = block, end = block + half; x < end; x++) {
          const [a, b] = [table[x], table[x + half]];
          const field = up[gatherBits(x, bits)];
          table[x] = addLogs(a + alike, b - alike) - field;
          table[x + half] = addLogs(a - alike, b + alike) + field;
        }
      }
    }
    for (const { bit } of step.dropped) this.#drop(2 ** bit);
  }

  #drop(half: number): void {
    const table = this.#table;
    let to = 0;
    for (let block = 0; block < this.#size; block += 2 * half) {
      for (let x = block, end = block + half; x < end; x++) table[to++] = addLogs(table[x], table[x + half]);
    }
    this.#size /= 2;
  }

  /** After the last step. */
  get lnZ(): number {
    return this.#table[0];
  }
}
