import { OrreryError } from "../../../errors.ts";

/**
 * Split R̂ (Gelman et al., Bayesian Data Analysis, 3rd ed., §11.4): how much wider the distribution of all chains is than that of each half
 * of one, `√((W (n − 1)/n + B/n)/W)` with the variance W within halves of n values and B/n between their means. Near 1 where
 * chains agree, above 1.01 they have not met. 1 where nothing varies, +∞ where halves are constant and differ.
 * @param chains at least one, each of the same number of values ≥ 4
 * @throws OrreryError `argument` for fewer values, `shape` for chains of different lengths.
 */
export function potentialScaleReduction(chains: readonly ArrayLike<number>[]): number {
  const length = chains[0]?.length ?? 0;
  if (length < 4) {
    throw new OrreryError("argument", `potentialScaleReduction: expected chains of at least 4 values; got ${length}`);
  }
  const odd = chains.findIndex((chain) => chain.length !== length);
  if (odd >= 0) {
    const got = `${chains[odd].length} (chain ${odd})`;
    throw new OrreryError("shape", `potentialScaleReduction: expected chains of ${length} values; got ${got}`);
  }
  const n = length >> 1;
  const halves = chains.flatMap((chain) => [Array.from(chain).slice(0, n), Array.from(chain).slice(length - n)]);
  const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
  const variance = (values: readonly number[]) => {
    const center = mean(values);
    return values.reduce((sum, x) => sum + (x - center) ** 2, 0) / (values.length - 1);
  };
  const within = mean(halves.map(variance));
  const between = variance(halves.map(mean));
  const rounding = 1e-24 * (1 + mean(halves.map(mean)) ** 2);
  if (within <= rounding) return between <= rounding ? 1 : Number.POSITIVE_INFINITY;
  return Math.sqrt((n - 1) / n + between / within);
}
