import { OrreryError } from "../../errors.ts";
import type { EdgeList } from "./adjacency.ts";
import { IsingModel, type ProblemKind, type Sense } from "./model.ts";

/** `V(x) = offset + Σ_{i≤j} q_ij x_i x_j` of bits; each pair counts once, `from[k] ≤ to[k]`. */
export interface Qubo {
  readonly size: number;
  readonly terms: EdgeList;
  readonly offset: number;
  /** Default `minimize`. */
  readonly sense?: Sense;
  readonly labels?: readonly string[];
  readonly name?: string;
}

/** A weighted graph whose cut is to be large. */
export interface MaxCutGraph {
  readonly vertices: number;
  readonly edges: EdgeList;
  readonly name?: string;
}

/** A Max-Cut problem that stands for an Ising model: `E(s) = offset − cut`. */
export interface EquivalentCut {
  readonly graph: MaxCutGraph;
  readonly offset: number;
  /** Whether the last vertex was added to carry the fields. */
  readonly hasAncilla: boolean;
}

/**
 * The Ising model of a QUBO by x = (1 + s)/2: for minimisation `J_ij = −q_ij/4`, `h_i = −q_ii/2 − Σ_j q_ij/4`; its objective is V.
 * Divisions by 4 are exact, so integer coefficients lose nothing.
 * @throws OrreryError `argument` for pairs given twice or numbers that are not finite.
 */
export function isingOfQubo({ size, terms, offset, sense = "minimize", labels, name }: Qubo): IsingModel {
  const sign = sense === "minimize" ? 1 : -1;
  const fields = new Float64Array(size);
  const couplings: { from: number[]; to: number[]; weight: number[] } = { from: [], to: [], weight: [] };
  let constant = offset;
  for (let k = 0; k < terms.from.length; k++) {
    const [i, j, q] = [terms.from[k], terms.to[k], terms.weight[k]];
    if (i === j) {
      fields[i] -= (sign * q) / 2;
      constant += q / 2;
      continue;
    }
    fields[i] -= (sign * q) / 4;
    fields[j] -= (sign * q) / 4;
    constant += q / 4;
    couplings.from.push(i);
    couplings.to.push(j);
    couplings.weight.push((-sign * q) / 4);
  }
  const details = { ...(labels ? { labels } : {}), ...(name === undefined ? {} : { name }) };
  return new IsingModel({ spins: size, couplings, fields, offset: sign * constant, kind: "qubo", sense, ...details });
}

/** The QUBO whose value of x = (1 + s)/2 is the model's objective of s: `q_ij = −4J_ij`, `q_ii = −2h_i + 2 Σ_j J_ij`. */
export function quboOfIsing(model: IsingModel): Qubo {
  const sign = model.sense === "minimize" ? 1 : -1;
  const edges = model.edges();
  const diagonal = Float64Array.from(model.fields, (h) => -2 * h);
  let constant = model.offset;
  for (const h of model.fields) constant += h;
  edges.weight.forEach((J, k) => {
    diagonal[edges.from[k]] += 2 * J;
    diagonal[edges.to[k]] += 2 * J;
    constant -= J;
  });
  const used = Array.from(diagonal.keys()).filter((i) => diagonal[i] !== 0);
  const terms = {
    from: [...used, ...edges.from],
    to: [...used, ...edges.to],
    weight: [...used.map((i) => sign * diagonal[i]), ...Array.from(edges.weight, (J) => -4 * sign * J)],
  };
  const { spins: size, sense, labels, name } = model;
  return { size, terms, offset: sign * constant, sense, name, ...(labels ? { labels } : {}) };
}

/**
 * The Ising model of a cut between s = +1 and s = −1: `J_ij = −w_ij/2`, offset `−Σ w/2`, so that `E = −cut` and the objective is the cut.
 * @throws OrreryError `argument` for loops, edges given twice or weights that are not finite.
 */
export function isingOfMaxCut({ vertices, edges, name }: MaxCutGraph): IsingModel {
  const weight = Float64Array.from(edges.weight, (w) => -w / 2);
  const couplings = { from: edges.from, to: edges.to, weight };
  const offset = weight.reduce((sum, w) => sum + w, 0);
  const details = name === undefined ? {} : { name };
  return new IsingModel({ spins: vertices, couplings, offset, kind: "max-cut", sense: "maximize", ...details });
}

/** The cut problem with `E(s) = offset − cut(s)`. Fields become edges to one more vertex, whose side stands for s = +1. */
export function maxCutOfIsing(model: IsingModel): EquivalentCut {
  const edges = model.edges();
  const [from, to] = [[...edges.from], [...edges.to]];
  const weight = Array.from(edges.weight, (J) => -2 * J);
  if (model.hasFields) {
    model.fields.forEach((h, i) => {
      if (h === 0) return;
      from.push(i);
      to.push(model.spins);
      weight.push(-2 * h);
    });
  }
  const vertices = model.spins + (model.hasFields ? 1 : 0);
  const offset = model.offset + weight.reduce((sum, w) => sum + w / 2, 0);
  return { graph: { vertices, edges: { from, to, weight }, name: model.name }, offset, hasAncilla: model.hasFields };
}

/** A model that stands for another: `objective = factor · its objective + offset`, spins the same but for an ancilla. */
export interface EquivalentModel {
  readonly model: IsingModel;
  readonly factor: 1 | -1;
  readonly offset: number;
  /** Whether its last spin was added to carry the fields. */
  readonly hasAncilla: boolean;
}

/** The model as another kind of problem: an energy that is to be small, a QUBO of the same sense, or a cut that is to be large. */
export function modelAs(model: IsingModel, kind: ProblemKind): EquivalentModel {
  const sign = model.sense === "minimize" ? 1 : -1;
  if (kind === "qubo") return { model: isingOfQubo(quboOfIsing(model)), factor: 1, offset: 0, hasAncilla: false };
  if (kind === "ising") {
    const energy = new IsingModel({ ...model.toDefinition(), kind, sense: "minimize" });
    return { model: energy, factor: sign, offset: 0, hasAncilla: false };
  }
  const { graph, offset, hasAncilla } = maxCutOfIsing(model);
  return { model: isingOfMaxCut(graph), factor: sign === 1 ? -1 : 1, offset: sign * offset + 0, hasAncilla };
}

/** The spins of the original model from the sides of its equivalent cut: turned so that the ancilla is +1, which is left out. */
export function spinsOfCut(sides: ArrayLike<number>, { hasAncilla }: Pick<EquivalentCut, "hasAncilla">): Int8Array {
  if (!hasAncilla) return Int8Array.from(sides);
  const up = sides[sides.length - 1];
  return Int8Array.from({ length: sides.length - 1 }, (_, i) => sides[i] * up);
}

/** x = (1 + s)/2. */
export function bitsOfSpins(spins: ArrayLike<number>): Uint8Array {
  return Uint8Array.from(spins, (s) => (1 + s) / 2);
}

/** s = 2x − 1. @throws OrreryError `argument` unless every bit is 0 or 1. */
export function spinsOfBits(bits: ArrayLike<number>): Int8Array {
  return Int8Array.from(bits, (x, i) => {
    if (x === 0 || x === 1) return 2 * x - 1;
    throw new OrreryError("argument", `spinsOfBits: bit ${i}: expected 0 or 1; got ${x}`);
  });
}
