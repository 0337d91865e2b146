import { describe, expect, it, vi } from "vitest";
import { spinModel } from "../../../../test/kit/spin-models.ts";
import { key } from "../../../engine/random/key.ts";
import { enumerate } from "../exact/enumeration.ts";
import { kaufman } from "../exact/kaufman.ts";
import { ferromagnet } from "../generators/ensembles.ts";
import { lattice } from "../generators/lattices.ts";
import { IsingModel } from "../model.ts";
import { type SampleState, sampleThermal } from "./sample-thermal.ts";

describe("sampling by parallel tempering", () => {
  it("has the exact ln Z, energies, magnetisations and correlations within its errors", async () => {
    for (const numbers of ["integer", "real"] as const) {
      const model = spinModel({ spins: 14, seed: 6, numbers, hasFields: true });
      const beta = 0.6;
      const found = await sampleThermal(model, { key: key(1), beta, samples: 4000, burnIn: 400, sweepsBetween: 4 });
      const exact = (await enumerate(model, { betas: [beta, ...found.ladder.slice(1).map((t) => t.beta)] }))
        .thermodynamics;
      expect(Math.abs(found.lnZ - exact[0].lnZ)).toBeLessThan(5 * found.lnZError);
      expect(found.lnZError).toBeLessThan(0.05);
      found.ladder.slice(1).forEach((t, r) => {
        expect(Math.abs(t.meanEnergy - exact[r + 1].energy)).toBeLessThan(6 * t.error + 1e-9);
        expect(Math.abs(t.lnZ - exact[r + 1].lnZ)).toBeLessThan(6 * t.lnZError + 1e-9);
      });
      expect(found.ladder.slice(0, -1).every(({ exchangeRate }) => (exchangeRate ?? 0) > 0.25)).toBe(true);
      const error = 6 / Math.sqrt(found.effectiveSamples);
      for (let i = 0; i < 14; i++) {
        const mean = found.states.reduce((sum, state) => sum + state[i], 0) / 4000;
        expect(Math.abs(mean - exact[0].magnetizations[i])).toBeLessThan(error);
      }
      expect(found.energies).toEqual(Float64Array.from(found.states, (state) => model.energy(state)));
    }
  });

  it("has error bars that hold the truth as often as they should", async () => {
    const model = spinModel({ spins: 10, seed: 6, numbers: "real", hasFields: true });
    const distances: number[] = [];
    for (let seed = 0; seed < 60; seed++) {
      const { ladder } = await sampleThermal(model, {
        key: key(seed),
        beta: 0.5,
        samples: 400,
        burnIn: 60,
        sweepsBetween: 4,
      });
      const exact = (await enumerate(model, { betas: ladder.slice(1).map((t) => t.beta) })).thermodynamics;
      exact.forEach(({ energy, lnZ }, r) => {
        const { meanEnergy, error, ...found } = ladder[r + 1];
        distances.push(Math.abs(meanEnergy - energy) / error, Math.abs(found.lnZ - lnZ) / found.lnZError);
      });
    }
    const within = (errors: number) => distances.filter((d) => d <= errors).length / distances.length;
    expect([within(1) > 0.6, within(1) < 0.76]).toEqual([true, true]);
    expect([within(2) > 0.91, within(2) < 0.985]).toEqual([true, true]);
  });

  it("has Kaufman's free energy on a torus below and above the critical temperature", async () => {
    const torus = ferromagnet(lattice([8, 8]));
    for (const beta of [0.3, 0.5]) {
      const { lnZ, lnZError } = await sampleThermal(torus, {
        key: key(2),
        beta,
        samples: 2000,
        burnIn: 500,
        sweepsBetween: 3,
      });
      expect(Math.abs(lnZ - kaufman([8, 8], beta).lnZ)).toBeLessThan(5 * lnZError);
      expect(lnZError).toBeLessThan(0.1);
    }
  });

  it("stopped and resumed draws the same samples", async () => {
    const model = spinModel({ spins: 60, seed: 2, numbers: "real", density: 0.2 });
    const options = { key: key(3), beta: 1, samples: 200, sweepsBetween: 20, burnIn: 300 };
    const whole = await sampleThermal(model, options);
    const stop = new AbortController();
    // A clock of its own: where the run is stopped does not depend on the machine.
    let now = 0;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => now++);
    let state: SampleState | undefined;
    const broken = sampleThermal(model, {
      ...options,
      signal: stop.signal,
      observer: (share) => share > 0.5 && stop.abort(),
      onState: (kept) => {
        state = structuredClone(kept);
      },
    });
    await expect(broken).rejects.toThrow("cancelled");
    clock.mockRestore();
    expect(state?.sweeps).toBeGreaterThan(2150);
    expect(state?.sweeps).toBeLessThan(2300);
    expect(await sampleThermal(model, { ...options, resume: state as SampleState })).toEqual(whole);
  });

  it("draws spins that nothing holds anew for every sample", async () => {
    const model = new IsingModel({ spins: 4, couplings: { from: [0], to: [1], weight: [2] } });
    const { states } = await sampleThermal(model, { key: key(1), beta: 1, samples: 400, burnIn: 20 });
    for (const i of [0, 2, 3]) expect(Math.abs(states.reduce((sum, s) => sum + s[i], 0))).toBeLessThan(4 * 20);
    expect(Math.abs(states.reduce((sum, s) => sum + s[2] * s[3], 0))).toBeLessThan(4 * 20);
  });

  it("works with couplings near the largest number", async () => {
    const model = new IsingModel({ spins: 3, couplings: { from: [0, 1], to: [1, 2], weight: [1e300, -3e300] } });
    const { energies, lnZ } = await sampleThermal(model, { key: key(1), beta: 1, samples: 30, burnIn: 30 });
    expect(energies).toEqual(new Float64Array(30).fill(-4e300));
    expect(lnZ / 4e300).toBeCloseTo(1, 9);
  });

  it("works without couplings and refuses impossible options", async () => {
    const free = new IsingModel({ spins: 2, couplings: { from: [], to: [], weight: [] } });
    const { lnZ, lnZError } = await sampleThermal(free, { key: key(1), beta: 1, samples: 50, burnIn: 10 });
    expect(lnZ).toBeCloseTo(2 * Math.LN2, 12);
    expect(lnZError).toBeLessThan(1e-12);
    await expect(sampleThermal(free, { key: key(1), beta: 0 })).rejects.toThrow("expected β above 0; got 0");
    await expect(sampleThermal(free, { key: key(1), beta: 1, samples: 0 })).rejects.toThrow("expected samples");
    await expect(sampleThermal(free, { key: key(1), beta: 1, replicas: 1 })).rejects.toThrow("at least 2; got 1");
  });
});
