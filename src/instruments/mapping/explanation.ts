import { Mapspace } from "./mapspace.ts";
import { Nest } from "./nest.ts";
import type { SearchSpec } from "./search-task.ts";
import type { InvalidReason } from "./tally.ts";
import { describeViolation, findFirstViolation } from "./violations.ts";

/**
 * One line on why no mapping fits and what to enlarge. A resource that even the smallest tiles and unrollings exceed is
 * named as the cause; otherwise the commonest reason and the nearest miss of memory.
 */
export function explainNoMapping(spec: SearchSpec, invalid: readonly InvalidReason[]): string {
  const space = new Mapspace(spec.problem, spec.architecture, spec.constraints);
  const certain = findCertainViolation(space);
  if (certain !== null) {
    return `no valid mapping: ${describe(certain)} under every mapping the constraints allow`;
  }
  const [commonest] = invalid;
  if (commonest === undefined) return "no valid mapping: none was tried";
  const memory = invalid.filter((r) => r.kind === "capacity");
  const [nearest] = (memory.length > 0 ? memory : [...invalid]).sort(
    (a, b) => a.nearestRequired / a.available - b.nearestRequired / b.available,
  );
  const what = nearest.kind === "capacity" ? "nearest miss of memory" : "nearest miss";
  return `no valid mapping: ${commonest.count} cut-ups break ${commonest.level} ${commonest.kind}; ${what}: ${describe(nearest)}`;
}

/** A resource that is too small whatever the mapping: each extent and factor at its own minimum, per level; or null. */
function findCertainViolation(space: Mapspace): InvalidReason | null {
  const { L, D } = space.layout;
  const nest = new Nest(space.layout);
  for (const t of space.tables) {
    for (const column of ["spatialX", "spatialY", "outer"] as const) {
      for (let l = 0; l < L; l++) {
        let least = Number.POSITIVE_INFINITY;
        for (let i = l; i < t.rows * L; i += L) least = Math.min(least, t[column][i]);
        nest[column][l * D + t.dimension] = least;
      }
    }
  }
  const violations = space.storages.map((keep) => {
    nest.keep.set(keep);
    return findFirstViolation(nest);
  });
  return violations.every((v) => v !== null) ? violations[0] : null;
}

function describe(reason: InvalidReason): string {
  const { level, kind, nearestRequired: required, available } = reason;
  return describeViolation({ kind, level, required, available });
}
