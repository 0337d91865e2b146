import type { Key } from "../../../engine/random/key.ts";
import { sampleBernoulli, sampleNormal, sampleUniform } from "../../../engine/random/sample.ts";
import { OrreryError } from "../../../errors.ts";
import { IsingModel } from "../model.ts";
import { type Boundary, type Lattice, lattice } from "./lattices.ts";

/** A generated model with a state known to have the lowest energy. */
export interface PlantedModel {
  readonly model: IsingModel;
  readonly groundState: Int8Array;
  readonly groundEnergy: number;
}

/** n numbers of ±1. */
function signs(key: Key, n: number): Int8Array {
  return Int8Array.from(sampleBernoulli(key, n, 0.5), (bit) => (Number(bit) === 1 ? 1 : -1));
}

function checkSize(where: string, what: string, size: number, least: number): void {
  if (Number.isInteger(size) && size >= least) return;
  throw new OrreryError("argument", `${where}: expected ${what}, a whole number of at least ${least}; got ${size}`);
}

function modelOnLattice({ sites, from, to }: Lattice, weight: ArrayLike<number>, name: string): IsingModel {
  return new IsingModel({ spins: sites, couplings: { from, to, weight }, name });
}

/** Equal couplings `J` on every bond of a lattice, and a uniform field; default J = 1, h = 0. */
export function ferromagnet(bonds: Lattice, { coupling = 1, field = 0 } = {}): IsingModel {
  const weight = new Float64Array(bonds.from.length).fill(coupling);
  const fields = new Float64Array(bonds.sites).fill(field);
  return new IsingModel({ spins: bonds.sites, couplings: { ...bonds, weight }, fields, name: "ferromagnet" });
}

/** The distributions of the couplings of a spin glass: ±1 with equal chance, normal of variance 1, or uniform in [−1, 1]. */
export type Disorder = "bimodal" | "gaussian" | "uniform";

/** `n` couplings of a distribution. */
function disorder(kind: Disorder, key: Key, n: number): ArrayLike<number> {
  if (kind === "bimodal") return signs(key, n);
  if (kind === "gaussian") return sampleNormal(key, n, "float64");
  return Float64Array.from(sampleUniform(key, n, "float64"), (u) => 2 * u - 1);
}

/** The Edwards–Anderson spin glass: random couplings between neighbours of a hypercubic lattice, e.g. `lengths` [10, 10]. */
export function edwardsAnderson(
  key: Key,
  lengths: readonly number[],
  { boundary = "periodic", couplings = "bimodal" }: { boundary?: Boundary; couplings?: Disorder } = {},
): IsingModel {
  const bonds = lattice(lengths, boundary);
  return modelOnLattice(bonds, disorder(couplings, key, bonds.from.length), `edwards-anderson ${lengths.join("x")}`);
}

/** Every pair of `n` spins once, ascending. */
function allPairs(n: number): { from: Int32Array; to: Int32Array } {
  const from = new Int32Array((n * (n - 1)) / 2);
  const to = new Int32Array(from.length);
  for (let i = 0, k = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++, k++) {
      from[k] = i;
      to[k] = j;
    }
  }
  return { from, to };
}

/** The Sherrington–Kirkpatrick spin glass: every pair coupled, J ~ N(0, 1/N). */
export function sherringtonKirkpatrick(key: Key, n: number): IsingModel {
  checkSize("sherringtonKirkpatrick", "spins", n, 2);
  const pairs = allPairs(n);
  const values = sampleNormal(key, pairs.from.length, "float64");
  const weight = values.map((z) => z / Math.sqrt(n));
  return new IsingModel({ spins: n, couplings: { ...pairs, weight }, name: `sherrington-kirkpatrick ${n}` });
}

/**
 * The Wishart planted ensemble (Hamze et al., Phys. Rev. E 101, 052102, 2020): `J̃ = −W Wᵀ/N` with M columns `w ~ N(0, Σ)`,
 * `Σ = N/(N−1) (1 − t tᵀ/N)`, so that `Wᵀ t = 0` and the planted t has the lowest energy `tr(J̃)/2`; the gauge t is random.
 * Hardness is set by α = M/N.
 */
export function wishartPlanted(key: Key, n: number, columns: number): PlantedModel {
  checkSize("wishartPlanted", "spins", n, 2);
  checkSize("wishartPlanted", "columns", columns, 1);
  const [gaugeKey, matrixKey] = key.split(2);
  const groundState = signs(gaugeKey, n);
  const w = sampleNormal(matrixKey, n * columns, "float64");
  const scale = Math.sqrt(n / (n - 1));
  for (let m = 0; m < columns; m++) {
    let along = 0;
    for (let i = 0; i < n; i++) along += w[i * columns + m] * groundState[i];
    for (let i = 0; i < n; i++) w[i * columns + m] = scale * (w[i * columns + m] - (along / n) * groundState[i]);
  }
  const product = (i: number, j: number) => {
    let sum = 0;
    for (let m = 0; m < columns; m++) sum += w[i * columns + m] * w[j * columns + m];
    return -sum / n;
  };
  const pairs = allPairs(n);
  const weight = Float64Array.from(pairs.from, (i, k) => product(i, pairs.to[k]));
  let groundEnergy = 0;
  for (let i = 0; i < n; i++) groundEnergy += product(i, i) / 2;
  const model = new IsingModel({ spins: n, couplings: { ...pairs, weight }, name: `wishart ${n}, ${columns}` });
  return { model, groundState, groundEnergy };
}

/** The Hopfield model of random patterns ξ ∈ {−1, +1}^N: `J_ij = Σ_p ξ_i^p ξ_j^p / N`. */
export function hopfield(key: Key, n: number, patterns: number): { model: IsingModel; patterns: readonly Int8Array[] } {
  checkSize("hopfield", "spins", n, 2);
  checkSize("hopfield", "patterns", patterns, 1);
  const list = key.split(patterns).map((k) => signs(k, n));
  const pairs = allPairs(n);
  const weight = Float64Array.from(
    pairs.from,
    (i, k) => list.reduce((sum, xi) => sum + xi[i] * xi[pairs.to[k]], 0) / n,
  );
  return {
    model: new IsingModel({ spins: n, couplings: { ...pairs, weight }, name: `hopfield ${n}` }),
    patterns: list,
  };
}
