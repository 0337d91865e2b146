import { key } from "../../../engine/random/key.ts";
import type { IsingModel } from "../model.ts";
import { kernelProblem } from "../solvers/kernel-problem.ts";
import { mostReplicas, pilotSteps, temperatureLadderOf } from "./ladder.ts";
import type { SampleOptions } from "./sample-thermal.ts";

/** Visits of a spin in the probe: some ten milliseconds. */
const probedVisits = 1e6;
/** Larger models are not probed: to lay them out for all replicas takes longer than a form may wait. */
const mostEntries = 2e6;

/** What sampling takes here. */
export interface ThermalEstimate {
  readonly seconds: number;
  /** Of a visit of every spin of one replica. */
  readonly sweepSeconds: number;
  readonly replicas: number;
}

/**
 * What `sampleThermal` is likely to take on a processor of this machine, by a short pilot of its own that tells the time of a sweep and how many
 * temperatures are needed; undefined for models too large for that.
 */
export function estimateThermal(
  model: IsingModel,
  { beta, samples = 1000, sweepsBetween = 10, burnIn = 1000, replicas }: Omit<SampleOptions, "key">,
): ThermalEstimate | undefined {
  if (mostReplicas * model.spins + 2 * model.pairs > mostEntries) return undefined;
  const problem = kernelProblem(model, { configurations: mostReplicas });
  const start = problem.kernel.mark();
  // Where random states begin to settle matters little to a pilot, and takes longer to find than all the rest.
  const pilot = (sweeps: number) => {
    problem.kernel.release(start);
    return temperatureLadderOf(problem, { beta, hot: beta / 8, sweeps, ...(replicas ? { replicas } : {}) }, key(0));
  };
  pilot(2);
  const sweeps = Math.max(8, Math.min(burnIn, Math.floor(probedVisits / (pilotSteps * model.spins))));
  // The processor's time, not the clock's: what else the machine does just now is not what it does later.
  const before = process.cpuUsage();
  const betas = pilot(sweeps);
  const { user, system } = process.cpuUsage(before);
  const sweepSeconds = (user + system) / 1e6 / (sweeps * pilotSteps);
  const all = burnIn * pilotSteps + (burnIn + samples * sweepsBetween) * betas.length;
  return { seconds: all * sweepSeconds, sweepSeconds, replicas: betas.length };
}
