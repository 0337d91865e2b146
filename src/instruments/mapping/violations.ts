import type { Counts } from "./counts.ts";
import type { Nest } from "./nest.ts";

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
