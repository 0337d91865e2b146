import { viewOf } from "./layout.ts";
import { type Precision, sizeOf } from "./vector-emitter.ts";

/** Most constants that a kernel may have. */
const capacity = 512;

/**
 * The constants of a kernel in its memory, from where they are loaded at every use: that takes one instruction, where a constant
 * in the code takes three.
 */
export class ConstantPool {
  readonly #address: number;
  readonly #precision: Precision;
  readonly #values: number[] = [];

  constructor(address: number, precision: Precision) {
    this.#address = address;
    this.#precision = precision;
  }

  static bytes(precision: Precision): number {
    return capacity * sizeOf[precision];
  }

  /** The address of a constant. */
  addressOf(value: number): number {
    let index = this.#values.indexOf(value);
    if (index < 0) index = this.#values.push(value) - 1;
    if (index >= capacity) throw new RangeError(`kernel: expected at most ${capacity} constants`);
    return this.#address + index * sizeOf[this.#precision];
  }

  fill(memory: ArrayBufferLike): void {
    viewOf(memory, this.#precision, this.#address, this.#values.length).set(this.#values);
  }
}
