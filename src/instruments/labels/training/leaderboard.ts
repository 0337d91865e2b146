import { OrreryError } from "../../../errors.ts";
import { studentTwoSided } from "../../../math/student-t.ts";

/** One run's figure, e.g. the test accuracy of the last epoch. */
export interface Result {
  readonly method: string;
  readonly seed: number;
  readonly value: number;
}

/** A method against the leader over the seeds that both have: differences are the leader's value minus the method's, better being positive. */
export interface Comparison {
  readonly seeds: number;
  readonly difference: number;
  /** The bounds of the paired t-test's 95 % interval; null with one seed. */
  readonly interval: readonly [number, number] | null;
  /** Two-sided p of the paired t-test; null with one seed. */
  readonly pairedT: number | null;
  /** `pairedT` for all comparisons with the leader together, by Holm's steps; null with one seed. */
  readonly holm: number | null;
  /** Seeds on which the leader is better, and worse; equal ones do not count. */
  readonly wins: number;
  readonly losses: number;
  /** Two-sided p of the sign test: at least 2^(1 − seeds), so that fewer than six seeds never reach 0.05. */
  readonly sign: number;
}

/** A method's place. */
export interface Standing {
  /** From 1. */
  readonly rank: number;
  readonly method: string;
  readonly mean: number;
  /** The sample's standard deviation; null with one seed. */
  readonly deviation: number | null;
  readonly seeds: number;
  /** Against the first place; null for itself, and where no seed is common. */
  readonly leader: Comparison | null;
}

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function deviationOf(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const mean = meanOf(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

/** `2 P(B ≥ max)` for `wins + losses` fair coins, at most 1. */
function signTest(wins: number, losses: number): number {
  const count = wins + losses;
  let [term, tail] = [0.5 ** count, 0];
  for (let k = 0; k <= Math.min(wins, losses); k++) {
    tail += term;
    term *= (count - k) / (k + 1);
  }
  return Math.min(1, 2 * tail);
}

/** The |t| that is exceeded with probability 0.05. */
function criticalT(degrees: number): number {
  let [low, high] = [0, 1e3];
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2;
    if (studentTwoSided(middle, degrees) > 0.05) low = middle;
    else high = middle;
  }
  return high;
}

function compare(differences: readonly number[]): Omit<Comparison, "holm"> {
  const seeds = differences.length;
  const difference = meanOf(differences);
  const wins = differences.filter((own) => own > 0).length;
  const losses = differences.filter((own) => own < 0).length;
  const deviation = deviationOf(differences);
  const shared = { seeds, difference, wins, losses, sign: signTest(wins, losses) };
  if (deviation === null) return { ...shared, interval: null, pairedT: null };
  const error = deviation / Math.sqrt(seeds);
  const t = error > 0 ? difference / error : difference === 0 ? 0 : Number.POSITIVE_INFINITY;
  const reach = error * criticalT(seeds - 1);
  return {
    ...shared,
    interval: [difference - reach, difference + reach],
    pairedT: studentTwoSided(t, seeds - 1),
  };
}

/** Holm's adjusted p: in ascending order the largest of `p_(i) (m − i)` so far, at most 1. */
function holmAdjusted(values: readonly (number | null)[]): (number | null)[] {
  const order = [...values.keys()]
    .filter((i) => values[i] !== null)
    .sort((a, b) => (values[a] as number) - (values[b] as number));
  const adjusted: (number | null)[] = values.map(() => null);
  let most = 0;
  for (const [place, i] of order.entries()) {
    most = Math.max(most, Math.min(1, (values[i] as number) * (order.length - place)));
    adjusted[i] = most;
  }
  return adjusted;
}

function valuesByMethod(results: readonly Result[]): Map<string, Map<number, number>> {
  const byMethod = new Map<string, Map<number, number>>();
  for (const { method, seed, value } of results) {
    if (!Number.isFinite(value)) {
      throw new OrreryError("argument", `leaderboard: ${method}, seed ${seed}: expected a finite value; got ${value}`);
    }
    const own = byMethod.get(method) ?? new Map<number, number>();
    if (own.has(seed)) {
      throw new OrreryError("argument", `leaderboard: ${method} has two values for seed ${seed}`, {
        hint: "Give one figure for each method and seed.",
      });
    }
    byMethod.set(method, own.set(seed, value));
  }
  return byMethod;
}

/**
 * Methods by their mean over seeds, each against the first by paired tests over the seeds that both have: the t-test, which takes
 * differences for normal, and the sign test, which does not. Runs that share a seed must share data and noise, or pairing says nothing.
 * The leader was chosen by the same numbers, so a p tells how surely the others are behind, not how good the leader is.
 * @param options.direction whether more is better (`up`, the default) or less
 * @throws OrreryError `argument` for a value that is not finite, or two of one method and seed.
 */
export function leaderboard(
  results: readonly Result[],
  { direction = "up" }: { readonly direction?: "up" | "down" } = {},
): Standing[] {
  const sign = direction === "up" ? 1 : -1;
  const rows = [...valuesByMethod(results)].map(([method, bySeed]) => {
    const values = [...bySeed].sort(([a], [b]) => a - b).map(([, value]) => value);
    return { method, bySeed, mean: meanOf(values), deviation: deviationOf(values), seeds: values.length };
  });
  rows.sort((a, b) => sign * (b.mean - a.mean) || a.method.localeCompare(b.method));
  const comparisons = rows.map(({ bySeed }, place) => {
    if (place === 0) return null;
    const leader = rows[0].bySeed;
    const differences = [...bySeed]
      .sort(([a], [b]) => a - b)
      .flatMap(([seed, value]) => {
        const best = leader.get(seed);
        return best === undefined ? [] : [sign * (best - value)];
      });
    return differences.length === 0 ? null : compare(differences);
  });
  const holm = holmAdjusted(comparisons.map((comparison) => comparison?.pairedT ?? null));
  return rows.map(({ method, mean, deviation, seeds }, place) => {
    const comparison = comparisons[place];
    return {
      ...{ rank: place + 1, method, mean, deviation, seeds },
      leader: comparison === null ? null : { ...comparison, holm: holm[place] },
    };
  });
}
