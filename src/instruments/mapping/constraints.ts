import { OrreryError } from "../../errors.ts";
import { type Architecture, fanOut } from "./architecture.ts";
import type { Problem } from "./problem.ts";

/** Limits on the loops of one level in time, or over its mesh. */
export interface LoopConstraint {
  /** Fixed factors; `"full"` is what the fixed factors elsewhere leave of the bound. */
  readonly factors?: Readonly<Record<string, number | "full">>;
  /** Largest factors allowed. */
  readonly maxFactors?: Readonly<Record<string, number>>;
  /** Dimensions that are innermost, in order from the innermost; the order of the others is free. */
  readonly innermost?: readonly string[];
  /** Dimensions that are outermost, in order from the outermost. */
  readonly outermost?: readonly string[];
}

/** Limits on the loops over the mesh: the dimensions that may run along each axis. */
export interface SpatialConstraint extends LoopConstraint {
  /** Dimensions allowed along X, respectively Y; all of them on every axis with a fan-out when absent. */
  readonly alongX?: readonly string[];
  readonly alongY?: readonly string[];
}

/** What the hardware or the user prescribes at one level. */
export interface LevelConstraint {
  readonly level: string;
  readonly temporal?: LoopConstraint;
  readonly spatial?: SpatialConstraint;
  /** Tensors that must be stored here; tensors in neither list are free. */
  readonly keep?: readonly string[];
  readonly bypass?: readonly string[];
}

/** Where a factor of a dimension may go. `fixed` is 0 for a free slot. */
export interface Slot {
  readonly level: number;
  readonly kind: "temporal" | "spatialX" | "spatialY";
  readonly fixed: number;
  readonly max: number;
}

/**
 * The slots of one dimension under the constraints, innermost first; spatial slots of axes without fan-out are left out.
 * @throws OrreryError `argument` when fixed factors do not divide the bound or nothing can take the rest of it.
 */
export function slotsOf(
  problem: Problem,
  architecture: Architecture,
  constraints: readonly LevelConstraint[],
  dimension: string,
): Slot[] {
  const bound = problem.bounds[dimension];
  const found: { level: number; kind: Slot["kind"]; factor: number | "full" | undefined; max: number }[] = [];
  architecture.levels.forEach((level, l) => {
    const constraint = constraints.find((c) => c.level === level.name);
    const [x, y] = fanOut(architecture, l);
    const spatial = constraint?.spatial;
    const add = (kind: Slot["kind"], rule: LoopConstraint | undefined, factor = rule?.factors?.[dimension]) => {
      found.push({ level: l, kind, factor, max: rule?.maxFactors?.[dimension] ?? bound });
    };
    const axes: Slot["kind"][] = [];
    if (x > 1 && (spatial?.alongX?.includes(dimension) ?? true)) axes.push("spatialX");
    if (y > 1 && (spatial?.alongY?.includes(dimension) ?? true)) axes.push("spatialY");
    const fixed = spatial?.factors?.[dimension];
    if (typeof fixed === "number" && fixed > 1 && axes.length === 0) {
      throw new OrreryError(
        "argument",
        `constraints of ${level.name}: ${dimension} = ${fixed} has no axis to unroll on`,
        {
          hint: "The level fans out to one instance there, or the split sends the dimension to the other axis.",
        },
      );
    }
    // A fixed factor goes whole to the first axis that can hold it.
    const holder = axes.find((axis) => typeof fixed !== "number" || fixed <= (axis === "spatialX" ? x : y)) ?? axes[0];
    for (const axis of axes) add(axis, spatial, fixed === undefined || axis === holder ? fixed : 1);
    add("temporal", constraint?.temporal);
  });
  const rest = found.reduce((left, s) => (typeof s.factor === "number" ? left / s.factor : left), bound);
  const full = found.filter((s) => s.factor === "full");
  const isStuck = rest !== 1 && full.length === 0 && found.every((s) => s.factor !== undefined);
  if (!Number.isInteger(rest) || isStuck) {
    const fixed = found.filter((s) => typeof s.factor === "number" && s.factor > 1);
    const places = fixed.map((s) => `${s.factor} at ${architecture.levels[s.level].name}`).join(", ");
    throw new OrreryError(
      "argument",
      `constraints: factors of ${dimension} must multiply to ${bound}; got ${places === "" ? "1 everywhere" : places}`,
      { hint: `Leave ${dimension} free, or full, at one of the levels.` },
    );
  }
  return found.map((s) => ({
    level: s.level,
    kind: s.kind,
    max: s.max,
    fixed: s.factor === "full" ? (s === full[0] ? rest : 1) : (s.factor ?? (full.length > 0 ? 1 : 0)),
  }));
}

/** Several rules for one level as one; later ones win where they say the same thing twice. */
export function mergeConstraints(constraints: readonly LevelConstraint[]): LevelConstraint[] {
  const merged = new Map<string, LevelConstraint>();
  for (const c of constraints) {
    const before = merged.get(c.level);
    merged.set(c.level, {
      ...before,
      ...c,
      keep: [...(before?.keep ?? []), ...(c.keep ?? [])],
      bypass: [...(before?.bypass ?? []), ...(c.bypass ?? [])],
      ...mergeLoops("temporal", before?.temporal, c.temporal),
      ...mergeLoops("spatial", before?.spatial, c.spatial),
    });
  }
  return [...merged.values()];
}

/** The part of constraints that speaks of a problem's own dimensions and tensors, for use over layers of several kinds. */
export function restrictConstraints(constraints: readonly LevelConstraint[], problem: Problem): LevelConstraint[] {
  const isOwn = (d: string) => problem.dimensions.includes(d);
  const tensors = (names: readonly string[] | undefined) =>
    (names ?? []).filter((t) => problem.dataSpaces.some((s) => s.name === t));
  const pick = <T>(map: Readonly<Record<string, T>> | undefined) =>
    Object.fromEntries(Object.entries(map ?? {}).filter(([d]) => isOwn(d)));
  const restrict = <T extends SpatialConstraint>(rule: T): T => ({
    ...rule,
    factors: pick(rule.factors),
    maxFactors: pick(rule.maxFactors),
    innermost: (rule.innermost ?? []).filter(isOwn),
    outermost: (rule.outermost ?? []).filter(isOwn),
    ...(rule.alongX && { alongX: rule.alongX.filter(isOwn) }),
    ...(rule.alongY && { alongY: rule.alongY.filter(isOwn) }),
  });
  return constraints.map((c) => ({
    level: c.level,
    keep: tensors(c.keep),
    bypass: tensors(c.bypass),
    ...(c.temporal && { temporal: restrict(c.temporal) }),
    ...(c.spatial && { spatial: restrict(c.spatial) }),
  }));
}

function mergeLoops(kind: "temporal" | "spatial", a: LoopConstraint | undefined, b: LoopConstraint | undefined) {
  if (a === undefined || b === undefined) return b === undefined && a !== undefined ? { [kind]: a } : {};
  return {
    [kind]: { ...a, ...b, factors: { ...a.factors, ...b.factors }, maxFactors: { ...a.maxFactors, ...b.maxFactors } },
  };
}

/**
 * Checks that constraints speak of levels, dimensions and tensors that exist.
 * @throws OrreryError `argument` naming the constraint.
 */
export function checkConstraints(
  problem: Problem,
  architecture: Architecture,
  constraints: readonly LevelConstraint[],
): void {
  const levels = architecture.levels.map((l) => l.name);
  const tensors = problem.dataSpaces.map((d) => d.name);
  for (const c of constraints) {
    checkKnown("constraints", "level", [c.level], levels);
    for (const rule of [c.temporal, c.spatial]) {
      const named = [...Object.keys(rule?.factors ?? {}), ...Object.keys(rule?.maxFactors ?? {})];
      const ordered = [...(rule?.innermost ?? []), ...(rule?.outermost ?? [])];
      checkKnown(`constraints of ${c.level}`, "dimension", [...named, ...ordered], problem.dimensions);
      const twice = ordered.find((d, i) => ordered.indexOf(d) !== i);
      if (twice !== undefined) {
        throw new OrreryError("argument", `constraints of ${c.level}: ${twice} appears twice in the permutation`);
      }
    }
    const axes = [...(c.spatial?.alongX ?? []), ...(c.spatial?.alongY ?? [])];
    checkKnown(`constraints of ${c.level}`, "dimension", axes, problem.dimensions);
    checkKnown(`constraints of ${c.level}`, "tensor", [...(c.keep ?? []), ...(c.bypass ?? [])], tensors);
    const both = c.keep?.find((t) => c.bypass?.includes(t));
    if (both !== undefined) {
      throw new OrreryError("argument", `constraints of ${c.level}: ${both} is both kept and bypassed`);
    }
  }
}

function checkKnown(where: string, kind: string, names: readonly string[], known: readonly string[]): void {
  const unknown = names.find((n) => !known.includes(n));
  if (unknown === undefined) return;
  throw new OrreryError("argument", `${where}: unknown ${kind} ${unknown}`, {
    hint: `The ${kind}s are ${known.join(", ")}.`,
  });
}
