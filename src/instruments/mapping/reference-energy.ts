import type { AccessEnergy } from "./architecture.ts";

/**
 * Energy of one vector access in picojoules (45 nm) of the levels in the published reference designs, keyed by
 * `name/wordBits/entries`. Recovered by least squares from the energies Timeloop printed; the residual is below 1e-7,
 * except for the one-level toy, whose printed energies are rounded to 1e-4.
 */
const table: Readonly<Record<string, readonly [read: number, write: number]>> = {
  "psum_spad/16/24": [0.30161, 0.30161],
  "psum_spad/8/48": [0.30161, 0.30161],
  "psum_spad/32/24": [0.44561, 0.44561],
  "weights_spad/16/224": [0.75891, 1.17943],
  "weights_spad/8/448": [0.75891, 1.17943],
  "weights_spad/8/336": [0.70363, 1.01518],
  "weights_spad/32/224": [1.96164, 1.96164],
  "ifmap_spad/16/12": [0.23632, 0.23632],
  "ifmap_spad/8/24": [0.23632, 0.23632],
  "ifmap_spad/32/12": [0.38032, 0.38032],
  "shared_glb/16/51200": [67.9377, 68.7512],
  "shared_glb/8/102400": [67.9377, 68.7512],
  "shared_glb/32/25600": [67.9377, 68.7512],
  "PEWeightRegs/16/1": [0.981156, 0.981156],
  "PEWeightRegs/8/1": [0.489008, 0.489008],
  "PEWeightRegs/32/1": [1.974874, 1.974874],
  "PEAccuBuffer/16/128": [1.00522, 1.00522],
  "PEAccuBuffer/24/128": [1.00522, 1.00522],
  "PEAccuBuffer/32/128": [1.00522, 1.00522],
  "PEWeightBuffer/16/16384": [44.75984, 44.75984],
  "PEWeightBuffer/8/32768": [44.75984, 44.75984],
  "PEWeightBuffer/8/24576": [33.61808, 33.61808],
  "PEWeightBuffer/32/8192": [44.75984, 44.75984],
  "PEInputBuffer/16/32768": [97.18672, 97.18672],
  "PEInputBuffer/8/65536": [97.18672, 97.18672],
  "PEInputBuffer/32/16384": [97.18672, 97.18672],
  "GlobalBuffer/16/32768": [167.0908, 182.7858],
  "GlobalBuffer/8/65536": [167.0908, 182.7858],
  "GlobalBuffer/32/16384": [167.0908, 182.7858],
  "DRAM/8/Infinity": [512, 512],
  "DRAM/16/Infinity": [512, 512],
  "DRAM/32/Infinity": [512, 512],
  "Buffer/8/64": [0.42018, 0.42018],
  "RegisterFile/8/64": [0.42018, 0.42018],
  "GlobalBuffer/8/262144": [102.865, 96.3011],
  "MainMemory/8/Infinity": [2048, 2048],
};

/** The recovered access energy of a level of a published design; undefined for any other level. */
export function referenceEnergy(name: string, wordBits: number, entries: number): AccessEnergy | undefined {
  const found = table[`${name}/${wordBits}/${entries}`];
  return found === undefined ? undefined : { read: found[0], write: found[1] };
}
