import type { Key } from "../../../engine/random/key.ts";
import { sampleBernoulli } from "../../../engine/random/sample.ts";
import type { IsingModel } from "../model.ts";

/** The spins that nothing holds: without neighbours and without field. */
export function freeSpinsOf({ spins, rowStart, fields }: IsingModel): Int32Array {
  return Int32Array.from({ length: spins }, (_, i) => i).filter(
    (i) => rowStart[i] === rowStart[i + 1] && fields[i] === 0,
  );
}

/** Draws the free spins of a state anew: Metropolis accepts each of their flips, so that they only turn back and forth. */
export function redrawFree(state: Int8Array, free: Int32Array, key: Key): Int8Array {
  if (free.length === 0) return state;
  const bits = sampleBernoulli(key, free.length, 0.5);
  free.forEach((i, k) => {
    state[i] = Number(bits[k]) === 1 ? 1 : -1;
  });
  return state;
}
