import { OrreryError } from "../../../errors.ts";

/** How far energies lie above the lowest, per spin. */
export interface ResidualEnergy {
  readonly mean: number;
  /** Standard error of the mean; 0 for one energy. */
  readonly error: number;
  readonly median: number;
  readonly best: number;
  readonly worst: number;
  /** Energies that are the lowest. */
  readonly hits: number;
}

/**
 * `(E − E_0)/N` over restarts or samples; an energy within `tolerance` of the lowest hits it.
 * @throws OrreryError `argument` without energies or with a reference that is not finite.
 */
export function residualEnergy(
  energies: ArrayLike<number>,
  { lowest, spins, tolerance = 1e-9 * (1 + Math.abs(lowest)) }: { lowest: number; spins: number; tolerance?: number },
): ResidualEnergy {
  const n = energies.length;
  if (n === 0 || !Number.isFinite(lowest) || !(spins >= 1)) {
    throw new OrreryError("argument", `residualEnergy: expected energies and a finite lowest one; got ${n}, ${lowest}`);
  }
  const sorted = Float64Array.from(energies, (energy) => (energy - lowest) / spins).sort();
  const mean = sorted.reduce((sum, r) => sum + r, 0) / n;
  const squares = sorted.reduce((sum, r) => sum + (r - mean) ** 2, 0);
  return {
    mean,
    error: n > 1 ? Math.sqrt(squares / (n - 1) / n) : 0,
    median: (sorted[(n - 1) >> 1] + sorted[n >> 1]) / 2,
    best: sorted[0],
    worst: sorted[n - 1],
    hits: sorted.filter((r) => r * spins <= tolerance).length,
  };
}
