import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { allStates, lowestEnergy, spinModel } from "../../../../test/kit/spin-models.ts";
import { dataPath } from "../../../data/index.ts";
import { key } from "../../../engine/random/key.ts";
import { isingOfMaxCut } from "../conversion.ts";
import { readInstance } from "../formats/instance-file.ts";
import { edwardsAnderson, ferromagnet, wishartPlanted } from "../generators/ensembles.ts";
import { lattice } from "../generators/lattices.ts";
import { IsingModel } from "../model.ts";
import { enumerate } from "./enumeration.ts";
import { criticalBeta, kaufman, onsagerFreeEnergy } from "./kaufman.ts";
import { transferMatrix } from "./transfer-matrix.ts";

const relative = (got: number, expected: number) => Math.abs(got / expected - 1);

/** β, then ln Z on tori of 4, 8 and 16 rows, then free energy and energy per spin of the last; made with 40 digits. */
const published = [
  [0.1, 11.252588451586, 45.006799761826, 180.02719802517, -7.03231242286, -0.20337739],
  [0.2, 11.771470358542, 47.010147422388, 188.03988795598, -3.67265406164, -0.42822884],
  [0.3, 12.785523325714, 50.609330498185, 202.38323226254, -2.63519833675, -0.70453267],
  [0.4, 14.561093023844, 56.599388760425, 225.22884675588, -2.1995004566, -1.13131798],
  [0.44068679351, 15.521915458755, 60.141780789069, 238.64225663513, -2.11532618792, -1.45306485],
  [0.5, 17.105367118732, 66.344581879228, 263.29621043402, -2.05700164402, -1.74553067],
  [0.6, 20.056532884347, 78.141648857617, 310.48703858986, -2.02139999082, -1.90908617],
  [1, 32.698721401879, 128.71543733741, 512.78230780794, -2.00305588987, -1.9971602],
] as const;

describe("Kaufman's formula", () => {
  it("gives the table of exact values to 1e-9 on 4×4, 8×8 and 16×16", () => {
    for (const [beta, four, eight, sixteen, free, energy] of published) {
      for (const [length, lnZ] of [[4, four] as const, [8, eight] as const, [16, sixteen] as const]) {
        expect(relative(kaufman([length, length], beta).lnZ, lnZ)).toBeLessThan(1e-11);
      }
      const { freeEnergyPerSpin, energyPerSpin } = kaufman([16, 16], beta);
      expect(relative(freeEnergyPerSpin, free)).toBeLessThan(1e-10);
      expect(Math.abs(energyPerSpin - energy)).toBeLessThan(6e-9);
    }
    for (const lengths of [
      [4, 6],
      [6, 4],
    ] as const) {
      expect(relative(kaufman(lengths, 0.4).lnZ, 21.58898919050456)).toBeLessThan(1e-13);
    }
  });

  it("has its derivative as energy, at the critical temperature too, where a product vanishes", () => {
    for (const beta of [0.2, criticalBeta, 0.45, 2]) {
      const h = 1e-4;
      const [more, less] = [kaufman([5, 7], beta + h, 1.5), kaufman([5, 7], beta - h, 1.5)];
      expect(kaufman([5, 7], beta, 1.5).energyPerSpin).toBeCloseTo((less.lnZ - more.lnZ) / (2 * h * 35), 5);
    }
    expect(kaufman([3, 3], 0)).toEqual({
      lnZ: 9 * Math.LN2,
      freeEnergyPerSpin: Number.NEGATIVE_INFINITY,
      energyPerSpin: 0,
    });
    expect(() => kaufman([2, 4], 1)).toThrow("expected two lengths of at least 3; got 2 and 4");
    expect(() => kaufman([4, 4], 1, -1)).toThrow("J above 0; got 1 and -1");
  });

  it("comes close to Onsager's free energy on large tori", () => {
    expect(relative(onsagerFreeEnergy(0.4), -2.19840955194)).toBeLessThan(1e-11);
    expect(relative(onsagerFreeEnergy(criticalBeta), -2.10965114461)).toBeLessThan(1e-11);
    expect(relative(onsagerFreeEnergy(0.5), -2.05158562539)).toBeLessThan(1e-11);
    expect(relative(kaufman([300, 300], 0.3).freeEnergyPerSpin, onsagerFreeEnergy(0.3))).toBeLessThan(1e-12);
  });
});

describe("enumeration", () => {
  it("agrees with sums over every state, with and without fields, hot and cold", async () => {
    for (const hasFields of [false, true]) {
      for (const spins of [1, 2, 9, 14]) {
        const model = spinModel({ spins, seed: spins, numbers: "real", hasFields });
        const states = [...allStates(spins)];
        const energies = states.map((state) => model.energy(state));
        const lowest = Math.min(...energies);
        const betas = [0, 0.3, 2, 400];
        const found = await enumerate(model, { betas });
        expect(found.groundEnergy).toBeCloseTo(lowest, 10);
        expect(found.degeneracy).toBe(energies.filter((e) => e < lowest + 1e-9).length);
        expect(found.groundStates.every((state) => Math.abs(model.energy(state) - lowest) < 1e-10)).toBe(true);
        const above = energies.filter((e) => e > lowest + 1e-9);
        if (above.length > 0) expect(found.gap).toBeCloseTo(Math.min(...above) - lowest, 9);
        else expect(found.gap).toBe(Number.POSITIVE_INFINITY);
        betas.forEach((beta, b) => {
          const weights = energies.map((e) => Math.exp(-beta * (e - lowest)));
          const total = weights.reduce((x, y) => x + y);
          const mean = (f: (state: Int8Array, k: number) => number) =>
            states.reduce((sum, state, k) => sum + weights[k] * f(state, k), 0) / total;
          const t = found.thermodynamics[b];
          expect(Math.abs(t.lnZ - (Math.log(total) - beta * lowest))).toBeLessThan(1e-11 * (1 + Math.abs(t.lnZ)));
          expect(t.energy).toBeCloseTo(
            mean((_, k) => energies[k]),
            9,
          );
          expect(t.entropy).toBeCloseTo(beta * t.energy + t.lnZ, 9);
          expect(t.magnetizations[spins - 1]).toBeCloseTo(
            mean((s) => s[spins - 1]),
            10,
          );
          for (const [i, j] of [
            [0, spins - 1],
            [spins >> 1, 0],
            [spins - 1, spins >> 1],
          ]) {
            expect(t.correlations[i * spins + j]).toBeCloseTo(
              mean((s) => s[i] * s[j]),
              10,
            );
            expect(t.correlations[j * spins + i]).toBe(t.correlations[i * spins + j]);
          }
        });
      }
    }
  });

  it("of the 20-spin glass gives its published ground state, gap and partition functions", async () => {
    const model = await readInstance(dataPath("ising", "sk", "sk20_s1.txt"), { format: "couplings" });
    const found = await enumerate(model, { betas: [1, 3] });
    expect(relative(found.groundEnergy, -15.258012040535)).toBeLessThan(1e-11);
    expect([found.degeneracy, found.groundStates.length]).toEqual([2, 2]);
    expect(Math.abs(found.gap - 0.867698166)).toBeLessThan(1e-9);
    expect(relative(found.thermodynamics[0].lnZ, 18.819562929)).toBeLessThan(1e-10);
    expect(relative(found.thermodynamics[1].lnZ, 46.6169804624)).toBeLessThan(1e-10);
  });

  it("solves gka1b and finds planted states", async () => {
    const qubo = await readInstance(dataPath("ising", "biqmac", "gka", "gka1b.sparse"), { format: "biqmac" });
    expect(qubo.objectiveOf((await enumerate(qubo)).groundEnergy)).toBe(-133);
    const { model, groundEnergy } = wishartPlanted(key(3), 22, 6);
    expect(Math.abs((await enumerate(model)).groundEnergy - groundEnergy)).toBeLessThan(1e-12);
  });

  it("counts every ground state of frustrated rings", async () => {
    const ring = isingOfMaxCut({
      vertices: 15,
      edges: {
        from: Array.from({ length: 15 }, (_, i) => i),
        to: Array.from({ length: 15 }, (_, i) => (i + 1) % 15),
        weight: new Array(15).fill(1),
      },
    });
    const found = await enumerate(ring, { states: 7 });
    expect([found.degeneracy, found.groundStates.length, found.gap, ring.objectiveOf(found.groundEnergy)]).toEqual([
      30, 7, 2, 14,
    ]);
  });

  it("looks at the 2^28 states of the largest model, tells how far it is, and can be stopped", async () => {
    const model = spinModel({ spins: 28, seed: 4 });
    const shares: number[] = [];
    const found = await enumerate(model, { observer: (share) => shares.push(share) });
    expect(shares.every((share, i) => share > (shares[i - 1] ?? 0) && share <= 1)).toBe(true);
    expect(model.energy(found.groundStates[0])).toBe(found.groundEnergy);
    await expect(enumerate(model, { signal: AbortSignal.abort(), betas: [1] })).rejects.toThrow("cancelled");
    await expect(enumerate(spinModel({ spins: 29, seed: 1, density: 0.1 }))).rejects.toThrow(
      "at most 28 spins; got 29",
    );
    await expect(enumerate(spinModel({ spins: 3, seed: 1 }), { betas: [-1] })).rejects.toThrow("at least 0; got -1");
  });
});

describe("the transfer matrix", () => {
  it("agrees with enumeration on any graph, with fields, in products and in logarithms", async () => {
    for (const [seed, density] of [0.15, 0.3, 1].entries()) {
      const model = spinModel({ spins: 11, seed, density, numbers: "real", hasFields: seed !== 1 });
      const { betas, ...exact } = {
        betas: [0, 0.7, 80, 300],
        ...(await enumerate(model, { betas: [0, 0.7, 80, 300] })),
      };
      const found = await transferMatrix(model, { betas });
      expect(found.groundEnergy).toBeCloseTo(lowestEnergy(model), 10);
      expect(model.energy(found.groundState as Int8Array)).toBe(found.groundEnergy);
      found.lnZ.forEach((lnZ, b) => {
        expect(relative(lnZ, exact.thermodynamics[b].lnZ)).toBeLessThan(1e-11);
      });
      const bare = await transferMatrix(model, { hasState: false });
      expect([bare.groundState, bare.lnZ]).toEqual([undefined, []]);
      expect(bare.groundEnergy).toBeCloseTo(found.groundEnergy, 10);
    }
  });

  it("gives Kaufman's partition functions on a torus, at every temperature of the table", async () => {
    const torus = await transferMatrix(ferromagnet(lattice([8, 8])), { betas: published.map(([beta]) => beta) });
    torus.lnZ.forEach((lnZ, row) => {
      expect(relative(lnZ, published[row][2])).toBeLessThan(1e-11);
    });
    expect([torus.groundEnergy, torus.width]).toEqual([-128, 15]);
    const strip = await transferMatrix(ferromagnet(lattice([6, 4])), { betas: [0.4] });
    expect(relative(strip.lnZ[0], 21.58898919050456)).toBeLessThan(1e-13);
  });

  it("finds the published ground energies of Edwards–Anderson lattices of 10×10", async () => {
    const all = JSON.parse(readFileSync(dataPath("ising", "ea", "ea10x10_ground.json"), "utf8")) as {
      seed: number;
      mine: number;
    }[];
    const chosen = all.filter(({ seed }) => seed <= 19);
    expect(chosen.length).toBe(19);
    for (const { seed, mine } of chosen) {
      const model = await readInstance(dataPath("ising", "ea", `ea10x10_open_seed${seed}.txt`), {
        format: "couplings",
      });
      const { groundEnergy, width } = await transferMatrix(model);
      expect(Math.abs(groundEnergy / 100 - mine)).toBeLessThan(1e-12);
      expect(width).toBeLessThanOrEqual(11);
    }
  });

  it("takes trees, chains and parts that do not touch, whatever their order", async () => {
    const n = 200;
    const order = Array.from({ length: n }, (_, i) => (i * 77) % n);
    const chain = new IsingModel({
      spins: n,
      couplings: { from: order.slice(1), to: order.slice(0, -1), weight: order.slice(1).map((i) => Math.sin(i)) },
    });
    const { width, groundEnergy, lnZ } = await transferMatrix(chain, { betas: [0.8] });
    expect(width).toBe(1);
    expect(groundEnergy).toBeCloseTo(-order.slice(1).reduce((sum, i) => sum + Math.abs(Math.sin(i)), 0), 10);
    const exact = order.slice(1).reduce((sum, i) => sum + Math.log(2 * Math.cosh(0.8 * Math.sin(i))), Math.LN2);
    expect(relative(lnZ[0], exact)).toBeLessThan(1e-13);
    const free = new IsingModel({
      spins: 5,
      couplings: { from: [], to: [], weight: [] },
      fields: [1, -2, 0, 0, 3],
      offset: 1,
    });
    expect((await transferMatrix(free)).groundState?.[1]).toBe(-1);
    expect((await transferMatrix(free)).groundEnergy).toBe(-5);
  });

  it("refuses what is too wide, and can be stopped", async () => {
    const cube = edwardsAnderson(key(1), [6, 6, 6]);
    await expect(transferMatrix(cube)).rejects.toThrow("can be cut by at most 24 spins at every place; got");
    const wide = edwardsAnderson(key(1), [20, 30], { boundary: "open" });
    await expect(transferMatrix(wide, { signal: AbortSignal.abort() })).rejects.toThrow("cancelled");
  });
});
