import { expect, it } from "vitest";
import { key } from "../../../engine/index.ts";
import { enumerate } from "../exact/enumeration.ts";
import { IsingModel } from "../model.ts";
import { annealNetwork } from "./anneal-network.ts";
import { glass } from "./network-case.ts";
import { neuralMetropolis } from "./neural-metropolis.ts";

/** The mean energy of a model by enumeration. */
const meanEnergy = async (model: IsingModel, beta: number) =>
  (await enumerate(model, { betas: [beta] })).thermodynamics[0].energy;

const quick = {
  ...{ key: key(1), batch: 100, samples: 100, threads: 1 },
  annealing: { from: 0.3, to: 1, levels: 3, stepsPerLevel: 10, warmUp: 10 },
};

it("corrects a network that was hardly trained, also at another temperature", async () => {
  const model = glass(10);
  const { network, final } = await annealNetwork(model, { ...quick, samples: 20_000 });
  for (const beta of [1, 0.8]) {
    const exact = await meanEnergy(model, beta);
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
  expect(Math.abs(final.meanEnergy - (await meanEnergy(model, 1)))).toBeGreaterThan(0.05);
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
