import { latticeShapeOf } from "../generators/lattice-shape.ts";
import { lattice } from "../generators/lattices.ts";
import type { IsingModel } from "../model.ts";

/** A square ferromagnet without field on a torus: what `kaufman` solves. */
export interface FerromagneticTorus {
  readonly lengths: readonly [number, number];
  /** J > 0 of every bond. */
  readonly coupling: number;
}

/**
 * The torus with `kaufman`'s partition function, if a model is one: all bonds of a periodic square lattice, equal, no fields. With even
 * lengths the antiferromagnet counts too: turning every other spin makes it a ferromagnet. Undefined for all else.
 */
export function ferromagneticTorusOf(model: IsingModel): FerromagneticTorus | undefined {
  const [first] = model.couplings;
  if (first === undefined || model.hasFields || model.couplings.some((J) => J !== first)) return undefined;
  const shape = latticeShapeOf(model);
  if (shape?.boundary !== "periodic" || shape.lengths.length !== 2) return undefined;
  const [L, M] = shape.lengths;
  const isWhole = model.pairs === lattice([L, M]).from.length;
  const isFrustrated = first < 0 && (L % 2 === 1 || M % 2 === 1);
  return L < 3 || M < 3 || !isWhole || isFrustrated ? undefined : { lengths: [L, M], coupling: Math.abs(first) };
}
