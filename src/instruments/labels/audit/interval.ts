/** An estimate and the bounds between which the middle 95 % of its bootstrap samples lie. */
export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/** The value below which a part of ascending values lies, between the two nearest ones. */
export function quantile(ascending: ArrayLike<number>, part: number): number {
  const place = part * (ascending.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, ascending.length - 1);
  return ascending[below] + (place - below) * (ascending[above] - ascending[below]);
}

/** The percentile interval of bootstrap samples, widened where the estimate lies outside; the estimate alone without samples. */
export function intervalOf(estimate: number, samples: ArrayLike<number>): Interval {
  if (samples.length === 0) return { estimate, low: estimate, high: estimate };
  const ascending = Float64Array.from(samples).sort();
  return {
    estimate,
    low: Math.min(estimate, quantile(ascending, 0.025)),
    high: Math.max(estimate, quantile(ascending, 0.975)),
  };
}
