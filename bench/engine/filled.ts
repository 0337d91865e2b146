/** Numbers in [offset − scale, offset + scale) from an integer generator that every language reproduces exactly. */
export function filled(count: number, seed: number, scale = 1, offset = 0): Float32Array {
  const values = new Float32Array(count);
  let state = seed >>> 0;
  for (let i = 0; i < count; i++) {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    values[i] = offset + scale * ((state >>> 8) / 2 ** 23 - 1);
  }
  return values;
}

/** Integers in [0, bound) from the same generator. */
export function integers(count: number, seed: number, bound: number): Int32Array {
  return Int32Array.from(filled(count, seed), (value) => Math.floor(((value + 1) / 2) * bound));
}
