import { OrreryError } from "../../errors.ts";
import { type Level, withLevel } from "./architecture.ts";
import type { LevelConstraint } from "./constraints.ts";
import { Enumeration } from "./enumeration.ts";
import { Mapspace } from "./mapspace.ts";
import type { Nest } from "./nest.ts";
import { operandsPerWord } from "./packing.ts";
import { withBits } from "./problem.ts";
import type { SearchSpec } from "./search-task.ts";
import { type InvalidReason, Tally } from "./tally.ts";

/** One change after which a mapping fits, nothing else changed. */
export interface Remedy {
  readonly kind:
    | "capacity"
    | "fan-out x"
    | "fan-out y"
    | "operand width"
    | "temporal loops"
    | "spatial loops"
    | "storage"
    | "loops";
  /** The level to change, several joined by ` and `; undefined for operand widths. */
  readonly level?: string;
  /** Words, instances or bits as they are and as they would be enough; undefined for constraints to be lifted. */
  readonly from?: number;
  readonly to?: number;
}

/** Cut-ups, whole or begun, that one question "does any mapping fit?" may cost. */
const defaultSteps = 100_000;

/**
 * Asks, one change at a time, what would let a mapping fit: more words at a level that was too small, narrower operands, one
 * level's loops or storage left free. Every answer was tried: a mapping exists. Where steps ran out, an answer is left out.
 * @param invalid what a search of `spec` without a result gave as reasons
 */
export function findRemedies(
  spec: SearchSpec,
  invalid: readonly InvalidReason[],
  maxSteps: number = defaultSteps,
): Remedy[] {
  const crowded = new Set(invalid.filter((r) => r.kind === "capacity").map((r) => r.level));
  const levels = spec.architecture.levels.filter((l) => crowded.has(l.name));
  const single = [
    ...levels.flatMap((level) => enlarge(spec, level, maxSteps) ?? []),
    ...invalid.flatMap((reason) => widen(spec, reason, maxSteps) ?? []),
    ...(narrow(spec, maxSteps) ?? []),
    ...lift(spec, maxSteps),
  ];
  return single.length > 0 ? single : liftTogether(spec, maxSteps);
}

/** One sentence on what to change, for people: `Give shared_glb 3412 words (it has 3000), or use operands of 4 bits.` */
export function describeRemedies(remedies: readonly Remedy[]): string {
  if (remedies.length === 0) return "No single size, width or constraint is enough to change: loosen several at once.";
  const list = remedies.slice(0, 4).map(describe);
  const text = list.length === 1 ? list[0] : `${list.slice(0, -1).join(", ")}, or ${list.at(-1)}`;
  return `${text[0].toUpperCase()}${text.slice(1)}.`;
}

function describe({ kind, level, from, to }: Remedy): string {
  switch (kind) {
    case "capacity":
      return `give ${level} ${to} words (it has ${from})`;
    case "fan-out x":
    case "fan-out y":
      return `fan ${level} out to ${to} along ${kind.at(-1)} (it has ${from})`;
    case "operand width":
      return `use operands of ${to} bits`;
    case "storage":
      return `let tensors be stored at, or pass by, ${level} freely`;
    default:
      return `free the ${kind} of ${level}`;
  }
}

/** The fewest words at a level with which a mapping was found, by bisection. */
function enlarge(spec: SearchSpec, level: Level, maxSteps: number): Remedy | undefined {
  const fitWith = (words: number) =>
    findFit({ ...spec, architecture: withLevel(spec.architecture, level.name, { entries: words }) }, maxSteps);
  const found = fitWith(Number.POSITIVE_INFINITY);
  if (found === undefined) return undefined;
  const wordsOf = (nest: Nest) => Math.ceil(storedWords(nest, spec, level) * level.multipleBuffering);
  let enough = wordsOf(found);
  for (let short = level.entries; enough - short > 1; ) {
    const middle = Math.floor((short + enough) / 2);
    const nest = fitWith(middle);
    if (nest === undefined) short = middle;
    else enough = wordsOf(nest);
  }
  return { kind: "capacity", level: level.name, from: level.entries, to: enough };
}

function storedWords(nest: Nest, { architecture }: SearchSpec, level: Level): number {
  const { S, operands } = nest.layout;
  const l = architecture.levels.findIndex((other) => other.name === level.name);
  let words = 0;
  for (let s = 0; s < S; s++) {
    if (nest.keep[l * S + s] === 1) words += Math.ceil(nest.boxVolume(s, l, nest.outer) / operands[l * S + s]);
  }
  return words;
}

/** A mesh that unrolls as much as the nearest miss asked for; everything below the level grows with it. */
function widen(spec: SearchSpec, reason: InvalidReason, maxSteps: number): Remedy | undefined {
  const { kind, level, available, nearestRequired } = reason;
  if (kind === "capacity") return undefined;
  const axis = kind === "fan-out x" ? "meshX" : "meshY";
  const { architecture } = spec;
  const at = architecture.levels.findIndex((l) => l.name === level);
  const grow = <T extends { readonly [mesh in "meshX" | "meshY"]: number }>(part: T): T => ({
    ...part,
    [axis]: (part[axis] / available) * nearestRequired,
  });
  const grown = {
    ...architecture,
    levels: architecture.levels.map((l, i) => (i < at ? grow(l) : l)),
    arithmetic: grow(architecture.arithmetic),
  };
  if (findFit({ ...spec, architecture: grown }, maxSteps) === undefined) return undefined;
  return { kind, level, from: available, to: nearestRequired };
}

/** The widest of 8, 4 and 2 bits for all operands that lets a mapping fit. */
function narrow(spec: SearchSpec, maxSteps: number): Remedy[] | undefined {
  const { problem, architecture } = spec;
  const wordBits = Math.max(...architecture.levels.map((l) => l.wordBits));
  const widest = Math.max(...problem.dataSpaces.map((d) => d.bits ?? wordBits));
  for (const bits of [8, 4, 2]) {
    const packs = architecture.levels.some(
      (l) => operandsPerWord(l.wordBits, bits) > operandsPerWord(l.wordBits, widest),
    );
    if (bits >= widest || !packs) continue;
    const narrower = Object.fromEntries(problem.dataSpaces.map((d) => [d.name, Math.min(bits, d.bits ?? bits)]));
    if (findFit({ ...spec, problem: withBits(problem, narrower) }, maxSteps) === undefined) continue;
    return [{ kind: "operand width", from: widest, to: bits }];
  }
  return undefined;
}

/** Each rule that alone keeps a mapping from fitting. */
function lift(spec: SearchSpec, maxSteps: number): Remedy[] {
  const constraints = spec.constraints ?? [];
  const fitsWith = (changed: LevelConstraint) => {
    const others = constraints.map((other) => (other.level === changed.level ? changed : other));
    return findFit({ ...spec, constraints: others }, maxSteps) !== undefined;
  };
  const found: Remedy[] = [];
  for (const c of constraints) {
    const { level } = c;
    if (c.temporal && fitsWith(without(c, "temporal"))) found.push({ kind: "temporal loops", level });
    if (c.spatial && fitsWith(without(c, "spatial"))) found.push({ kind: "spatial loops", level });
    const hasStorage = (c.keep?.length ?? 0) + (c.bypass?.length ?? 0) > 0;
    if (hasStorage && fitsWith(without(c, "keep", "bypass"))) found.push({ kind: "storage", level });
  }
  return found;
}

/** A set of levels whose loops, freed together, let a mapping fit, and no part of which does. */
function liftTogether(spec: SearchSpec, maxSteps: number): Remedy[] {
  const constraints = spec.constraints ?? [];
  const free = (c: LevelConstraint) => without(c, "temporal", "spatial");
  const fitsWith = (lifted: ReadonlySet<LevelConstraint>) =>
    findFit({ ...spec, constraints: constraints.map((c) => (lifted.has(c) ? free(c) : c)) }, maxSteps) !== undefined;
  const lifted = new Set(constraints.filter((c) => c.temporal || c.spatial));
  if (lifted.size === 0 || !fitsWith(lifted)) return [];
  for (const c of constraints) {
    if (!lifted.delete(c) || fitsWith(lifted)) continue;
    lifted.add(c);
  }
  return [{ kind: "loops", level: [...lifted].map((c) => c.level).join(" and ") }];
}

function without(constraint: LevelConstraint, ...parts: readonly (keyof LevelConstraint)[]): LevelConstraint {
  return Object.fromEntries(
    Object.entries(constraint).filter(([name]) => !parts.includes(name as keyof LevelConstraint)),
  ) as unknown as LevelConstraint;
}

/** A nest that fits, or undefined when none was found within the steps. */
function findFit(spec: SearchSpec, maxSteps: number): Nest | undefined {
  try {
    const space = new Mapspace(spec.problem, spec.architecture, spec.constraints);
    const share = Math.ceil(maxSteps / space.storages.length);
    for (let storage = 0; storage < space.storages.length; storage++) {
      const tally = new Tally(["energy"]);
      const enumeration = new Enumeration(space, tally, { front: false, maxSteps: share, enough: 1 });
      enumeration.run({ storage, from: 0, to: space.tables[enumeration.sequence[0]].rows });
      if (tally.best === null) continue;
      space.place(tally.best.point, enumeration.nest);
      return enumeration.nest;
    }
    return undefined;
  } catch (error) {
    // A change that leaves no map space at all is no remedy.
    if (error instanceof OrreryError) return undefined;
    throw error;
  }
}
