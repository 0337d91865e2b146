import type { BenchResult } from "../result.ts";
import { benchAnnealing } from "./annealing.ts";
import { benchInstances } from "./instances.ts";
import { benchMemory } from "./memory.ts";
import { benchNetworks } from "./networks.ts";
import { benchSampler } from "./sampler.ts";

const parts: Readonly<Record<string, (args: readonly string[]) => Promise<BenchResult>>> = {
  sampler: benchSampler,
  networks: benchNetworks,
  memory: benchMemory,
  annealing: benchAnnealing,
  gset: (args) => benchInstances("gset", args),
  biqmac: (args) => benchInstances("biqmac", args),
  glasses: (args) => benchInstances("glasses", args),
};

/**
 * Networks: `npm run bench -- ising sampler`, `… networks …`, `… memory`. Classical solvers against published values:
 * `… gset [G1 …]`, `… biqmac`, `… glasses`; beside dwave-samplers: `… annealing`.
 */
export async function bench([part = "sampler", ...rest]: readonly string[]): Promise<BenchResult> {
  const run = parts[part];
  if (run === undefined) throw new Error(`bench ising: expected one of ${Object.keys(parts).join(", ")}; got ${part}`);
  return run(rest);
}
