/** An atom in space, ångströms. */
export interface Atom {
  readonly element: string;
  readonly position: readonly [x: number, y: number, z: number];
}

/** Two atoms that are bonded, and how often. */
export interface Bond {
  readonly a: number;
  readonly b: number;
  order: number;
}

/** Covalent radii, ångströms: Cordero et al., "Covalent radii revisited", 2008. */
const radii: Readonly<Record<string, number>> = {
  ...{ H: 0.31, B: 0.84, C: 0.76, N: 0.71, O: 0.66, F: 0.57, Si: 1.11, P: 1.07, S: 1.05, Cl: 1.02 },
  ...{ Se: 1.2, Br: 1.2, I: 1.39, Li: 1.28, Na: 1.66, K: 2.03, Mg: 1.41, Ca: 1.76, Al: 1.21, Zn: 1.22, Fe: 1.32 },
};

/** Bonds that an atom has where nothing is charged. */
const valences: Readonly<Record<string, number>> = {
  H: 1,
  B: 3,
  C: 4,
  N: 3,
  O: 2,
  F: 1,
  Si: 4,
  P: 3,
  S: 2,
  Cl: 1,
  Br: 1,
  I: 1,
};

/** Bonds are at most this much longer than the sum of both radii, ångströms. */
const slack = 0.4;

const distance = (a: Atom, b: Atom) => Math.hypot(...a.position.map((x, axis) => x - b.position[axis]));

/**
 * Bonds guessed from distances alone: atoms nearer than the sum of their covalent radii and 0.4 Å, then double and triple ones where both
 * ends have bonds left, the shortest first. Charges and resonance are beyond it.
 */
export function bondsOf(atoms: readonly Atom[]): Bond[] {
  const bonds: (Bond & { readonly stretch: number })[] = [];
  for (let a = 0; a < atoms.length; a++) {
    for (let b = a + 1; b < atoms.length; b++) {
      const [one, other] = [atoms[a], atoms[b]];
      const usual = (radii[one.element] ?? 1.5) + (radii[other.element] ?? 1.5);
      const length = distance(one, other);
      const isHydrogen = one.element === "H" && other.element === "H";
      if (length > 0.3 && length < usual + (isHydrogen ? 0.2 : slack))
        bonds.push({ a, b, order: 1, stretch: length / usual });
    }
  }
  const left = atoms.map(({ element }) => valences[element] ?? 0);
  for (const { a, b } of bonds) for (const atom of [a, b]) left[atom]--;
  const shortest = [...bonds].sort((x, y) => x.stretch - y.stretch);
  for (let round = 0; round < 2; round++) {
    for (const bond of shortest) {
      if (left[bond.a] < 1 || left[bond.b] < 1 || bond.order > round + 1) continue;
      bond.order++;
      left[bond.a]--;
      left[bond.b]--;
    }
  }
  return bonds;
}
