import type { Configuration } from "./configuration.ts";

/**
 * Greedy descent: spin after spin is flipped where that lowers the energy, until no single flip does.
 * Answers the number of flips. Changes below rounding are left alone, so that it ends.
 */
export function descend({ problem, record }: Configuration): number {
  const { run } = problem.kernel;
  return problem.isInteger ? run.descendInteger(record) : run.descendReal(record, -problem.tolerance);
}
