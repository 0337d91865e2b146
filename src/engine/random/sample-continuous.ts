import { OrreryError } from "../../errors.ts";
import { type Key, keyDomains } from "./key.ts";
import { deterministicLog } from "./log.ts";
import { normalTail } from "./normal-tail.ts";
import { threefryBlocks } from "./threefry.ts";

/** Storage of a real-valued sample; its type decides the precision that is drawn. */
export type FloatSample = Float32Array | Float64Array;

const chunkWords = 2048;
const chunk = new Uint32Array(chunkWords);

/** @throws OrreryError `argument` unless `n` is a count. */
export function checkCount(where: string, n: number): void {
  if (!Number.isSafeInteger(n) || n < 0) {
    throw new OrreryError("argument", `${where}: the number of elements must be a non-negative integer; got ${n}`);
  }
}

/**
 * Calls `use(bits, offset, words)` for consecutive pieces of the key's stream of `total` words, `bits` being valid during the call only.
 * Pieces have an even number of words, but for the last.
 */
export function eachChunk(
  key: Key,
  total: number,
  use: (bits: Uint32Array, offset: number, words: number) => void,
): void {
  const [high, low] = key.words;
  for (let offset = 0; offset < total; offset += chunkWords) {
    const words = Math.min(chunkWords, total - offset);
    threefryBlocks(high, low, keyDomains.sample, offset / 2, (words + 1) >> 1, chunk);
    use(chunk, offset, words);
  }
}

/** Fills `out` with uniform 32-bit words and returns it: the stream on which the other samplers stand. */
export function sampleBitsInto(key: Key, out: Uint32Array): Uint32Array {
  eachChunk(key, out.length, (bits, offset, words) => {
    out.set(words === chunkWords ? bits : bits.subarray(0, words), offset);
  });
  return out;
}

/** `n` uniform 32-bit words. */
export function sampleBits(key: Key, n: number): Uint32Array {
  checkCount("sampleBits", n);
  return sampleBitsInto(key, new Uint32Array(n));
}

/** Fills `out` with uniform numbers in [0, 1) and returns it: multiples of 2^-24 in float32, of 2^-53 in float64. */
export function sampleUniformInto<T extends FloatSample>(key: Key, out: T): T {
  if (out instanceof Float32Array) {
    eachChunk(key, out.length, (bits, offset, words) => {
      for (let i = 0; i < words; i++) out[offset + i] = (bits[i] >>> 8) * 2 ** -24;
    });
  } else {
    eachChunk(key, 2 * out.length, (bits, offset, words) => {
      for (let i = 0; i < words; i += 2) {
        out[(offset + i) / 2] = ((bits[i] >>> 5) * 2 ** 26 + (bits[i + 1] >>> 6)) * 2 ** -53;
      }
    });
  }
  return out;
}

/**
 * Fills `out` with standard normal numbers and returns it, by inversion of the distribution function: one bit is the sign, the
 * others the tail's probability, to 2^-33 in float32 (|x| ≤ 6.3) and to 2^-54 in float64 (|x| ≤ 8.2), the same in both tails.
 */
export function sampleNormalInto<T extends FloatSample>(key: Key, out: T): T {
  if (out instanceof Float32Array) {
    eachChunk(key, out.length, (bits, offset, words) => {
      for (let i = 0; i < words; i++) {
        const tail = normalTail(((bits[i] & 0x7fffffff) + 0.5) * 2 ** -32);
        out[offset + i] = (1 - 2 * (bits[i] >>> 31)) * tail;
      }
    });
  } else {
    eachChunk(key, 2 * out.length, (bits, offset, words) => {
      for (let i = 0; i < words; i += 2) {
        const tail = normalTail(((bits[i] & 0x7fffffff) * 2 ** 21 + (bits[i + 1] >>> 11) + 0.5) * 2 ** -53);
        out[(offset + i) / 2] = (1 - 2 * (bits[i] >>> 31)) * tail;
      }
    });
  }
  return out;
}

/**
 * Fills `out` with standard Gumbel numbers -log(-log u) and returns it; u is an odd multiple of 2^-33 (float32) or 2^-53 (float64),
 * so never 0 or 1. Mean 0.5772, variance π²/6. `argmax(logits + gumbel)` draws from softmax(logits).
 */
export function sampleGumbelInto<T extends FloatSample>(key: Key, out: T): T {
  if (out instanceof Float32Array) {
    eachChunk(key, out.length, (bits, offset, words) => {
      for (let i = 0; i < words; i++) {
        out[offset + i] = -deterministicLog(-deterministicLog((bits[i] + 0.5) * 2 ** -32));
      }
    });
  } else {
    eachChunk(key, 2 * out.length, (bits, offset, words) => {
      for (let i = 0; i < words; i += 2) {
        const u = (bits[i] * 2 ** 20 + (bits[i + 1] >>> 12) + 0.5) * 2 ** -52;
        out[(offset + i) / 2] = -deterministicLog(-deterministicLog(u));
      }
    });
  }
  return out;
}

function floats(where: string, n: number, dtype: "float32" | "float64"): FloatSample {
  checkCount(where, n);
  return dtype === "float32" ? new Float32Array(n) : new Float64Array(n);
}

/** `n` numbers as `sampleUniformInto` draws them. */
export function sampleUniform(key: Key, n: number, dtype?: "float32"): Float32Array;
export function sampleUniform(key: Key, n: number, dtype: "float64"): Float64Array;
export function sampleUniform(key: Key, n: number, dtype: "float32" | "float64"): FloatSample;
export function sampleUniform(key: Key, n: number, dtype: "float32" | "float64" = "float32"): FloatSample {
  return sampleUniformInto(key, floats("sampleUniform", n, dtype));
}

/** `n` numbers as `sampleNormalInto` draws them. */
export function sampleNormal(key: Key, n: number, dtype?: "float32"): Float32Array;
export function sampleNormal(key: Key, n: number, dtype: "float64"): Float64Array;
export function sampleNormal(key: Key, n: number, dtype: "float32" | "float64"): FloatSample;
export function sampleNormal(key: Key, n: number, dtype: "float32" | "float64" = "float32"): FloatSample {
  return sampleNormalInto(key, floats("sampleNormal", n, dtype));
}

/** `n` numbers as `sampleGumbelInto` draws them. */
export function sampleGumbel(key: Key, n: number, dtype?: "float32"): Float32Array;
export function sampleGumbel(key: Key, n: number, dtype: "float64"): Float64Array;
export function sampleGumbel(key: Key, n: number, dtype: "float32" | "float64"): FloatSample;
export function sampleGumbel(key: Key, n: number, dtype: "float32" | "float64" = "float32"): FloatSample {
  return sampleGumbelInto(key, floats("sampleGumbel", n, dtype));
}
