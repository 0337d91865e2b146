import type { BenchResult } from "../result.ts";
import { benchMemory } from "./memory.ts";
import { benchNetworks } from "./networks.ts";
import { benchSampler } from "./sampler.ts";

const parts: Readonly<Record<string, (args: readonly string[]) => Promise<BenchResult>>> = {
  sampler: benchSampler,
  networks: benchNetworks,
  memory: benchMemory,
};

/** `npm run bench -- ising sampler`, `npm run bench -- ising networks …` or `npm run bench -- ising memory`. */
export async function bench([part = "sampler", ...rest]: readonly string[]): Promise<BenchResult> {
  const run = parts[part];
  if (run === undefined) throw new Error(`bench ising: expected one of ${Object.keys(parts).join(", ")}; got ${part}`);
  return run(rest);
}
