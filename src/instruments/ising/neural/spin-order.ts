import type { Key } from "../../../engine/random/key.ts";
import { samplePermutation } from "../../../engine/random/sample.ts";
import { OrreryError } from "../../../errors.ts";
import { hintForName } from "../../../nearest-name.ts";
import type { IsingModel } from "../model.ts";

const orderNames = ["given", "random", "breadth-first", "strongest-first"] as const;

/**
 * Which spin is drawn when: as the model numbers them, shuffled, from neighbour to neighbour (sparse models keep a short frontier), or by
 * falling `Σ_j J_ij²`; or the spins' indices themselves, each once.
 */
export type SpinOrder = (typeof orderNames)[number] | ArrayLike<number>;

/** Breadth first from spins of least degree, neighbours by rising degree (Cuthill and McKee 1969), component after component. */
function breadthFirst(model: IsingModel): number[] {
  const { spins, rowStart, neighbors } = model;
  const degree = (i: number) => rowStart[i + 1] - rowStart[i];
  const byDegree = (list: number[]) => list.sort((a, b) => degree(a) - degree(b) || a - b);
  const isSeen = new Uint8Array(spins);
  const order: number[] = [];
  const visit = (i: number) => {
    isSeen[i] = 1;
    order.push(i);
  };
  for (const root of byDegree(Array.from({ length: spins }, (_, i) => i))) {
    if (isSeen[root]) continue;
    let next = order.length;
    visit(root);
    for (; next < order.length; next++) {
      const i = order[next];
      const unseen = [...neighbors.subarray(rowStart[i], rowStart[i + 1])].filter((j) => !isSeen[j]);
      byDegree(unseen).forEach(visit);
    }
  }
  return order;
}

function strongestFirst({ spins, rowStart, couplings }: IsingModel): number[] {
  const strength = Float64Array.from({ length: spins }, (_, i) => {
    return couplings.subarray(rowStart[i], rowStart[i + 1]).reduce((sum, w) => sum + w * w, 0);
  });
  return Array.from({ length: spins }, (_, i) => i).sort((a, b) => strength[b] - strength[a] || a - b);
}

/**
 * The spins in the order they are drawn, `[N]`.
 * @throws OrreryError `argument` for an unknown name or indices that are no permutation.
 */
export function spinOrder(model: IsingModel, order: SpinOrder, key: Key): Int32Array {
  const { spins } = model;
  if (order === "given") return Int32Array.from({ length: spins }, (_, i) => i);
  if (order === "random") return samplePermutation(key, spins);
  if (order === "breadth-first") return Int32Array.from(breadthFirst(model));
  if (order === "strongest-first") return Int32Array.from(strongestFirst(model));
  if (typeof order === "string") {
    throw new OrreryError("argument", `ising network: unknown order ${JSON.stringify(order)}`, {
      hint: hintForName(order, orderNames, "The orders are"),
    });
  }
  const given = Array.from(order);
  const isPermutation = given.length === spins && [...given].sort((a, b) => a - b).every((value, i) => value === i);
  if (isPermutation) return Int32Array.from(given);
  throw new OrreryError("argument", `ising network: expected an order of ${spins} spins, each index once`);
}
