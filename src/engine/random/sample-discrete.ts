import { OrreryError } from "../../errors.ts";
import { type Key, keyDomains } from "./key.ts";
import { checkCount, eachChunk, sampleUniform } from "./sample-continuous.ts";
import { threefryBlocks } from "./threefry.ts";

const retry = new Uint32Array(2);

/** floor(word · range / 2^32) without losing a bit, for word < 2^32 and range ≤ 2^32. */
function scaled(word: number, range: number): number {
  const low = range & 0xffff;
  const high = (range - low) / 65536;
  return Math.floor((word * high + Math.floor((word * low) / 65536)) / 65536);
}

/**
 * An exactly uniform integer in [0, range): `word` scaled, unless it is one of the 2^32 mod range words that would make a bias;
 * then further blocks, which no other element or sampler uses, are tried until one is accepted.
 * Lemire, "Fast random integer generation in an interval", ACM TOMACS 29 (2019), algorithm 5.
 */
function uniformInteger(key: readonly [number, number], index: number, word: number, range: number): number {
  let product = Math.imul(word, range) >>> 0;
  if (product >= range) return scaled(word, range);
  const threshold = (2 ** 32 - range) % range;
  let accepted = word;
  for (let attempt = 1; product < threshold; attempt++) {
    threefryBlocks(key[0], key[1], keyDomains.sample | (attempt << 8), index, 1, retry);
    accepted = retry[0];
    product = Math.imul(accepted, range) >>> 0;
  }
  return scaled(accepted, range);
}

/**
 * Fills `out` with integers in [low, high), each exactly equally likely, and returns it.
 * @throws OrreryError `argument` unless `low` and `high` are integers with -2^31 ≤ low < high ≤ 2^31
 */
export function sampleIntegersInto(key: Key, out: Int32Array, low: number, high: number): Int32Array {
  const isValid = Number.isInteger(low) && Number.isInteger(high) && low >= -(2 ** 31) && high <= 2 ** 31;
  if (!isValid || low >= high) {
    throw new OrreryError(
      "argument",
      `sampleIntegers: expected integers low < high in [-2^31, 2^31]; got low ${low}, high ${high}`,
      { hint: "high itself is not drawn: a die is sampleIntegers(key, n, 1, 7)." },
    );
  }
  const { words: keyWords } = key;
  eachChunk(key, out.length, (bits, offset, words) => {
    for (let i = 0; i < words; i++) out[offset + i] = low + uniformInteger(keyWords, offset + i, bits[i], high - low);
  });
  return out;
}

/** `n` integers in [low, high), as `sampleIntegersInto` draws them. */
export function sampleIntegers(key: Key, n: number, low: number, high: number): Int32Array {
  checkCount("sampleIntegers", n);
  return sampleIntegersInto(key, new Int32Array(n), low, high);
}

/** Fills `out` with 0 … out.length - 1 in an order of which all are equally likely, and returns it. A longer permutation is another one. */
export function samplePermutationInto(key: Key, out: Int32Array): Int32Array {
  const { words: keyWords } = key;
  eachChunk(key, out.length, (bits, offset, words) => {
    for (let i = offset; i < offset + words; i++) {
      const j = uniformInteger(keyWords, i, bits[i - offset], i + 1);
      out[i] = out[j];
      out[j] = i;
    }
  });
  return out;
}

/** 0 … n - 1 shuffled, as `samplePermutationInto` does: Fisher and Yates' shuffle, inside out. */
export function samplePermutation(key: Key, n: number): Int32Array {
  checkCount("samplePermutation", n);
  return samplePermutationInto(key, new Int32Array(n));
}

/** Fills `out` with ones of probability `p` (to 2^-32; 0 and 1 exactly) and zeros, and returns it. @throws OrreryError `argument` unless 0 ≤ p ≤ 1. */
export function sampleBernoulliInto(key: Key, out: Uint8Array, p: number): Uint8Array {
  if (!(p >= 0 && p <= 1)) {
    throw new OrreryError("argument", `sampleBernoulli: the probability must be in [0, 1]; got ${p}`);
  }
  const last = Math.ceil(p * 2 ** 32) - 1;
  eachChunk(key, out.length, (bits, offset, words) => {
    for (let i = 0; i < words; i++) out[offset + i] = 1 + Math.floor((last - bits[i]) * 2 ** -32);
  });
  return out;
}

/** `n` ones and zeros, as `sampleBernoulliInto` draws them. */
export function sampleBernoulli(key: Key, n: number, p: number): Uint8Array {
  checkCount("sampleBernoulli", n);
  return sampleBernoulliInto(key, new Uint8Array(n), p);
}

function cumulative(probabilities: ArrayLike<number>): Float64Array {
  const sums = new Float64Array(probabilities.length);
  let total = 0;
  for (let i = 0; i < sums.length; i++) {
    if (!(probabilities[i] >= 0)) {
      throw new OrreryError(
        "argument",
        `sampleCategorical: probabilities must not be negative; got ${probabilities[i]} at index ${i}`,
      );
    }
    total += probabilities[i];
    sums[i] = total;
  }
  if (!(total > 0 && total < Number.POSITIVE_INFINITY)) {
    throw new OrreryError(
      "argument",
      `sampleCategorical: probabilities must have a positive, finite sum; got ${total}`,
    );
  }
  return sums;
}

/** The first index whose cumulative sum is above `x`: never one of probability zero. */
function indexAbove(sums: Float64Array, x: number): number {
  let first = 0;
  let last = sums.length - 1;
  while (first < last) {
    const middle = (first + last) >>> 1;
    if (sums[middle] > x) last = middle;
    else first = middle + 1;
  }
  return first;
}

/**
 * `n` indices drawn with the given probabilities, by inversion: a float64 uniform number searched in the cumulative sums, O(log classes) each.
 * @param probabilities non-negative weights with a positive sum; they are divided by it
 * @throws OrreryError `argument` for weights that are no distribution
 */
export function sampleCategorical(key: Key, n: number, probabilities: ArrayLike<number>): Int32Array {
  checkCount("sampleCategorical", n);
  const sums = cumulative(probabilities);
  const total = sums[sums.length - 1];
  const uniform = sampleUniform(key, n, "float64");
  // Rounding may carry u · total up to the total itself, which no sum exceeds.
  const largest = total * (1 - 2 ** -53);
  const out = new Int32Array(n);
  for (let i = 0; i < n; i++) out[i] = indexAbove(sums, Math.min(uniform[i] * total, largest));
  return out;
}
