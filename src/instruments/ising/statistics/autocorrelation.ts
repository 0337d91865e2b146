/** Lags are added up until they exceed so many times the time itself (Sokal's window). */
const window = 6;

/**
 * Integrated autocorrelation time `τ = ½ + Σ_t ρ(t)` of a series, in its steps: n values are worth n/(2τ) independent ones. At least
 * ½; for a constant series ½.
 */
export function autocorrelationTime(series: ArrayLike<number>): number {
  const correlation = correlationOf(series);
  let time = 0.5;
  for (let lag = 1; lag < series.length && lag <= window * time; lag++) time += correlation(lag);
  return Math.max(0.5, time);
}

/** The correlation ρ(t) of a series with itself t steps later, for t from 0 to `lags`; 0 behind its first value where it is constant. */
export function autocorrelation(series: ArrayLike<number>, lags: number): Float64Array {
  const correlation = correlationOf(series);
  const length = Math.min(series.length, lags + 1);
  return Float64Array.from({ length }, (_, lag) => (lag === 0 ? 1 : correlation(lag)));
}

function correlationOf(series: ArrayLike<number>): (lag: number) => number {
  const n = series.length;
  let mean = 0;
  for (let t = 0; t < n; t++) mean += series[t] / n;
  const covariance = (lag: number) => {
    let sum = 0;
    for (let t = lag; t < n; t++) sum += (series[t] - mean) * (series[t - lag] - mean);
    return sum / n;
  };
  const variance = covariance(0);
  return variance > 1e-28 * mean * mean ? (lag) => covariance(lag) / variance : () => 0;
}
