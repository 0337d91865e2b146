import { OrreryError } from "../../errors.ts";
import type { Architecture } from "./architecture.ts";
import type { Problem } from "./problem.ts";

/** A loop of a mapping: `dimension` is cut into `factor` pieces. */
export interface Loop {
  readonly dimension: string;
  readonly factor: number;
}

/** What a mapping decides at one level. Loops are listed innermost first; loops of factor 1 may be left out. */
export interface LevelMapping {
  readonly level: string;
  /** Tensors stored here; the others pass by. */
  readonly keep: readonly string[];
  /** Loops unrolled over the instances below, along each axis of the mesh. */
  readonly spatialX: readonly Loop[];
  readonly spatialY: readonly Loop[];
  /** Loops over time around the tile of the level below. */
  readonly temporal: readonly Loop[];
}

/** One entry per level of the architecture, innermost first. */
export type Mapping = readonly LevelMapping[];

/**
 * Checks a mapping's form: every level once and in order, known dimensions, each at most once in a list, factors that
 * multiply to the bounds, every tensor kept somewhere. Capacity and fan-out are the evaluation's business.
 * @throws OrreryError `argument` naming the level and the dimension.
 */
export function checkMapping(problem: Problem, architecture: Architecture, mapping: Mapping): void {
  const expected = architecture.levels.map((l) => l.name);
  if (mapping.length !== expected.length || mapping.some((m, i) => m.level !== expected[i])) {
    throw new OrreryError(
      "argument",
      `mapping: expected the levels ${expected.join(", ")} (innermost first); got ${mapping.map((m) => m.level).join(", ")}`,
    );
  }
  for (const m of mapping) checkLevelMapping(problem, m);
  for (const d of problem.dimensions) checkProduct(problem, mapping, d);
  for (const { name } of problem.dataSpaces) {
    if (!mapping.some((m) => m.keep.includes(name))) {
      throw new OrreryError("argument", `mapping: tensor ${name} is kept at no level`, {
        hint: `Keep it at ${expected.at(-1)}, the outermost.`,
      });
    }
  }
}

/** Product of the factors of `dimension` over all loops of a mapping; equals its bound in a complete mapping. */
export function productOfFactors(mapping: Mapping, dimension: string): number {
  let product = 1;
  for (const m of mapping) {
    for (const loop of [...m.spatialX, ...m.spatialY, ...m.temporal]) {
      if (loop.dimension === dimension) product *= loop.factor;
    }
  }
  return product;
}

function checkProduct(problem: Problem, mapping: Mapping, dimension: string): void {
  const product = productOfFactors(mapping, dimension);
  const bound = problem.bounds[dimension];
  if (product === bound) return;
  const factors = mapping.flatMap((m) =>
    [...m.spatialX, ...m.spatialY, ...m.temporal]
      .filter((l) => l.dimension === dimension)
      .map((l) => `${l.factor} at ${m.level}`),
  );
  const got = factors.length === 0 ? "no loop" : `${factors.join(" × ")} = ${product}`;
  throw new OrreryError("argument", `mapping: factors of ${dimension} must multiply to ${bound}; got ${got}`, {
    hint:
      product < bound && Number.isInteger(bound / product)
        ? `Put the missing factor ${bound / product} at one of the levels.`
        : "Factors divide the bound exactly: change one of them.",
  });
}

function checkLevelMapping(problem: Problem, m: LevelMapping): void {
  for (const list of ["spatialX", "spatialY", "temporal"] as const) {
    const seen = new Set<string>();
    for (const { dimension, factor } of m[list]) {
      const at = `mapping: ${m.level} ${list}`;
      if (!problem.dimensions.includes(dimension)) {
        throw new OrreryError("argument", `${at}: unknown dimension ${dimension}`, {
          hint: `The dimensions are ${problem.dimensions.join(", ")}.`,
        });
      }
      if (!Number.isSafeInteger(factor) || factor < 1) {
        throw new OrreryError("argument", `${at}: factor of ${dimension} must be a positive integer; got ${factor}`);
      }
      if (seen.has(dimension)) throw new OrreryError("argument", `${at}: dimension ${dimension} appears twice`);
      seen.add(dimension);
    }
  }
  const unknown = m.keep.find((k) => !problem.dataSpaces.some((d) => d.name === k));
  if (unknown !== undefined) {
    throw new OrreryError("argument", `mapping: ${m.level} keeps unknown tensor ${unknown}`, {
      hint: `The tensors are ${problem.dataSpaces.map((d) => d.name).join(", ")}.`,
    });
  }
}
