import type { LayerPlan, NetworkPlan } from "./network-plan.ts";

/** Ones where `keeps(i, j)`, zeros elsewhere, `[n, n]`. */
function indicator(n: number, keeps: (i: number, j: number) => boolean): Float32Array {
  return Float32Array.from({ length: n * n }, (_, k) => Number(keeps(Math.floor(k / n), k % n)));
}

/**
 * For each spin i the spins l ≥ i that feel one drawn before it: l such that `J_lj ≠ 0` for some j < i. The fields of all others
 * are zero, and what is still to be drawn meets the past in these alone.
 */
export function frontier({ spins: n, couplings }: Pick<NetworkPlan, "spins" | "couplings">): Float32Array {
  const firstNeighbor = Int32Array.from({ length: n }, (_, l) => {
    const found = couplings.subarray(l * n, (l + 1) * n).findIndex((w) => w !== 0);
    return found < 0 ? n : found;
  });
  return indicator(n, (i, l) => l >= i && firstNeighbor[l] < i);
}

/**
 * Which weights of a layer are not zero, by output spin and input spin, `[N, N]`: strictly lower triangular for reach `before`, with the
 * diagonal for `through`; in a two-body layer by output spin and the spin of the field. The last layer says nothing of a fair first spin.
 */
export function weightMask(plan: NetworkPlan, layer: LayerPlan): Float32Array {
  const { spins: n, layers, isFirstFair } = plan;
  if (layer.projection === "two-body") return frontier(plan);
  const isSilent = isFirstFair && layer === layers[layers.length - 1];
  return indicator(n, (i, j) => (layer.reach === "before" ? j < i : j <= i) && !(isSilent && i === 0));
}

/** 1 for every spin, and 0 for a first one that is a fair coin, `[N]`. */
export function logitMask({ spins, isFirstFair }: NetworkPlan): Float32Array {
  return new Float32Array(spins).fill(1).fill(isFirstFair ? 0 : 1, 0, 1);
}
