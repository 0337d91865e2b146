import { describe, expect, it, vi } from "vitest";
import { spinModel } from "../../../../test/kit/spin-models.ts";
import { key } from "../../../engine/random/key.ts";
import { enumerate } from "../exact/enumeration.ts";
import { ferromagnet } from "../generators/ensembles.ts";
import { lattice } from "../generators/lattices.ts";
import { IsingModel } from "../model.ts";
import { autocorrelationTime } from "../statistics/autocorrelation.ts";
import { potentialScaleReduction } from "../statistics/potential-scale-reduction.ts";
import { type ChainsState, sampleChains } from "./sample-chains.ts";

describe("sampling by independent Metropolis chains", () => {
  it("has the exact energies and magnetisations within its errors, and chains that agree", async () => {
    for (const numbers of ["integer", "real"] as const) {
      const model = spinModel({ spins: 12, seed: 6, numbers, hasFields: true });
      const beta = 0.3;
      const chains = await sampleChains(model, { key: key(1), beta, chains: 4, samples: 3000, burnIn: 200 });
      const [exact] = (await enumerate(model, { betas: [beta] })).thermodynamics;
      const energies = chains.flatMap((chain) => [...chain.energies]);
      const mean = energies.reduce((sum, e) => sum + e, 0) / energies.length;
      const variance = energies.reduce((sum, e) => sum + (e - mean) ** 2, 0) / energies.length;
      const independent = chains.reduce((sum, c) => sum + c.energies.length / (2 * autocorrelationTime(c.energies)), 0);
      expect(Math.abs(mean - exact.energy)).toBeLessThan(5 * Math.sqrt(variance / independent));
      for (let i = 0; i < 12; i++) {
        const m = chains.flatMap((c) => c.states.map((state) => state[i] as number)).reduce((a, b) => a + b, 0);
        expect(Math.abs(m / energies.length - exact.magnetizations[i])).toBeLessThan(6 / Math.sqrt(independent));
      }
      expect(potentialScaleReduction(chains.map((c) => c.energies))).toBeLessThan(1.02);
      expect(chains[2].energies).toEqual(Float64Array.from(chains[2].states, (state) => model.energy(state)));
    }
  });

  it("does not meet where a phase is chosen for good, and says so by the magnetisation", async () => {
    const cold = ferromagnet(lattice([8, 8]));
    const chains = await sampleChains(cold, { key: key(3), beta: 1, chains: 8, samples: 50, burnIn: 300 });
    const magnetization = (state: Int8Array) => state.reduce((sum, s) => sum + s, 0) / 64;
    const series = chains.map(({ states }) => states.map(magnetization));
    expect(new Set(series.map((list) => Math.sign(list[49]))).size).toBe(2);
    expect(potentialScaleReduction(series)).toBeGreaterThan(2);
  });

  it("stopped and resumed draws the same samples", async () => {
    const model = spinModel({ spins: 60, seed: 2, numbers: "real", density: 0.2 });
    const options = { key: key(3), beta: 1, samples: 300, sweepsBetween: 40, burnIn: 300 };
    const whole = await sampleChains(model, options);
    const stop = new AbortController();
    // A clock of its own: where the run is stopped does not depend on the machine.
    let now = 0;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => now++);
    let state: ChainsState | undefined;
    const broken = sampleChains(model, {
      ...options,
      signal: stop.signal,
      observer: (share) => share > 0.5 && stop.abort(),
      onState: (kept) => {
        state = structuredClone(kept);
      },
    });
    await expect(broken).rejects.toThrow("cancelled");
    clock.mockRestore();
    expect(state?.sweeps).toBeGreaterThan(6_150);
    expect(state?.sweeps).toBeLessThan(6_300);
    expect(await sampleChains(model, { ...options, resume: state as ChainsState })).toEqual(whole);
  });

  it("draws spins that nothing holds anew for every sample", async () => {
    const model = new IsingModel({ spins: 4, couplings: { from: [0], to: [1], weight: [2] } });
    const chains = await sampleChains(model, { key: key(1), beta: 1, chains: 2, samples: 200, burnIn: 20 });
    const states = chains.flatMap((chain) => chain.states);
    for (const i of [0, 2, 3]) expect(Math.abs(states.reduce((sum, s) => sum + s[i], 0))).toBeLessThan(4 * 20);
    expect(Math.abs(states.reduce((sum, s) => sum + s[2] * s[3], 0))).toBeLessThan(4 * 20);
  });

  it("refuses impossible options", async () => {
    const model = spinModel({ spins: 4, seed: 1, numbers: "real" });
    await expect(sampleChains(model, { key: key(1), beta: 0 })).rejects.toThrow("expected β above 0; got 0");
    await expect(sampleChains(model, { key: key(1), beta: 1, chains: 0 })).rejects.toThrow("expected chains");
  });
});
