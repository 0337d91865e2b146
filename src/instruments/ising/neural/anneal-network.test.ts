import { describe, expect, it } from "vitest";
import { dataPath } from "../../../data/index.ts";
import { key } from "../../../engine/index.ts";
import { mapTree } from "../../../engine/tree.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../../../nn/index.ts";
import { enumerate } from "../exact/enumeration.ts";
import { readInstance } from "../formats/instance-file.ts";
import { IsingModel } from "../model.ts";
import { annealNetwork } from "./anneal-network.ts";
import type { AnnealEvent, AnnealNetworkOptions, AnnealState } from "./anneal-options.ts";
import { estimateFreeEnergy, type FreeEnergyEstimate } from "./free-energy.ts";
import { glass } from "./network-case.ts";
import { sampleNetwork } from "./trained-network.ts";

const short: AnnealNetworkOptions = {
  key: key(3),
  batch: 50,
  samples: 200,
  threads: 1,
  annealing: { from: 0.2, to: 2, levels: 4, stepsPerLevel: 5, warmUp: 3 },
};

/** ln Z of a model by enumeration. */
const logPartition = async (model: IsingModel, beta: number) =>
  (await enumerate(model, { betas: [beta] })).thermodynamics[0].lnZ;

/** A state that was written to a file and read again. */
const throughFile = (state: AnnealState) => decodeCheckpoint<AnnealState>(encodeCheckpoint(state), "state");

/** What must be equal to the bit. */
const bitsOf = ({ state, network, final, best }: Awaited<ReturnType<typeof annealNetwork>>) => ({
  ...{ state, best, final },
  parameters: mapTree(network.parameters, (leaf) => (leaf as { data: Float32Array }).data),
});

describe("the free energy of a Sherrington–Kirkpatrick model of 20 spins", () => {
  it.each([
    [1, 18.819562929, 2e-3],
    [3, 46.6169804624, 1e-4],
  ])("at β = %d comes within the bound of its exact value", async (beta, lnZ, bound) => {
    const model = await readInstance(dataPath("ising/sk/sk20_s1.txt"), { format: "couplings" });
    const result = await annealNetwork(model, {
      ...{ key: key(1), batch: 500, samples: 20_000, threads: 2 },
      annealing: { from: 0.1, to: beta, levels: 30, stepsPerLevel: 20, warmUp: 100 },
    });
    const { estimate } = result.final;
    expect(result.steps).toBe(700);
    expect(Math.abs(estimate.variationalLnZ - lnZ) / lnZ).toBeLessThan(bound);
    expect(Math.abs(estimate.lnZ - lnZ)).toBeLessThan(0.02);
    expect(estimate.variationalLnZ).toBeLessThan(lnZ + 3 * estimate.variationalLnZError);
    expect(Math.abs(estimate.lnZ - lnZ)).toBeLessThan(5 * estimate.lnZError + 1e-3);
    expect(result.best.energy).toBeCloseTo(-15.258012040535, 8);
    expect(result.collapse).toBeNull();
  });
});

it.each([
  ["message none", { message: "none", hamiltonianSkip: false }],
  ["two-body", { design: "two-body" }],
  ["mixture", { symmetry: "mixture" }],
  ["residual blocks", { residual: true, depth: 4 }],
] as const)("reaches the free energy of ten spins with %s, against enumeration", async (_, network) => {
  const model = glass(10, { seed: 4 });
  const result = await annealNetwork(model, {
    ...{ key: key(2), batch: 200, samples: 4000, threads: 1, network },
    annealing: { from: 0.2, to: 1.5, levels: 10, stepsPerLevel: 15, warmUp: 50 },
  });
  const exact = await logPartition(model, 1.5);
  const { estimate } = result.final;
  expect(Math.abs(estimate.variationalLnZ - exact) / exact).toBeLessThan(0.02);
  expect(Math.abs(estimate.lnZ - exact)).toBeLessThan(5 * estimate.lnZError + 1e-4);
});

it("hands over the network of each level, whose samples have that level's free energy", async () => {
  const model = glass(10, { seed: 4 });
  const estimates: FreeEnergyEstimate[] = [];
  const result = await annealNetwork(model, {
    ...{ key: key(2), batch: 200, samples: 2000, threads: 1 },
    annealing: { from: 0.3, to: 1.5, levels: 5, stepsPerLevel: 20, warmUp: 50 },
    onLevel: async (network, { level }) => {
      const { logProbabilities, energies } = await sampleNetwork(network, { count: 2000, key: key(9).fold(level) });
      estimates.push(estimateFreeEnergy(logProbabilities, energies, network.beta));
    },
  });
  expect(estimates.map(({ beta }) => beta)).toEqual(result.schedule.betas);
  for (const { beta, lnZ, lnZError } of estimates) {
    expect(Math.abs(lnZ - (await logPartition(model, beta)))).toBeLessThan(5 * lnZError + 1e-4);
  }
});

it("counts fields and offset, and the objective in the user's units", async () => {
  const model = new IsingModel({ ...glass(8, { hasFields: true }).toDefinition(), offset: 7, sense: "maximize" });
  const result = await annealNetwork(model, {
    ...{ key: key(2), batch: 200, samples: 4000, threads: 1 },
    annealing: { from: 0.2, to: 2, levels: 10, stepsPerLevel: 15, warmUp: 50 },
  });
  const exact = await logPartition(model, 2);
  const { estimate, lowest } = result.final;
  expect(Math.abs(estimate.lnZ - exact)).toBeLessThan(5 * estimate.lnZError + 1e-4);
  expect(result.levels[9].freeEnergy).toBeCloseTo(-exact / 2, 0);
  expect(lowest.objective).toBe(-lowest.energy);
  expect(result.best.energy).toBe(model.energy(result.best.spins));
});

it("goes on from any step as if it had never stopped, to the bit", async () => {
  const whole = await annealNetwork(glass(9), short);
  expect(whole.status).toBe("done");
  for (const stopAt of [1, 3, 10, 22]) {
    const abort = new AbortController();
    const observer = (event: AnnealEvent) => {
      if (event.kind === "step" && event.step === stopAt) abort.abort();
    };
    const part = await annealNetwork(glass(9), { ...short, signal: abort.signal, observer });
    expect(part.status).toBe("cancelled");
    expect(part.steps).toBe(stopAt);
    const resumed = await annealNetwork(glass(9), { ...short, resume: throughFile(part.state) });
    expect(bitsOf(resumed)).toEqual(bitsOf(whole));
  }
});

it("goes on from every checkpoint it told, and refuses that of another model, key or network", async () => {
  const states: AnnealState[] = [];
  const observer = (event: AnnealEvent) => {
    if (event.kind === "checkpoint") states.push(event.state);
  };
  const whole = await annealNetwork(glass(9), { ...short, checkpointSteps: 8, observer });
  expect(states.map(({ step }) => step)).toEqual([8, 16]);
  const resumed = await annealNetwork(glass(9), { ...short, resume: throughFile(states[0]) });
  expect(bitsOf(resumed)).toEqual(bitsOf(whole));
  const others: [IsingModel, Partial<AnnealNetworkOptions>][] = [
    [glass(9, { seed: 2 }), {}],
    [glass(9), { key: key(4) }],
    [glass(9), { network: { depth: 3 } }],
  ];
  for (const [model, change] of others) {
    await expect(annealNetwork(model, { ...short, ...change, resume: states[0] })).rejects.toThrowError(
      "ising anneal: the state to resume is of another model, key or network",
    );
  }
});

it("tells steps, levels and better states, ends when its time is over and still answers", async () => {
  const events: AnnealEvent[] = [];
  const result = await annealNetwork(glass(9), { ...short, observer: (event) => events.push(event) });
  const steps = events.filter((e) => e.kind === "step");
  expect(steps.map(({ step }) => step)).toEqual(Array.from({ length: 23 }, (_, i) => i + 1));
  expect(steps.map(({ level }) => level)).toEqual([
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3,
  ]);
  const levels = events.filter((e) => e.kind === "level");
  expect(levels.map(({ beta }) => beta)).toEqual(result.schedule.betas);
  expect(levels[3].lowestEnergy).toBe(Math.min(...steps.slice(-5).map((s) => s.lowestEnergy)));
  const improved = events.filter((e) => e.kind === "improved").map(({ best }) => best.energy);
  expect(improved).toEqual([...improved].sort((a, b) => b - a));
  const limited = await annealNetwork(glass(9), { ...short, maxSeconds: 1e-9 });
  expect([limited.status, limited.steps]).toEqual(["time", 0]);
  expect(limited.final.samples.count).toBe(200);
});

it("reports what polishing found apart from what was drawn", async () => {
  const model = glass(40);
  const annealing = { to: 0.05, from: 0.05, levels: 1, stepsPerLevel: 2, warmUp: 0 };
  const plain = await annealNetwork(model, { ...short, annealing });
  const polished = await annealNetwork(model, { ...short, annealing, polish: 5 });
  expect(plain.best.source).toBe("sampled");
  expect(polished.best.source).toBe("polished");
  expect(polished.best.energy).toBeLessThan(plain.best.energy - 1);
  expect(polished.best.energy).toBe(model.energy(polished.best.spins));
  expect(polished.final.lowest.energy).toBe(plain.final.lowest.energy);
  const fields = model.localFields(polished.best.spins);
  expect(fields.every((f, i) => f * polished.best.spins[i] >= 0)).toBe(true);
});

it("warns when the distribution has left the best state", async () => {
  const model = glass(40);
  const annealing = { to: 8, from: 8, levels: 1, stepsPerLevel: 1, warmUp: 0 };
  const messages: string[] = [];
  const result = await annealNetwork(model, {
    ...{ ...short, annealing, polish: 50, network: { message: "none", hamiltonianSkip: false } },
    observer: (event) => {
      if (event.kind === "warning") messages.push(event.message);
    },
  });
  expect(result.collapse?.message).toMatch(/^the final distribution has collapsed away from the best state: -/);
  expect(messages).toEqual([result.collapse?.message]);
  expect(result.collapse?.logProbability).toBeLessThan(result.collapse?.boltzmannLogProbability ?? 0);
});

it.each([
  ["one spin", new IsingModel({ spins: 1, couplings: { from: [], to: [], weight: [] } }), Math.log(2)],
  ["no couplings", new IsingModel({ spins: 5, couplings: { from: [], to: [], weight: [] } }), 5 * Math.log(2)],
  [
    "fields alone",
    new IsingModel({ spins: 3, couplings: { from: [], to: [], weight: [] }, fields: [1, -0.5, 0] }),
    Math.log(2 * Math.cosh(1)) + Math.log(2 * Math.cosh(0.5)) + Math.log(2),
  ],
  [
    "two parts that do not touch",
    new IsingModel({ spins: 4, couplings: { from: [0, 2], to: [1, 3], weight: [1, -2] } }),
    2 * Math.log(2) + Math.log(2 * Math.cosh(1)) + Math.log(2 * Math.cosh(2)),
  ],
])("solves a model of %s", async (_, model, lnZ) => {
  for (const design of ["masked", "two-body"] as const) {
    const annealing = { from: 0.5, to: 1, levels: 5, stepsPerLevel: 20, warmUp: 50 };
    const result = await annealNetwork(model, { ...short, samples: 4000, network: { design }, annealing });
    const { lnZ: found, lnZError } = result.final.estimate;
    expect(Math.abs(found - lnZ)).toBeLessThan(5 * lnZError + 1e-4);
  }
});

it.each([
  [{ batch: 1 }, "ising anneal: expected batch, a whole number of at least 2; got 1"],
  [{ learningRate: 0 }, "ising anneal: expected learningRate, a number above 0; got 0"],
  [{ polish: -1 }, "ising anneal: expected polish, a whole number of at least 0; got -1"],
  [{ annealing: { levels: 0 } }, "ising annealing: expected levels, a whole number of at least 1; got 0"],
  [{ annealing: { from: 2, to: 1 } }, "ising annealing: expected 0 < from ≤ to; got from 2 to 1"],
  [{ annealing: { shape: "liner" } }, 'ising annealing: unknown shape "liner"'],
])("refuses %j", async (options, message) => {
  await expect(annealNetwork(glass(5), { ...short, ...options } as never)).rejects.toThrowError(message);
});
