import type { Key } from "../../../engine/random/key.ts";
import { sampleBits } from "../../../engine/random/sample.ts";

/**
 * A fast sequential stream for sweeping kernels, begun from a key: xorshift128 (Marsaglia, J. Stat. Softw. 8(14), 2003),
 * period 2^128 − 1. Kernels may work on `words` themselves and must write them back.
 */
export class RandomStream {
  /** Four 32-bit words, never all zero. */
  readonly words: Int32Array;

  constructor(key: Key) {
    this.words = Int32Array.from(sampleBits(key, 4));
    this.words[0] |= 1;
  }

  /** 32 uniform bits as an unsigned integer. */
  next(): number {
    const { words } = this;
    const t = words[0] ^ (words[0] << 11);
    const last = words[3];
    words[0] = words[1];
    words[1] = words[2];
    words[2] = last;
    words[3] = last ^ (last >>> 19) ^ t ^ (t >>> 8);
    return words[3] >>> 0;
  }

  /** A uniform integer in [0, bound), to within 2^-32. */
  below(bound: number): number {
    return Math.floor(this.next() * 2 ** -32 * bound);
  }

  /** A uniform number in [0, 1), a multiple of 2^-32. */
  uniform(): number {
    return this.next() * 2 ** -32;
  }
}
