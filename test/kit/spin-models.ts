import { key } from "../../src/engine/random/key.ts";
import { sampleIntegers, sampleNormal } from "../../src/engine/random/sample.ts";
import { IsingModel } from "../../src/instruments/ising/index.ts";

/** What a random model is like. */
export interface SpinModelOptions {
  readonly spins: number;
  readonly seed: number;
  /** Share of the pairs that interact; default 1. */
  readonly density?: number;
  /** Default integers in [−3, 3]; `real` is normal. */
  readonly numbers?: "integer" | "real";
  readonly hasFields?: boolean;
}

/** A model of random couplings, for tests. */
export function spinModel({ spins, seed, density = 1, numbers = "integer", hasFields }: SpinModelOptions): IsingModel {
  const pairs = Array.from({ length: spins }, (_, i) => Array.from({ length: i }, (_, j) => [j, i] as const)).flat();
  const [pick, weights, fieldKey] = key(seed).split(3);
  const draw = (k: typeof pick, n: number): number[] =>
    numbers === "real" ? [...sampleNormal(k, n, "float64")] : [...sampleIntegers(k, n, -3, 4)];
  const chosen = sampleIntegers(pick, pairs.length, 0, 1000);
  const kept = pairs.filter((_, k) => chosen[k] < 1000 * density);
  const couplings = { from: kept.map(([i]) => i), to: kept.map(([, j]) => j), weight: draw(weights, kept.length) };
  return new IsingModel({ spins, couplings, offset: 2, ...(hasFields ? { fields: draw(fieldKey, spins) } : {}) });
}

/** Every state of n spins. */
export function* allStates(n: number): Generator<Int8Array> {
  for (let c = 0; c < 2 ** n; c++) yield Int8Array.from({ length: n }, (_, i) => ((c >> i) & 1 ? 1 : -1));
}

/** The lowest energy by looking at every state. */
export function lowestEnergy(model: IsingModel): number {
  let lowest = Number.POSITIVE_INFINITY;
  for (const state of allStates(model.spins)) lowest = Math.min(lowest, model.energy(state));
  return lowest;
}
