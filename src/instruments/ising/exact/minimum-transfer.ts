import { OrreryError } from "../../../errors.ts";
import type { IsingModel } from "../model.ts";
import { gatherBits, neighborFields } from "./frontier-fields.ts";
import type { FrontierPlan } from "./frontier-plan.ts";

/** Memory for the decisions that lead back to a ground state. */
const mostDecisionBytes = 2 ** 30;

/** One bit for each frontier state: the spin that was summed out there. */
class Decisions {
  readonly #bytes: Uint8Array;

  constructor(size: number) {
    this.#bytes = new Uint8Array(Math.ceil(size / 8));
  }

  set(at: number): void {
    this.#bytes[at >> 3] |= 1 << (at & 7);
  }

  get(at: number): number {
    return (this.#bytes[at >> 3] >> (at & 7)) & 1;
  }
}

/** The lowest energy of all that is taken up, by the state of the open spins. */
export class MinimumTransfer {
  readonly #model: IsingModel;
  readonly #plan: FrontierPlan;
  readonly #table: Float64Array;
  readonly #decisions: Decisions[] | undefined;
  #size = 1;

  /** @throws OrreryError `argument` where a ground state is wanted and needs more than a gigabyte. */
  constructor(model: IsingModel, plan: FrontierPlan, hasState: boolean) {
    this.#model = model;
    this.#plan = plan;
    this.#table = new Float64Array(2 ** plan.width);
    this.#table[0] = model.offset;
    this.#decisions = hasState ? [] : undefined;
    const bytes = plan.steps.reduce((sum, step) => sum + 2 ** step.width / 8, 0);
    if (!hasState || bytes <= mostDecisionBytes) return;
    const got = `${(bytes / 2 ** 30).toFixed(1)} GiB`;
    throw new OrreryError("argument", `transfer matrix: expected a ground state to need at most 1 GiB; got ${got}`, {
      hint: "Ask for its energy alone with { hasState: false }.",
    });
  }

  step(index: number): void {
    const { spin, neighbors, replaced, bit, dropped } = this.#plan.steps[index];
    const others = replaced === undefined ? neighbors : neighbors.filter((neighbor) => neighbor.bit !== bit);
    const own = neighbors.find((neighbor) => neighbor.bit === bit)?.coupling ?? 0;
    const fields = neighborFields(this.#model.fields[spin], others);
    const bits = Int32Array.from(others, (neighbor) => neighbor.bit);
    const table = this.#table;
    if (replaced === undefined) {
      for (let x = 0, size = this.#size; x < size; x++) {
        const field = fields[gatherBits(x, bits)];
        table[size + x] = table[x] - field;
        table[x] += field;
      }
      this.#size *= 2;
    } else this.#replace(2 ** bit, own, (x) => fields[gatherBits(x, bits)]);
    for (const place of dropped) this.#drop(2 ** place.bit);
  }

  #replace(half: number, own: number, fieldOf: (x: number) => number): void {
    const table = this.#table;
    const decisions = this.#keep(this.#size);
    for (let block = 0; block < this.#size; block += 2 * half) {
      for (let x = block, end = block + half; x < end; x++) {
        const [a, b] = [table[x], table[x + half]];
        const field = fieldOf(x);
        if (b + own < a - own) decisions?.set(x);
        if (b - own < a + own) decisions?.set(x + half);
        table[x] = Math.min(a - own, b + own) + field;
        table[x + half] = Math.min(a + own, b - own) - field;
      }
    }
  }

  #drop(half: number): void {
    const table = this.#table;
    const decisions = this.#keep(this.#size / 2);
    let to = 0;
    for (let block = 0; block < this.#size; block += 2 * half) {
      for (let x = block, end = block + half; x < end; x++, to++) {
        const [a, b] = [table[x], table[x + half]];
        if (b < a) decisions?.set(to);
        table[to] = Math.min(a, b);
      }
    }
    this.#size /= 2;
  }

  #keep(size: number): Decisions | undefined {
    if (this.#decisions === undefined) return undefined;
    const decisions = new Decisions(size);
    this.#decisions.push(decisions);
    return decisions;
  }

  /** After the last step. */
  get energy(): number {
    return this.#table[0];
  }

  /** A state of that energy, by the decisions from last to first; undefined where none were kept. */
  state(): Int8Array | undefined {
    if (this.#decisions === undefined) return undefined;
    const spins = new Int8Array(this.#model.spins);
    const decisions = this.#decisions.slice();
    const choice = (x: number) => (decisions.pop() as Decisions).get(x);
    let x = 0;
    for (const step of this.#plan.steps.toReversed()) {
      for (const { spin, bit } of step.dropped.toReversed()) {
        const chosen = choice(x);
        x = ((x >>> bit) << (bit + 1)) | (chosen << bit) | (x & (2 ** bit - 1));
        spins[spin] = 2 * chosen - 1;
      }
      spins[step.spin] = 2 * ((x >>> step.bit) & 1) - 1;
      if (step.replaced === undefined) x &= ~(1 << step.bit);
      else {
        const chosen = choice(x);
        x = (x & ~(1 << step.bit)) | (chosen << step.bit);
        spins[step.replaced] = 2 * chosen - 1;
      }
    }
    return spins;
  }
}
