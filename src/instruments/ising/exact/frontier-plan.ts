import { OrreryError } from "../../../errors.ts";
import type { IsingModel } from "../model.ts";

/** A spin of the frontier, by its bit in the state's number, with its coupling to the spin that comes. */
export interface FrontierNeighbor {
  readonly bit: number;
  readonly coupling: number;
}

/** A spin taken up, then spins done with. */
export interface FrontierStep {
  readonly spin: number;
  readonly neighbors: readonly FrontierNeighbor[];
  /** The spin whose bit it takes over because nothing after it needs that one; undefined where a bit is added. */
  readonly replaced: number | undefined;
  /** The bit of the spin taken up. */
  readonly bit: number;
  /** More spins done with, in this order; the bits above each move down by one. */
  readonly dropped: readonly { readonly spin: number; readonly bit: number }[];
  /** Bits after the step. */
  readonly width: number;
}

/** The order in which spins are taken up, so that as few as possible are open at once. */
export interface FrontierPlan {
  readonly steps: readonly FrontierStep[];
  /** The most open spins. */
  readonly width: number;
}

/** Spins in the model's own order, which suits lattices, or by greedy choice of the next, whichever is narrower. */
function* orders(model: IsingModel): Generator<readonly number[]> {
  yield Array.from({ length: model.spins }, (_, i) => i);
  yield greedyOrder(model);
}

/** Always the spin that opens least: it and its neighbours that are not yet open, less those it allows to close. */
function greedyOrder({ spins: n, rowStart, neighbors }: IsingModel): number[] {
  const isTaken = new Uint8Array(n);
  const missing = Int32Array.from({ length: n }, (_, i) => rowStart[i + 1] - rowStart[i]);
  const isNear = new Uint8Array(n);
  const near: number[] = [];
  const order: number[] = [];
  const byDegree = Array.from({ length: n }, (_, i) => i).sort((a, b) => missing[a] - missing[b]);
  let start = 0;
  while (order.length < n) {
    if (near.length === 0) {
      while (isTaken[byDegree[start]] === 1) start++;
      near.push(byDegree[start]);
    }
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    near.forEach((i, position) => {
      let opened = missing[i] > 0 ? 1 : 0;
      for (let k = rowStart[i]; k < rowStart[i + 1]; k++) {
        if (isTaken[neighbors[k]] === 1 && missing[neighbors[k]] === 1) opened--;
      }
      if (opened >= least) return;
      least = opened;
      best = position;
    });
    const [spin] = near.splice(best, 1);
    isTaken[spin] = 1;
    isNear[spin] = 1;
    order.push(spin);
    for (let k = rowStart[spin]; k < rowStart[spin + 1]; k++) {
      const j = neighbors[k];
      missing[j]--;
      if (isNear[j] === 1) continue;
      isNear[j] = 1;
      near.push(j);
    }
  }
  return order;
}

function planOf(model: IsingModel, order: readonly number[]): FrontierPlan {
  const { rowStart, neighbors, couplings } = model;
  const missing = Int32Array.from({ length: model.spins }, (_, i) => rowStart[i + 1] - rowStart[i]);
  const open: number[] = [];
  let most = 0;
  const steps = order.map((spin): FrontierStep => {
    const near: FrontierNeighbor[] = [];
    for (let k = rowStart[spin]; k < rowStart[spin + 1]; k++) {
      missing[neighbors[k]]--;
      const bit = open.indexOf(neighbors[k]);
      if (bit >= 0) near.push({ bit, coupling: couplings[k] });
    }
    const free = open.findIndex((other) => missing[other] === 0);
    const replaced = free < 0 ? undefined : open[free];
    const bit = free < 0 ? open.length : free;
    open[bit] = spin;
    most = Math.max(most, open.length);
    const dropped: { spin: number; bit: number }[] = [];
    for (let b = open.length - 1; b >= 0; b--) {
      if (missing[open[b]] > 0) continue;
      dropped.push({ spin: open[b], bit: b });
      open.splice(b, 1);
    }
    return { spin, neighbors: near, replaced, bit, dropped, width: open.length };
  });
  return { steps, width: most };
}

/** @throws OrreryError `argument` where more than `most` spins are open at once in every order tried. */
export function frontierPlan(model: IsingModel, most: number): FrontierPlan {
  let best: FrontierPlan | undefined;
  for (const order of orders(model)) {
    const plan = planOf(model, order);
    if (best === undefined || plan.width < best.width) best = plan;
  }
  const plan = best as FrontierPlan;
  if (plan.width <= most) return plan;
  throw new OrreryError(
    "argument",
    `transfer matrix: expected a model that can be cut by at most ${most} spins at every place; got ${plan.width}`,
    { hint: "Use enumeration up to 28 spins, or parallel tempering." },
  );
}
