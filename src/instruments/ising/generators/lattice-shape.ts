import type { IsingModel } from "../model.ts";
import type { Boundary } from "./lattices.ts";

/** The hypercubic lattice that a model lives on, sites in row-major order as `lattice` numbers them. */
export interface LatticeShape {
  readonly lengths: readonly number[];
  /** `periodic` where any bond goes round. */
  readonly boundary: Boundary;
}

/** Every way to write n as a product of so many lengths ≥ 2, the most equal lengths first. */
function shapesOf(n: number, axes: number): number[][] {
  const list: number[][] = [];
  const add = (lengths: readonly number[], rest: number) => {
    if (lengths.length === axes - 1) {
      if (rest >= 2) list.push([...lengths, rest]);
      return;
    }
    for (let length = 2; length <= rest / 2; length++) {
      if (rest % length === 0) add([...lengths, length], rest / length);
    }
  };
  add([], n);
  const spread = (lengths: readonly number[]) => Math.max(...lengths) / Math.min(...lengths);
  return list.sort((a, b) => spread(a) - spread(b));
}

/** The boundary with which all of a model's pairs are bonds of the lattice, along every axis at least one; undefined where they are not. */
function boundaryOn(model: IsingModel, lengths: readonly number[]): Boundary | undefined {
  const strides = lengths.map((_, a) => lengths.slice(a + 1).reduce((product, length) => product * length, 1));
  const isUsed = lengths.map(() => false);
  let boundary: Boundary = "open";
  for (let i = 0; i < model.spins; i++) {
    for (let k = model.rowStart[i]; k < model.rowStart[i + 1]; k++) {
      const step = model.neighbors[k] - i;
      if (step < 0) continue;
      const place = (a: number) => Math.floor(i / strides[a]) % lengths[a];
      const axis = strides.findIndex((stride, a) => step === stride && place(a) < lengths[a] - 1);
      const round = strides.findIndex((stride, a) => step === stride * (lengths[a] - 1) && place(a) === 0);
      if (axis < 0 && round < 0) return undefined;
      isUsed[axis < 0 ? round : axis] = true;
      if (axis < 0) boundary = "periodic";
    }
  }
  return isUsed.every(Boolean) ? boundary : undefined;
}

/**
 * The square or cubic lattice, open or periodic, whose bonds contain all pairs of a model; of several the most regular, two axes
 * before three. Undefined where there is none: chains, other graphs, sites in another order.
 */
export function latticeShapeOf(model: IsingModel): LatticeShape | undefined {
  for (const axes of [2, 3]) {
    for (const lengths of shapesOf(model.spins, axes)) {
      const boundary = boundaryOn(model, lengths);
      if (boundary !== undefined) return { lengths, boundary };
    }
  }
  return undefined;
}
