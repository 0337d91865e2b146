import { latticeShapeOf } from "../generators/lattice-shape.ts";
import type { IsingModel } from "../model.ts";

/** What one would want to know of an instance before anything is done with it. */
export interface InstanceFacts {
  readonly spins: number;
  readonly pairs: number;
  readonly density: number;
  /** Fewest and most neighbours of a spin. */
  readonly degrees: readonly [least: number, most: number];
  /** Parts that no coupling joins. */
  readonly components: number;
  /** Spins with a field. */
  readonly fields: number;
  /** Least and largest J; zeros without couplings. */
  readonly couplings: readonly [least: number, largest: number];
  /** Share of the lattice's squares whose bonds cannot all be satisfied; undefined where there are no squares. */
  readonly frustration: number | undefined;
}

/** Parts that no coupling joins. */
export function countComponents({ spins, rowStart, neighbors }: IsingModel): number {
  const isSeen = new Uint8Array(spins);
  let components = 0;
  for (let root = 0; root < spins; root++) {
    if (isSeen[root] === 1) continue;
    components++;
    const open = [root];
    isSeen[root] = 1;
    for (let i = open.pop(); i !== undefined; i = open.pop()) {
      for (let k = rowStart[i]; k < rowStart[i + 1]; k++) {
        if (isSeen[neighbors[k]] === 1) continue;
        isSeen[neighbors[k]] = 1;
        open.push(neighbors[k]);
      }
    }
  }
  return components;
}

/** Share of the squares of a square lattice with an odd number of antiferromagnetic bonds (Toulouse 1977), among those with four bonds. */
function frustrationOf(model: IsingModel): number | undefined {
  const shape = latticeShapeOf(model);
  if (shape?.lengths.length !== 2) return undefined;
  const [rows, columns] = shape.lengths;
  const bonds = new Map<number, number>();
  const { from, to, weight } = model.edges();
  weight.forEach((J, k) => {
    bonds.set(from[k] * model.spins + to[k], J);
  });
  const bond = (a: number, b: number) => bonds.get(Math.min(a, b) * model.spins + Math.max(a, b)) ?? 0;
  const site = (r: number, c: number) => (r % rows) * columns + (c % columns);
  let [squares, frustrated] = [0, 0];
  const isOpen = shape.boundary === "open";
  for (let r = 0; r < rows - (isOpen ? 1 : 0); r++) {
    for (let c = 0; c < columns - (isOpen ? 1 : 0); c++) {
      const [a, b, d, e] = [site(r, c), site(r, c + 1), site(r + 1, c + 1), site(r + 1, c)];
      const sign = Math.sign(bond(a, b)) * Math.sign(bond(b, d)) * Math.sign(bond(d, e)) * Math.sign(bond(e, a));
      if (sign === 0) continue;
      squares++;
      if (sign < 0) frustrated++;
    }
  }
  return squares === 0 ? undefined : frustrated / squares;
}

/** The facts of a model, in time linear in its couplings. */
export function instanceFacts(model: IsingModel): InstanceFacts {
  const degree = (i: number) => model.rowStart[i + 1] - model.rowStart[i];
  let [least, most] = [degree(0), degree(0)];
  for (let i = 1; i < model.spins; i++) {
    least = Math.min(least, degree(i));
    most = Math.max(most, degree(i));
  }
  const { couplings } = model;
  return {
    ...{ spins: model.spins, pairs: model.pairs, density: model.density, degrees: [least, most] },
    components: countComponents(model),
    fields: model.fields.reduce((count, h) => count + (h === 0 ? 0 : 1), 0),
    couplings: [
      couplings.reduce((a, b) => Math.min(a, b), couplings[0] ?? 0),
      couplings.reduce((a, b) => Math.max(a, b), couplings[0] ?? 0),
    ],
    frustration: frustrationOf(model),
  };
}
