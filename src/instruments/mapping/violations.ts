import type { Counts } from "./counts.ts";
import type { Nest } from "./nest.ts";
import type { InvalidReason } from "./tally.ts";

/** Why a mapping cannot run: where, how much it asks for and how much there is. */
export type Violation =
  | { readonly kind: "capacity"; readonly level: string; readonly required: number; readonly available: number }
  | { readonly kind: "fan-out x"; readonly level: string; readonly required: number; readonly available: number }
  | { readonly kind: "fan-out y"; readonly level: string; readonly required: number; readonly available: number }
  | {
      readonly kind: "operand width";
      readonly level: string;
      readonly tensor: string;
      readonly required: number;
      readonly available: number;
    };

/** Everything that keeps the nest from running, from the inside out; empty for a valid mapping. Measures the tiles anew. */
export function findViolations(nest: Nest, counts: Counts): Violation[] {
  const { L, S, problem, architecture, operands, entries } = nest.layout;
  for (let s = 0; s < S; s++) counts.measureTiles(s);
  const found: Violation[] = [];
  for (let l = 0; l < L; l++) {
    const level = architecture.levels[l].name;
    found.push(...findFanOut(nest, l, level));
    let required = 0;
    problem.dataSpaces.forEach((space, s) => {
      if (nest.keep[l * S + s] === 0) return;
      const wordBits = architecture.levels[l].wordBits;
      if (operands[l * S + s] === 0) {
        found.push({ kind: "operand width", level, tensor: space.name, required: space.bits!, available: wordBits });
      } else required += Math.ceil(counts.tile[l * S + s] / operands[l * S + s]);
    });
    if (required > entries[l]) {
      found.push({ kind: "capacity", level, required, available: Math.floor(entries[l]) });
    }
  }
  return found;
}

/**
 * The first resource the nest breaks: fan-out of every level, then capacity, from the inside out; null when it fits.
 * Operand widths are not asked for: a map space offers only storage that can hold them.
 */
export function findFirstViolation(nest: Nest): InvalidReason | null {
  const { L, D, S, fanOutX, fanOutY, entries, operands, architecture } = nest.layout;
  const broken = (l: number, kind: InvalidReason["kind"], nearestRequired: number, available: number) => ({
    level: architecture.levels[l].name,
    kind,
    count: 1,
    nearestRequired,
    available: Math.floor(available),
  });
  for (let l = 0; l < L; l++) {
    let x = 1;
    let y = 1;
    for (let i = l * D; i < (l + 1) * D; i++) {
      x *= nest.spatialX[i];
      y *= nest.spatialY[i];
    }
    if (x > fanOutX[l]) return broken(l, "fan-out x", x, fanOutX[l]);
    if (y > fanOutY[l]) return broken(l, "fan-out y", y, fanOutY[l]);
  }
  for (let l = 0; l < L; l++) {
    if (entries[l] === Number.POSITIVE_INFINITY) continue;
    let words = 0;
    for (let s = 0; s < S; s++) {
      if (nest.keep[l * S + s] === 1) words += Math.ceil(nest.boxVolume(s, l, nest.outer) / operands[l * S + s]);
    }
    if (words > entries[l]) return broken(l, "capacity", words, entries[l]);
  }
  return null;
}

/** One sentence for a person: `psum_spad: capacity: needs 32 words, has 24`. */
export function describeViolation(v: Violation): string {
  switch (v.kind) {
    case "capacity":
      return `${v.level}: capacity: needs ${v.required} words, has ${v.available}`;
    case "operand width":
      return `${v.level}: ${v.tensor} of ${v.required} bits does not fit a word of ${v.available} bits`;
    default:
      return `${v.level}: ${v.kind}: unrolls ${v.required} ways, the mesh has ${v.available}`;
  }
}

function findFanOut(nest: Nest, l: number, level: string): Violation[] {
  const { D, fanOutX, fanOutY } = nest.layout;
  let x = 1;
  let y = 1;
  for (let i = l * D; i < (l + 1) * D; i++) {
    x *= nest.spatialX[i];
    y *= nest.spatialY[i];
  }
  const found: Violation[] = [];
  if (x > fanOutX[l]) found.push({ kind: "fan-out x", level, required: x, available: fanOutX[l] });
  if (y > fanOutY[l]) found.push({ kind: "fan-out y", level, required: y, available: fanOutY[l] });
  return found;
}
