import { OrreryError } from "../../errors.ts";
import { buildAdjacency, type EdgeList } from "./adjacency.ts";

/** What the user's numbers mean: an energy, the value of a quadratic form of bits, or the weight of a cut. */
export type ProblemKind = "ising" | "qubo" | "max-cut";

/** Whether the user wants small or large values. */
export type Sense = "minimize" | "maximize";

/** What an Ising model is made of. */
export interface IsingDefinition {
  /** Number of spins N ≥ 1. */
  readonly spins: number;
  /** J_ij of each interacting pair, once per pair, indices from 0. */
  readonly couplings: EdgeList;
  /** h_i, N numbers; zero when left out. */
  readonly fields?: ArrayLike<number>;
  /** Added to every energy; default 0. */
  readonly offset?: number;
  /** Default `ising`. */
  readonly kind?: ProblemKind;
  /** Default `minimize`. With `maximize` the user's objective is the negative energy. */
  readonly sense?: Sense;
  /** Names of the variables in the user's file; the indices when left out. */
  readonly labels?: readonly string[];
  /** Shown in results. */
  readonly name?: string;
}

/** Dense matrices above this many spins are refused: 2 GiB of float64. */
const largestDense = 16_384;

/**
 * A model of spins s ∈ {−1, +1}^N with energy `E(s) = offset − Σ_{i<j} J_ij s_i s_j − Σ_i h_i s_i`, never changed.
 * The couplings are kept by rows, both ways; `dense` gives the matrix. `objective` is in the user's own units:
 * a QUBO of bits x = (1 + s)/2 and a cut between s = +1 and s = −1 are models too, whose offset makes the numbers agree.
 */
export class IsingModel {
  readonly spins: number;
  /** Number of pairs that interact. */
  readonly pairs: number;
  /** The neighbours of spin i stand at `rowStart[i] … rowStart[i + 1] − 1`, `[N + 1]`. */
  readonly rowStart: Int32Array;
  /** Neighbours, ascending in each row, `[2 · pairs]`. */
  readonly neighbors: Int32Array;
  /** J of each entry of `neighbors`. */
  readonly couplings: Float64Array;
  /** h, `[N]`. */
  readonly fields: Float64Array;
  readonly offset: number;
  readonly kind: ProblemKind;
  readonly sense: Sense;
  readonly labels: readonly string[] | undefined;
  readonly name: string;
  #dense: Float64Array | undefined;

  /**
   * @throws OrreryError `argument` for fewer than one spin, an index out of range, a self-coupling, a pair given twice,
   * a number that is not finite, or energies that are not; `shape` for a wrong number of fields or labels.
   */
  constructor({ spins, couplings, fields, offset = 0, labels, ...rest }: IsingDefinition) {
    if (!Number.isInteger(spins) || spins < 1) {
      throw new OrreryError("argument", `ising model: expected a whole number of spins, at least 1; got ${spins}`);
    }
    for (const [what, list] of Object.entries({ fields, labels })) {
      if (list === undefined || list.length === spins) continue;
      throw new OrreryError("shape", `ising model: expected ${spins} ${what}, one per spin; got ${list.length}`);
    }
    const adjacency = buildAdjacency(spins, couplings);
    this.spins = spins;
    this.pairs = adjacency.neighbors.length / 2;
    this.rowStart = adjacency.rowStart;
    this.neighbors = adjacency.neighbors;
    this.couplings = adjacency.weights;
    this.fields = fields === undefined ? new Float64Array(spins) : Float64Array.from(fields);
    this.offset = offset;
    this.kind = rest.kind ?? "ising";
    this.sense = rest.sense ?? "minimize";
    this.labels = labels;
    this.name = rest.name ?? this.kind;
    const wrong = this.fields.findIndex((h) => !Number.isFinite(h));
    if (wrong >= 0) {
      throw new OrreryError(
        "argument",
        `ising model: field ${wrong}: expected a finite number; got ${fields?.[wrong]}`,
      );
    }
    if (!Number.isFinite(offset)) {
      throw new OrreryError("argument", `ising model: offset: expected a finite number; got ${offset}`);
    }
    if (Number.isFinite(largestEnergy(this))) return;
    throw new OrreryError(
      "argument",
      "ising model: expected energies below 1.8e308; got couplings whose sum is beyond",
      {
        hint: "Divide all couplings, fields and the offset by one number.",
      },
    );
  }

  /** Whether any h_i differs from 0; without fields, s and −s have the same energy. */
  get hasFields(): boolean {
    return this.fields.some((h) => h !== 0);
  }

  /** Share of all pairs that interact, in [0, 1]. */
  get density(): number {
    return this.spins === 1 ? 0 : (2 * this.pairs) / (this.spins * (this.spins - 1));
  }

  /** E(s) with the offset. @throws OrreryError `shape`, `argument` unless `spins` is N numbers of −1 or +1. */
  energy(spins: ArrayLike<number>): number {
    checkSpins(spins, this.spins);
    return energyOf(this, spins);
  }

  /** What the user counts: the energy, the quadratic form, or the cut. */
  objective(spins: ArrayLike<number>): number {
    return this.objectiveOf(this.energy(spins));
  }

  /** The user's objective of a state with this energy. */
  objectiveOf(energy: number): number {
    if (this.sense === "minimize") return energy;
    return energy === 0 ? 0 : -energy;
  }

  /** The energy of a state with this objective. */
  energyOfObjective(objective: number): number {
    return this.objectiveOf(objective);
  }

  /** `h_i + Σ_j J_ij s_j` of every spin; flipping spin i changes the energy by `2 s_i` times its entry. */
  localFields(spins: ArrayLike<number>): Float64Array {
    return Float64Array.from(this.fields, (h, i) => {
      let sum = h;
      for (let k = this.rowStart[i]; k < this.rowStart[i + 1]; k++) sum += this.couplings[k] * spins[this.neighbors[k]];
      return sum;
    });
  }

  /** J as a symmetric matrix with zero diagonal, row-major `[N, N]`; made once. @throws OrreryError `argument` above 16,384 spins. */
  dense(): Float64Array {
    if (this.#dense !== undefined) return this.#dense;
    const n = this.spins;
    if (n > largestDense) {
      throw new OrreryError(
        "argument",
        `ising model: a dense matrix is made for up to ${largestDense} spins; got ${n}`,
      );
    }
    const matrix = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      for (let k = this.rowStart[i]; k < this.rowStart[i + 1]; k++)
        matrix[i * n + this.neighbors[k]] = this.couplings[k];
    }
    this.#dense = matrix;
    return matrix;
  }

  /** Each pair once, `from < to`, ascending. */
  edges(): { readonly from: Int32Array; readonly to: Int32Array; readonly weight: Float64Array } {
    const [from, to, weight] = [new Int32Array(this.pairs), new Int32Array(this.pairs), new Float64Array(this.pairs)];
    let count = 0;
    for (let i = 0; i < this.spins; i++) {
      for (let k = this.rowStart[i]; k < this.rowStart[i + 1]; k++) {
        if (this.neighbors[k] < i) continue;
        from[count] = i;
        to[count] = this.neighbors[k];
        weight[count++] = this.couplings[k];
      }
    }
    return { from, to, weight };
  }

  /** All that `new IsingModel` needs, as plain data that can be sent to a worker. */
  toDefinition(): IsingDefinition {
    const { spins, fields, offset, kind, sense, labels, name } = this;
    return { spins, couplings: this.edges(), fields, offset, kind, sense, name, ...(labels ? { labels } : {}) };
  }
}

function checkSpins(spins: ArrayLike<number>, n: number): void {
  if (spins.length !== n) {
    throw new OrreryError("shape", `ising model: expected a state of ${n} spins; got ${spins.length}`);
  }
  for (let i = 0; i < n; i++) {
    if (spins[i] === 1 || spins[i] === -1) continue;
    throw new OrreryError("argument", `ising model: spin ${i}: expected -1 or +1; got ${spins[i]}`, {
      hint: "Bits x become spins by s = 2x − 1; see spinsOfBits.",
    });
  }
}

/** No energy, and no local field's energy change, is larger. */
function largestEnergy({ couplings, fields, offset }: IsingModel): number {
  let sum = Math.abs(offset);
  for (const J of couplings) sum += Math.abs(J);
  for (const h of fields) sum += 2 * Math.abs(h);
  return sum;
}

function energyOf(model: IsingModel, spins: ArrayLike<number>): number {
  const { rowStart, neighbors, couplings, fields } = model;
  let sum = 0;
  for (let i = 0; i < model.spins; i++) {
    let field = fields[i];
    for (let k = rowStart[i]; k < rowStart[i + 1] && neighbors[k] < i; k++) field += couplings[k] * spins[neighbors[k]];
    sum += field * spins[i];
  }
  return model.offset - sum;
}
