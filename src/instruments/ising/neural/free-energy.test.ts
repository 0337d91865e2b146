import { expect, it } from "vitest";
import { key, sampleUniform } from "../../../engine/index.ts";
import { estimateFreeEnergy } from "./free-energy.ts";

/** Three levels of which q and the Boltzmann distribution are known. */
const energies = [-2, 0.5, 3];
const proposal = [0.3, 0.3, 0.4];
const beta = 0.6;
const lnZ = Math.log(energies.reduce((sum, e) => sum + Math.exp(-beta * e), 0));

function draw(seed: number, count: number) {
  const levels = Array.from(sampleUniform(key(seed), count), (u) => (u < 0.3 ? 0 : u < 0.6 ? 1 : 2));
  return estimateFreeEnergy(
    levels.map((level) => Math.log(proposal[level])),
    levels.map((level) => energies[level]),
    beta,
  );
}

it("tells ln Z without error where the samples follow the Boltzmann distribution", () => {
  const logQ = energies.map((e) => -beta * e - lnZ);
  const estimate = estimateFreeEnergy(logQ, energies, beta);
  expect(estimate.lnZ).toBeCloseTo(lnZ, 12);
  expect(estimate.variationalLnZ).toBeCloseTo(lnZ, 12);
  expect(estimate.effectiveSamples).toBeCloseTo(3, 12);
  expect(estimate.lnZError).toBeLessThan(1e-7);
  expect(estimate.freeEnergy).toBeCloseTo(-lnZ / beta, 12);
});

it("covers ln Z, the mean energy and the entropy of a known distribution with its error bars", () => {
  const exact = energies.map((e) => Math.exp(-beta * e - lnZ));
  const energy = exact.reduce((sum, p, k) => sum + p * energies[k], 0);
  const estimates = Array.from({ length: 200 }, (_, seed) => draw(seed, 400));
  const inside = estimates.filter((e) => Math.abs(e.lnZ - lnZ) < 2 * e.lnZError).length;
  // 95.4 % of normal errors; 200 trials stay above 181 with probability 0.998.
  expect(inside).toBeGreaterThan(181);
  expect(inside).toBeLessThan(200);
  const mean = (f: (e: (typeof estimates)[0]) => number) => estimates.reduce((sum, e) => sum + f(e), 0) / 200;
  expect(mean((e) => e.energy)).toBeCloseTo(energy, 1);
  expect(mean((e) => e.entropy)).toBeCloseTo(lnZ + beta * energy, 1);
  expect(mean((e) => e.variationalLnZ)).toBeLessThan(lnZ - 0.1);
});

it("survives weights that no number can hold, and distrusts an estimate that one sample carries", () => {
  const estimate = estimateFreeEnergy([-1, -1, -1, -1000], [0, 0, 0, -5000], 1);
  expect(estimate.lnZ).toBeCloseTo(6000 - Math.log(4), 9);
  expect(estimate.effectiveSamples).toBeCloseTo(1, 9);
  const many = estimateFreeEnergy(
    new Float64Array(1000).fill(-1),
    Float64Array.from({ length: 1000 }, (_, k) => -k),
    1,
  );
  expect(many.isReliable).toBe(false);
  expect(many.lnZError).toBeGreaterThan(0.5);
  expect(draw(1, 1000).isReliable).toBe(true);
});
