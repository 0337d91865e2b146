import type { JobContext } from "../../../lab/index.ts";
import { statesOf } from "../stl/robustness.ts";
import { parseUnit } from "../stl/units.ts";
import type { ControlProblem } from "../synthesis/problem.ts";

/**
 * Warns where a formula compares lengths in kilometres with lengths in metres, or angles in degrees with radians: robustness is the
 * smallest number of all, and one margin counts for all.
 */
export function warnOfMixedUnits({ task }: ControlProblem, margin: number, context: Pick<JobContext, "warn">): void {
  const { formula, vocabulary = {} } = task;
  const read = statesOf(formula, vocabulary);
  const measured = (vocabulary.states ?? []).flatMap(({ name, unit = "" }) => {
    const parsed = parseUnit(unit);
    if (!read.has(name) || parsed === undefined) return [];
    return [{ name, unit, factor: parsed.factor, dimension: parsed.dimension.join() }];
  });
  for (const first of measured) {
    const other = measured.find((m) => m.dimension === first.dimension && m.factor > first.factor);
    if (other === undefined) continue;
    context.warn(
      `${first.name} is in ${first.unit} and ${other.name} in ${other.unit}: robustness is the smaller number of both, so a margin of ${margin} counts for either; give both one unit`,
    );
    return;
  }
}
