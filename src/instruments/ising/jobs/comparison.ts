import { studentTwoSided } from "../../../math/student-t.ts";
import { type ResidualEnergy, residualEnergy } from "../statistics/residual-energy.ts";
import { type TimeToSolution, timeToSolution } from "../statistics/time-to-solution.ts";
import type { ComparedMethod } from "./compared-methods.ts";
import { roundingOf } from "./reference.ts";
import type { TimedSearch } from "./timed-search.ts";

/** What the searches of one method came to. */
export interface MethodScore {
  readonly method: ComparedMethod;
  readonly searches: readonly TimedSearch[];
  /** Of the best states, over seeds. */
  readonly residual: ResidualEnergy;
  readonly time: TimeToSolution;
  /**
   * What `time` counts as one trial: a restart, or where restarts grow or there are none a search, ended at the time of the slowest that
   * met the target.
   */
  readonly trial: "restart" | "search";
  readonly trials: number;
  readonly successes: number;
  /** Mean wall time of a search. */
  readonly seconds: number;
  /** Mean residual of the final samples over seeds; networks alone. */
  readonly finalResidual?: number;
  readonly collapsed?: number;
}

/** What the scores are measured by. */
export interface Target {
  readonly energy: number;
  readonly spins: number;
}

/** The score of one method's searches at a target energy. */
export function scoreOf(
  method: ComparedMethod,
  searches: readonly TimedSearch[],
  { energy: lowest, spins }: Target,
): MethodScore {
  const tolerance = roundingOf({ energy: lowest });
  const isHit = (energy: number) => energy <= lowest + tolerance;
  // What differs by rounding alone is the target itself.
  const residual = residualEnergy(
    searches.map(({ energy }) => (isHit(energy) ? lowest : energy)),
    { lowest, spins, tolerance },
  );
  const restarts = searches.reduce((sum, search) => sum + (search.restarts?.count ?? 0), 0);
  const isByRestart = method !== "memetic" && restarts > 0;
  const successes = isByRestart
    ? searches.reduce((sum, { energy, restarts: r }) => sum + (isHit(energy) ? (r?.atBest ?? 0) : 0), 0)
    : searches.filter(({ energy }) => isHit(energy)).length;
  const trials = isByRestart ? restarts : searches.length;
  const used = searches.reduce((sum, search) => sum + search.seconds, 0);
  const finals = searches.flatMap(({ final }) => final ?? []);
  return {
    ...{ method, searches, residual, trials, successes },
    trial: isByRestart ? "restart" : "search",
    time: timeToSolution({
      ...{ successes, trials, isCutAtLastSuccess: !isByRestart },
      seconds: isByRestart ? used / trials : slowestHit(searches, isHit),
    }),
    seconds: used / searches.length,
    ...(finals.length === 0
      ? {}
      : {
          finalResidual: finals.reduce((sum, { meanEnergy }) => sum + (meanEnergy - lowest) / spins, 0) / finals.length,
          collapsed: finals.filter(({ isCollapsed }) => isCollapsed).length,
        }),
  };
}

/** The time within which all searches that met the target had met it; that of the longest search where none did. */
function slowestHit(searches: readonly TimedSearch[], isHit: (energy: number) => boolean): number {
  const hits = searches.flatMap(({ moments }) => moments.find(({ energy }) => isHit(energy))?.seconds ?? []);
  return Math.max(...(hits.length > 0 ? hits : searches.map(({ seconds }) => seconds)));
}

/** Residual energies of two methods seed by seed. */
export interface PairedDifference {
  /** Mean of the first less the second; below 0 the first is better. */
  readonly mean: number;
  readonly error: number;
  /** Two-sided, of a paired t-test; 1 where all differences are 0. */
  readonly pValue: number;
  readonly seeds: number;
}

/** Compares what a number of two methods' searches is, paired by seed. @returns undefined for fewer than two seeds. */
export function pairedDifference(
  first: MethodScore,
  second: MethodScore,
  numberOf: (search: TimedSearch) => number,
): PairedDifference | undefined {
  const bySeed = new Map(second.searches.map((search) => [search.seed, search]));
  const differences = first.searches.flatMap((search) => {
    const other = bySeed.get(search.seed);
    return other === undefined ? [] : [numberOf(search) - numberOf(other)];
  });
  const seeds = differences.length;
  if (seeds < 2) return undefined;
  const mean = differences.reduce((sum, d) => sum + d, 0) / seeds;
  const error = Math.sqrt(differences.reduce((sum, d) => sum + (d - mean) ** 2, 0) / (seeds - 1) / seeds);
  const pValue = mean === 0 && error === 0 ? 1 : studentTwoSided(mean / error, seeds - 1);
  return { mean, error, pValue, seeds };
}

/** The mean over searches of the residual energy per spin at a time; undefined before every search has met a state. */
export function residualAt({ searches }: MethodScore, { energy, spins }: Target, seconds: number): number | undefined {
  let sum = 0;
  for (const { moments } of searches) {
    const met = moments.findLast((moment) => moment.seconds <= seconds);
    if (met === undefined) return undefined;
    sum += Math.max(0, (met.energy - energy) / spins) / searches.length;
  }
  return sum;
}
