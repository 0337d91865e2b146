/** Lags are added up until they exceed so many times the time itself (Sokal's window). */
const window = 6;

/**
 * Integrated autocorrelation time `τ = ½ + Σ_t ρ(t)` of a series, in its steps: n values are worth n/(2τ) independent ones. At least
 * ½; for a constant series ½.
 */
export function autocorrelationTime(series: ArrayLike<number>): number {
  const n = series.length;
  let mean = 0;
  for (let t = 0; t < n; t++) mean += series[t] / n;
  const covariance = (lag: number) => {
    let sum = 0;
    for (let t = lag; t < n; t++) sum += (series[t] - mean) * (series[t - lag] - mean);
    return sum / n;
  };
  const variance = covariance(0);
  if (!(variance > 1e-28 * mean * mean)) return 0.5;
  let time = 0.5;
  for (let lag = 1; lag < n && lag <= window * time; lag++) time += covariance(lag) / variance;
  return Math.max(0.5, time);
}
