import type { Configuration } from "./configuration.ts";

/**
 * Greedy descent: spin after spin is flipped where that lowers the energy, until no single flip does.
 * Answers the number of flips. Changes below rounding are left alone, so that it ends.
 */
export function descend(configuration: Configuration): number {
  const { problem, spins, fields } = configuration;
  const least = problem.isInteger ? 0 : -1e-12 * problem.largestField;
  let flips = 0;
  for (let isLower = true; isLower; ) {
    isLower = false;
    for (let i = 0; i < problem.size; i++) {
      if (spins[i] * fields[i] >= least) continue;
      configuration.flip(i);
      isLower = true;
      flips++;
    }
  }
  return flips;
}
