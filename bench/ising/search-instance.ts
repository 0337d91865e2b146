import { key } from "../../src/engine/index.ts";
import { type IsingModel, solve } from "../../src/instruments/ising/index.ts";

/** One instance that was searched. */
export interface InstanceCell {
  readonly instance: string;
  readonly spins: number;
  /** The published value, best known or optimal. */
  readonly published: number;
  /** In the same units. */
  readonly found: number;
  /** How much worse than the published value, in percent of it; below 0 where it is better. */
  readonly gapPercent: number;
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  /** Processor seconds allowed. */
  readonly limitCpuSeconds: number;
  readonly seed: number;
}

/** What is searched, and for how long. */
export interface SearchTask {
  readonly model: IsingModel;
  readonly instance: string;
  readonly published: number;
  /** How close a real number must come. */
  readonly tolerance?: number;
  /** The search ends when so much of the processors is used: on a busy machine the wall clock says nothing. */
  readonly limitCpuSeconds: number;
  readonly workers: number;
  readonly seed: number;
}

/** Searches with the default method until the published value is met or the time is used up. */
export async function searchInstance(task: SearchTask): Promise<InstanceCell> {
  const { model, instance, published, tolerance = 0, limitCpuSeconds, workers, seed } = task;
  const start = process.cpuUsage();
  const cpuSeconds = () => {
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1e6;
  };
  const stop = new AbortController();
  const clock = setInterval(() => {
    if (cpuSeconds() >= limitCpuSeconds) stop.abort();
  }, 50);
  const target = model.sense === "minimize" ? published + tolerance : published - tolerance;
  const { best, seconds } = await solve(model, {
    ...{ key: key(seed), workers, target, signal: stop.signal, maxSeconds: 20 * limitCpuSeconds },
  });
  clearInterval(clock);
  const worse = model.sense === "minimize" ? best.objective - published : published - best.objective;
  const gapPercent = Math.abs(worse) <= tolerance ? 0 : (100 * worse) / Math.abs(published);
  const rounded = (x: number) => Number(x.toFixed(3));
  return {
    ...{ instance, spins: model.spins, published, found: best.objective, gapPercent: Number(gapPercent.toFixed(5)) },
    ...{ wallSeconds: rounded(seconds), cpuSeconds: rounded(cpuSeconds()), limitCpuSeconds, seed },
  };
}
