import { type Key, sampleBitsInto } from "../../../engine/index.ts";

/** Cumulative probabilities of a Poisson number of mean 1, in units of 2⁻¹⁶. */
const bounds = (() => {
  const result: number[] = [];
  let [term, sum] = [Math.exp(-1), 0];
  for (let count = 0; count < 8; count++) {
    sum += term;
    result.push(Math.round(sum * 65536));
    term /= count + 1;
  }
  return result;
})();

/** How often a draw of 16 bits repeats its row. */
const repeats = Uint8Array.from({ length: 65536 }, (_, draw) => {
  const count = bounds.findIndex((bound) => draw < bound);
  return count < 0 ? bounds.length : count;
});

/**
 * How often each row stands in one bootstrap sample: independent Poisson numbers of mean 1, which is what drawing n of n rows gives for many
 * rows. Fills `weights`. A row is repeated up to 8 times, and probabilities are whole multiples of 2⁻¹⁶.
 */
export function poissonWeights(key: Key, weights: Uint8Array): void {
  const bits = new Uint16Array(sampleBitsInto(key, new Uint32Array(Math.ceil(weights.length / 2))).buffer);
  for (let row = 0; row < weights.length; row++) weights[row] = repeats[bits[row]];
}
