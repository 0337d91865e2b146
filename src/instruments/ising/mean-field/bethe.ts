import type { IsingModel } from "../model.ts";
import { lnCosh } from "./entropy.ts";
import type { MeanFieldEquations } from "./mean-field.ts";

/** For each entry of the rows the entry the other way: row j's of i for row i's of j. */
function oppositeEntries({ spins: n, rowStart, neighbors }: IsingModel): Int32Array {
  const opposite = new Int32Array(neighbors.length);
  const next = rowStart.slice();
  // Rows are ascending, so the entries of column j are met in the order of row j.
  for (let i = 0; i < n; i++) {
    for (let k = rowStart[i]; k < rowStart[i + 1]; k++) opposite[k] = next[neighbors[k]]++;
  }
  return opposite;
}

/** `ln(exp a + exp b)`. */
const addLogs = (a: number, b: number) => Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));

/**
 * The Bethe approximation by belief propagation (Mézard, Montanari, Information, Physics, and Computation, ch. 14): the field that
 * spin i's neighbour k passes on, `u_{k→i} = atanh(tanh βJ · tanh β c)/β` with the cavity field `c = h_k + Σ_{l≠i} u_{l→k}`.
 * Exact on trees; on graphs with loops an approximation that may not converge, and no bound. Its unknowns are β u.
 */
export function betheEquations(model: IsingModel, beta: number): MeanFieldEquations {
  const { spins: n, rowStart, neighbors, couplings, fields } = model;
  const opposite = oppositeEntries(model);
  /** β times the whole field of spin i; entry k of its row holds β u from that neighbour. */
  const whole = (u: Float64Array, i: number) => {
    let field = beta * fields[i];
    for (let k = rowStart[i]; k < rowStart[i + 1]; k++) field += u[k];
    return field;
  };
  return {
    isBound: false,
    begin(m) {
      return Float64Array.from(couplings, (J, k) => beta * J * m[neighbors[k]]);
    },
    sweep(u, damping) {
      let change = 0;
      for (let i = 0; i < n; i++) {
        const field = whole(u, i);
        for (let k = rowStart[i]; k < rowStart[i + 1]; k++) {
          const [a, c, to] = [beta * couplings[k], field - u[k], opposite[k]];
          const wanted = 0.5 * (lnCosh(a + c) - lnCosh(a - c));
          change = Math.max(change, Math.abs(Math.tanh(wanted) - Math.tanh(u[to])));
          u[to] += (1 - damping) * (wanted - u[to]);
        }
      }
      return change;
    },
    magnetizations: (u) => Float64Array.from({ length: n }, (_, i) => Math.tanh(whole(u, i))),
    freeEnergy(u) {
      let ln = 0;
      const totals = Float64Array.from({ length: n }, (_, i) => whole(u, i));
      for (let i = 0; i < n; i++) {
        let [up, down] = [beta * fields[i], -beta * fields[i]];
        for (let k = rowStart[i]; k < rowStart[i + 1]; k++) {
          const a = beta * couplings[k];
          // The cavity fields on this bond: of the neighbour without i, and of i without the neighbour.
          const [theirs, mine] = [totals[neighbors[k]] - u[opposite[k]], totals[i] - u[k]];
          up += lnCosh(a + theirs) - lnCosh(theirs);
          down += lnCosh(theirs - a) - lnCosh(theirs);
          if (neighbors[k] < i) continue;
          const [alike, unlike] = [a + lnCosh(mine + theirs), -a + lnCosh(mine - theirs)];
          ln -= addLogs(alike, unlike) - Math.LN2 - lnCosh(mine) - lnCosh(theirs);
        }
        ln += addLogs(up, down);
      }
      return model.offset - ln / beta;
    },
    isPhysical: () => true,
  };
}
