import { OrreryError } from "../../../errors.ts";

/** The overlaps `q = Σ_i s_i s'_i / N` of all pairs of states. */
export interface OverlapStatistics {
  readonly pairs: number;
  readonly mean: number;
  /** ⟨|q|⟩, ⟨q²⟩. */
  readonly meanAbsolute: number;
  readonly meanSquare: number;
  /** Binder's ratio `(3 − ⟨q⁴⟩/⟨q²⟩²)/2`: 0 for a Gaussian, 1 where all |q| agree; NaN where all q vanish. */
  readonly binder: number;
  /** Pairs in equal parts of [−1, 1], the last with its upper end. */
  readonly histogram: readonly { readonly from: number; readonly to: number; readonly count: number }[];
}

/**
 * Statistics of the overlaps between states, weighted alike; of independent equilibrium states it is Parisi's P(q).
 * @throws OrreryError `argument` for fewer than two states or bins below 1, `shape` for states of different lengths.
 */
export function overlapStatistics(states: readonly ArrayLike<number>[], bins = 41): OverlapStatistics {
  if (states.length < 2 || !Number.isInteger(bins) || bins < 1) {
    throw new OrreryError(
      "argument",
      `overlapStatistics: expected two states and a bin; got ${states.length} and ${bins}`,
    );
  }
  const n = states[0].length;
  const odd = states.findIndex((state) => state.length !== n);
  if (odd >= 0) {
    throw new OrreryError(
      "shape",
      `overlapStatistics: expected states of ${n} spins; got ${states[odd].length} (state ${odd})`,
    );
  }
  const counts = new Float64Array(bins);
  let [mean, absolute, square, fourth] = [0, 0, 0, 0];
  for (let a = 1; a < states.length; a++) {
    for (let b = 0; b < a; b++) {
      let q = 0;
      for (let i = 0; i < n; i++) q += states[a][i] * states[b][i];
      q /= n;
      mean += q;
      absolute += Math.abs(q);
      square += q * q;
      fourth += q ** 4;
      counts[Math.min(bins - 1, Math.floor(((q + 1) / 2) * bins))]++;
    }
  }
  const pairs = (states.length * (states.length - 1)) / 2;
  const edge = (bin: number) => (2 * bin) / bins - 1;
  return {
    pairs,
    mean: mean / pairs,
    meanAbsolute: absolute / pairs,
    meanSquare: square / pairs,
    binder: (3 - (fourth * pairs) / square ** 2) / 2,
    histogram: Array.from(counts, (count, bin) => ({ from: edge(bin), to: edge(bin + 1), count })),
  };
}
