import { type Key, key } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import type { IsingModel } from "../model.ts";
import { annealNetwork } from "../neural/anneal-network.ts";
import type { AnnealNetworkOptions } from "../neural/anneal-options.ts";
import { solve } from "../solve.ts";
import { classicalMethod } from "./classical-method.ts";
import type { CompareFlags } from "./compare.ts";
import { type ComparedMethod, comparedNetworks, isNetwork } from "./compared-methods.ts";
import { annealOptionsOf } from "./network-options.ts";
import { roundingOf } from "./reference.ts";

/** A better state and when a search met it. */
export interface Moment {
  readonly seconds: number;
  readonly energy: number;
}

/** One search of a method with a seed, as plain data. */
export interface TimedSearch {
  readonly method: ComparedMethod;
  readonly seed: number;
  readonly energy: number;
  /** Every better state, the last of `energy`. */
  readonly moments: readonly Moment[];
  readonly seconds: number;
  /** Finished restarts, and those that ended with `energy`; classical methods alone. */
  readonly restarts?: { readonly count: number; readonly atBest: number };
  /** Networks alone: the distribution that training ended with. */
  readonly final?: { readonly meanEnergy: number; readonly shareAtBest: number; readonly isCollapsed: boolean };
}

/** Runs one search for the wall time that the flags give. @throws OrreryError `cancelled`. */
export async function searchTimed(
  model: IsingModel,
  method: ComparedMethod,
  options: { readonly flags: CompareFlags; readonly seed: number; readonly signal: AbortSignal },
): Promise<TimedSearch> {
  return isNetwork(method)
    ? await searchByNetwork(model, method, options)
    : await searchClassically(model, method, options);
}

type Options = Parameters<typeof searchTimed>[2];

const cancelled = () => new OrreryError("cancelled", "ising compare: cancelled");

async function searchClassically(
  model: IsingModel,
  method: Exclude<ComparedMethod, keyof typeof comparedNetworks>,
  { flags, seed, signal }: Options,
): Promise<TimedSearch> {
  const [searchKey, rangeKey] = key(seed).split(2);
  const moments: Moment[] = [];
  const result = await solve(model, {
    ...{ key: searchKey, method: classicalMethod(method, flags, model, rangeKey) },
    ...{ workers: flags.threads === 1 ? 0 : flags.threads, maxSeconds: flags.seconds, signal },
    observer: (event) => {
      if (event.kind !== "improved") return;
      moments.push({ seconds: event.seconds, energy: model.energyOfObjective(event.objective) });
    },
  });
  if (result.status === "cancelled") throw cancelled();
  const { energy } = result.best;
  const bound = energy + roundingOf({ energy });
  const atBest = result.restarts.filter((restart) => restart.energy <= bound).length;
  return {
    method,
    seed,
    energy,
    moments,
    seconds: result.seconds,
    restarts: { count: result.restarts.length, atBest },
  };
}

async function searchByNetwork(
  model: IsingModel,
  method: keyof typeof comparedNetworks,
  { flags, seed, signal }: Options,
): Promise<TimedSearch> {
  const given = annealOptionsOf(flags, { from: flags.betaFrom, to: flags.betaTo });
  const options: AnnealNetworkOptions = {
    ...given,
    network: { ...given.network, ...comparedNetworks[method] },
    ...{ key: key(seed), polish: flags.polish, threads: flags.threads, signal },
  };
  const annealing = { ...options.annealing, ...(await scheduleFor(model, options, flags)) };
  const startedAt = performance.now();
  const moments: Moment[] = [];
  const result = await annealNetwork(model, {
    ...{ ...options, annealing, maxSeconds: flags.seconds },
    observer: (event) => {
      if (event.kind !== "improved") return;
      moments.push({ seconds: (performance.now() - startedAt) / 1000, energy: event.best.energy });
    },
  });
  if (result.status === "cancelled") throw cancelled();
  const { best, final, collapse, seconds } = result;
  // The final samples may hold a better state than all steps.
  if ((moments.at(-1)?.energy ?? Number.POSITIVE_INFINITY) > best.energy)
    moments.push({ seconds, energy: best.energy });
  return {
    ...{ method, seed, energy: best.energy, moments, seconds },
    final: { meanEnergy: final.meanEnergy, shareAtBest: final.shareAtBest, isCollapsed: collapse !== null },
  };
}

const timedSteps = 12;
/** Part of the time that a schedule fills: steps are not all alike. */
const filledShare = 0.9;

/** A schedule of about as many steps as the time allows, from a few steps that are timed and do not count. */
async function scheduleFor(
  model: IsingModel,
  options: AnnealNetworkOptions,
  { seconds, training }: CompareFlags,
): Promise<{ readonly levels: number; readonly stepsPerLevel: number; readonly warmUp: number }> {
  const times: number[] = [];
  const timing: Key = key(0);
  const { seconds: whole } = await annealNetwork(model, {
    ...{ ...options, key: timing },
    annealing: { ...options.annealing, levels: 1, stepsPerLevel: timedSteps, warmUp: 0 },
    observer: (event) => {
      if (event.kind === "step") times.push(event.durationMs / 1000);
    },
  });
  if (options.signal?.aborted) throw cancelled();
  // The first steps are slower than those to come.
  const step = times.slice(times.length >> 1).sort((a, b) => a - b)[times.length >> 2];
  const overhead = Math.max(0, whole - step * times.length);
  const steps = Math.max(2, Math.floor((filledShare * Math.max(0, seconds - overhead)) / step));
  const warmUp = Math.min(training.warmUp, Math.floor(steps / 10));
  const levels = Math.min(training.levels, steps - warmUp);
  return { levels, stepsPerLevel: Math.max(1, Math.floor((steps - warmUp) / levels)), warmUp };
}
