import type { Key } from "../../../engine/random/key.ts";
import { sampleBernoulli, samplePermutation } from "../../../engine/random/sample.ts";
import { OrreryError } from "../../../errors.ts";
import { IsingModel } from "../model.ts";

/** Shuffles tried before the last stubs count as impossible. */
const mostAttempts = 1000;

/** Pairs of a random multigraph made simple: bonds that are loops or repeated exchange an end with a random other bond. */
function pairStubs(key: Key, n: number, degree: number): { from: number[]; to: number[] } | undefined {
  const stubs = Array.from(samplePermutation(key, n * degree), (stub) => Math.floor(Number(stub) / degree));
  const pairs: [number, number][] = Array.from({ length: stubs.length / 2 }, (_, k) => [
    stubs[2 * k],
    stubs[2 * k + 1],
  ]);
  const count = new Map<number, number>();
  const nameOf = ([i, j]: readonly [number, number]) => Math.min(i, j) * n + Math.max(i, j);
  for (const pair of pairs) count.set(nameOf(pair), (count.get(nameOf(pair)) ?? 0) + 1);
  const isBad = (pair: readonly [number, number]) => pair[0] === pair[1] || (count.get(nameOf(pair)) ?? 0) > 1;
  const change = (pair: readonly [number, number], by: number) =>
    count.set(nameOf(pair), (count.get(nameOf(pair)) ?? 0) + by);
  for (let round = 0; round < 100; round++) {
    const bad = pairs.flatMap((pair, k) => (isBad(pair) ? [k] : []));
    if (bad.length === 0) return { from: pairs.map(([i]) => i), to: pairs.map(([, j]) => j) };
    const partners = samplePermutation(key.fold(round), pairs.length);
    bad.forEach((k, position) => {
      const [a, b] = [pairs[k], pairs[Number(partners[position])]];
      if (a === b || !isBad(a)) return;
      change(a, -1);
      change(b, -1);
      [a[1], b[1]] = [b[1], a[1]];
      change(a, 1);
      change(b, 1);
    });
  }
  return undefined;
}

/**
 * A spin glass on a random regular graph: every spin has `degree` neighbours, couplings ±1 with equal chance or all +1.
 * Drawn by pairing stubs at random and exchanging ends of loops and repeated bonds.
 * @throws OrreryError `argument` unless 0 < degree < n and n · degree is even.
 */
export function randomRegular(
  key: Key,
  n: number,
  { degree = 3, couplings = "bimodal" }: { degree?: number; couplings?: "bimodal" | "ferromagnetic" } = {},
): IsingModel {
  if (!Number.isInteger(n) || !Number.isInteger(degree) || degree < 1 || degree >= n || (n * degree) % 2 !== 0) {
    throw new OrreryError(
      "argument",
      `randomRegular: expected 0 < degree < spins, their product even; got ${degree}, ${n}`,
    );
  }
  const [graphKey, signKey] = key.split(2);
  for (let attempt = 0; attempt < mostAttempts; attempt++) {
    const pairs = pairStubs(graphKey.fold(attempt), n, degree);
    if (pairs === undefined) continue;
    const bits = sampleBernoulli(signKey, pairs.from.length, 0.5);
    const weight = Array.from(pairs.from, (_, k) => (couplings === "ferromagnetic" || Number(bits[k]) === 1 ? 1 : -1));
    return new IsingModel({ spins: n, couplings: { ...pairs, weight }, name: `random regular ${n}, degree ${degree}` });
  }
  throw new OrreryError("runtime", `randomRegular: no simple graph of ${n} spins with degree ${degree} was found`);
}
