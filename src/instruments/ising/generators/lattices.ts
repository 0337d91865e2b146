import { OrreryError } from "../../../errors.ts";

/** Pairs of neighbouring sites; a pair may come twice where a periodic axis has length 2. */
export interface Lattice {
  readonly sites: number;
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** How a lattice ends. */
export type Boundary = "open" | "periodic";

/** Displacements, in units of the axes, that make each bond of a unit cell once. */
const bonds = {
  hypercubic: (axes: number) =>
    Array.from({ length: axes }, (_, a) => Array.from({ length: axes }, (_, b) => +(a === b))),
  triangular: () => [
    [1, 0],
    [0, 1],
    [1, 1],
  ],
} as const;

/**
 * The bonds of a lattice in row-major order of its sites: `hypercubic` of any number of axes (chain, square, cubic, …) or
 * `triangular` (two axes, six neighbours). A bond that would come twice on a periodic axis of length 2 comes once.
 * @throws OrreryError `argument` for a length below 1 or another number of axes than two for `triangular`.
 */
export function lattice(
  lengths: readonly number[],
  boundary: Boundary = "periodic",
  kind: keyof typeof bonds = "hypercubic",
): Lattice {
  if (lengths.length === 0 || lengths.some((length) => !Number.isInteger(length) || length < 1)) {
    throw new OrreryError("argument", `lattice: expected lengths, whole numbers of at least 1; got [${lengths}]`);
  }
  if (kind === "triangular" && lengths.length !== 2) {
    throw new OrreryError("argument", `lattice: triangular has two axes; got ${lengths.length} lengths`);
  }
  const sites = lengths.reduce((product, length) => product * length, 1);
  const strides = lengths.map((_, a) => lengths.slice(a + 1).reduce((product, length) => product * length, 1));
  const seen = new Set<number>();
  const [from, to]: [number[], number[]] = [[], []];
  const steps = bonds[kind](lengths.length);
  for (let site = 0; site < sites; site++) {
    const place = lengths.map((length, a) => Math.floor(site / strides[a]) % length);
    for (const step of steps) {
      const next = place.map((x, a) => x + step[a]);
      if (boundary === "open" && next.some((x, a) => x >= lengths[a])) continue;
      const other = next.reduce((sum, x, a) => sum + (x % lengths[a]) * strides[a], 0);
      const name = Math.min(site, other) * sites + Math.max(site, other);
      if (other === site || seen.has(name)) continue;
      seen.add(name);
      from.push(Math.min(site, other));
      to.push(Math.max(site, other));
    }
  }
  return { sites, from, to };
}
