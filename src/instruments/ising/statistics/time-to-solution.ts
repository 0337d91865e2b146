import { OrreryError } from "../../../errors.ts";
import { incompleteBeta } from "../../../math/student-t.ts";

/** Independent restarts and how many met the target. */
export interface RestartCount {
  readonly successes: number;
  readonly trials: number;
  /** Time of one restart. */
  readonly seconds: number;
  /** Whether `seconds` was not fixed beforehand but is when the last success came; default false. */
  readonly isCutAtLastSuccess?: boolean;
}

/** The time until the target is met with a wanted probability. */
export interface TimeToSolution {
  /** +∞ where no restart met it. */
  readonly seconds: number;
  /** Ends of the credible interval; `high` is +∞ where no restart met the target. */
  readonly low: number;
  readonly high: number;
  /** The chance of one restart: the posterior's median. */
  readonly probability: number;
}

/** The x with `I_x(a, b) = share`, by bisection. */
function betaQuantile(share: number, a: number, b: number): number {
  let [low, high] = [0, 1];
  for (let step = 0; step < 200 && high - low > 1e-16 * high; step++) {
    const middle = (low + high) / 2;
    if (incompleteBeta(middle, a, b) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * Time to solution `t · max(1, ln(1 − confidence)/ln(1 − p))` (Rønnow et al., Science 345, 420, 2014). The chance p of one restart, k of n
 * met, has the posterior Beta(k + ½, n − k + ½) of Jeffreys' prior, whose quantiles give the interval. Where t is the time of the last
 * success, as long as the successes made it, that would lean towards short times; the chance to succeed before the k-th of n times is
 * Beta(k, n − k + 1), whatever the times' distribution (order statistics), and p is that.
 * @throws OrreryError `argument` unless 0 ≤ successes ≤ trials, trials ≥ 1, seconds ≥ 0 and both shares lie in (0, 1).
 */
export function timeToSolution(
  { successes, trials, seconds, isCutAtLastSuccess = false }: RestartCount,
  { confidence = 0.99, credibility = 0.95 }: { confidence?: number; credibility?: number } = {},
): TimeToSolution {
  if (
    !(Number.isInteger(trials) && trials >= 1 && Number.isInteger(successes) && successes >= 0 && successes <= trials)
  ) {
    throw new OrreryError("argument", `timeToSolution: expected 0 ≤ successes ≤ trials; got ${successes} of ${trials}`);
  }
  if (!(seconds >= 0 && [confidence, credibility].every((share) => share > 0 && share < 1))) {
    const got = `${seconds} s, ${confidence} and ${credibility}`;
    throw new OrreryError(
      "argument",
      `timeToSolution: expected seconds of at least 0 and shares in (0, 1); got ${got}`,
    );
  }
  const isMet = successes > 0;
  const shift = isCutAtLastSuccess && isMet ? 0 : 0.5;
  const quantile = (share: number) => betaQuantile(share, successes + shift, trials - successes + 1 - shift);
  const time = (p: number) => seconds * Math.max(1, Math.log(1 - confidence) / Math.log1p(-p));
  const probability = quantile(0.5);
  return {
    seconds: isMet ? time(probability) : Number.POSITIVE_INFINITY,
    low: time(quantile((1 + credibility) / 2)),
    high: isMet ? time(quantile((1 - credibility) / 2)) : Number.POSITIVE_INFINITY,
    probability,
  };
}
