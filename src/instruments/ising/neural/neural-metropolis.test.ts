import { expect, it } from "vitest";
import { key } from "../../../engine/index.ts";
import { IsingModel } from "../model.ts";
import { annealNetwork } from "./anneal-network.ts";
import { glass } from "./network-case.ts";
import { neuralMetropolis } from "./neural-metropolis.ts";

/** The mean energy of a model by enumeration. */
function meanEnergy(model: IsingModel, beta: number): number {
  const n = model.spins;
  let [total, sum] = [0, 0];
  for (let s = 0; s < 2 ** n; s++) {
    const energy = model.energy(Int8Array.from({ length: n }, (_, i) => ((s >> i) & 1 ? 1 : -1)));
    total += Math.exp(-beta * energy);
    sum += energy * Math.exp(-beta * energy);
  }
  return sum / total;
}

const quick = {
  ...{ key: key(1), batch: 100, samples: 100, threads: 1 },
  annealing: { from: 0.3, to: 1, levels: 3, stepsPerLevel: 10, warmUp: 10 },
};

it("corrects a network that was hardly trained, also at another temperature", async () => {
  const model = glass(10);
  const { network, final } = await annealNetwork(model, { ...quick, samples: 20_000 });
  for (const beta of [1, 0.8]) {
    const exact = meanEnergy(model, beta);
    const result = await neuralMetropolis(network, { key: key(2), chains: 200, steps: 200, beta });
    expect(result.acceptance).toBeGreaterThan(0.3);
    expect(result.acceptance).toBeLessThan(0.99);
    expect(Math.abs(result.energy - exact)).toBeLessThan(4 * result.energyError);
    expect(result.energyError).toBeLessThan(0.1);
    expect(result.lowest.energy).toBe(model.energy(result.lowest.spins));
    result.energies.forEach((energy, c) => {
      expect(energy).toBe(model.energy(result.spins.subarray(10 * c, 10 * c + 10)));
    });
  }
  expect(Math.abs(final.meanEnergy - meanEnergy(model, 1))).toBeGreaterThan(0.05);
});

it("accepts every proposal of a network that is exact", async () => {
  const model = new IsingModel({ spins: 2, couplings: { from: [0], to: [1], weight: [1] } });
  const annealing = { from: 1, to: 1, levels: 1, stepsPerLevel: 400, warmUp: 0 };
  const { network } = await annealNetwork(model, { ...quick, annealing, learningRate: 0.02 });
  const result = await neuralMetropolis(network, { key: key(2) });
  expect(result.acceptance).toBeGreaterThan(0.98);
  expect(result.longestStay).toBeLessThan(10);
});

it("refuses impossible numbers and ends when it is told to", async () => {
  const { network } = await annealNetwork(glass(4), quick);
  await expect(neuralMetropolis(network, { key: key(0), chains: 1 })).rejects.toThrowError(
    "ising neural metropolis: expected chains, a whole number of at least 2; got 1",
  );
  const signal = AbortSignal.abort();
  await expect(neuralMetropolis(network, { key: key(0), signal })).rejects.toMatchObject({ code: "cancelled" });
});
