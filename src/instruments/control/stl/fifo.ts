/** A queue of numbers in a ring that grows when it is full: first in, first out, and a double end for monotone queues. */
export class Fifo {
  #ring = new Float64Array(8);
  #head = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The oldest value; undefined behaviour when empty. */
  get first(): number {
    return this.#ring[this.#head];
  }

  /** The newest value; undefined behaviour when empty. */
  get last(): number {
    return this.#ring[(this.#head + this.#length - 1) % this.#ring.length];
  }

  push(value: number): void {
    if (this.#length === this.#ring.length) this.#grow();
    this.#ring[(this.#head + this.#length) % this.#ring.length] = value;
    this.#length++;
  }

  /** Takes the oldest value. */
  shift(): number {
    const value = this.#ring[this.#head];
    this.#head = (this.#head + 1) % this.#ring.length;
    this.#length--;
    return value;
  }

  /** Takes the newest value. */
  pop(): number {
    this.#length--;
    return this.#ring[(this.#head + this.#length) % this.#ring.length];
  }

  #grow(): void {
    const larger = new Float64Array(2 * this.#ring.length);
    for (let i = 0; i < this.#length; i++) larger[i] = this.#ring[(this.#head + i) % this.#ring.length];
    this.#ring = larger;
    this.#head = 0;
  }
}
