import { describe, expect, it } from "vitest";
import { spinModel } from "../../../../test/kit/spin-models.ts";
import { key } from "../../../engine/random/key.ts";
import { enumerate } from "../exact/enumeration.ts";
import { transferMatrix } from "../exact/transfer-matrix.ts";
import { ferromagnet, sherringtonKirkpatrick } from "../generators/ensembles.ts";
import { lattice } from "../generators/lattices.ts";
import { IsingModel } from "../model.ts";
import { type MeanFieldName, meanField, meanFieldNames } from "./mean-field.ts";

/** A random tree with random couplings and fields. */
const tree = new IsingModel({
  spins: 18,
  couplings: {
    from: Array.from({ length: 17 }, (_, i) => Math.floor((i * 7) % (i + 1))),
    to: Array.from({ length: 17 }, (_, i) => i + 1),
    weight: Array.from({ length: 17 }, (_, i) => 1.5 * Math.sin(3 * i + 1)),
  },
  fields: Array.from({ length: 18 }, (_, i) => 0.4 * Math.cos(i)),
  offset: 3,
});

describe("mean-field theories", () => {
  it("Bethe is exact on trees at any temperature", async () => {
    const betas = [0.2, 1, 4, 30];
    const exact = await enumerate(tree, { betas });
    for (const { beta, freeEnergy, energy, entropy, magnetizations } of exact.thermodynamics) {
      const found = meanField(tree, { theory: "bethe", beta, key: key(1), starts: 2 });
      expect(found.isConverged).toBe(true);
      expect(Math.abs(found.freeEnergy - freeEnergy)).toBeLessThan(1e-8);
      expect(found.energy).toBeCloseTo(energy, 5);
      expect(found.entropy).toBeCloseTo(entropy, 4);
      found.magnetizations.forEach((m, i) => {
        expect(m).toBeCloseTo(magnetizations[i], 7);
      });
    }
  });

  it("naive mean field bounds the free energy from above, converges always, and is exact for independent spins", async () => {
    for (const seed of [1, 2, 3]) {
      const model = spinModel({ spins: 12, seed, numbers: "real", hasFields: seed !== 2 });
      for (const { beta, freeEnergy } of (await enumerate(model, { betas: [0.1, 0.5, 3] })).thermodynamics) {
        const found = meanField(model, { theory: "naive", beta, key: key(seed) });
        expect([found.isBound, found.isConverged, found.converged]).toEqual([true, true, 8]);
        expect(found.freeEnergy).toBeGreaterThanOrEqual(freeEnergy - 1e-9);
        const early = meanField(model, { theory: "naive", beta, key: key(seed), starts: 1, sweeps: 1 });
        expect(early.freeEnergy).toBeGreaterThanOrEqual(found.freeEnergy - 1e-12);
      }
    }
    const free = new IsingModel({ spins: 3, couplings: { from: [], to: [], weight: [] }, fields: [1, -0.5, 0] });
    const expected = -[1, 0.5, 0].reduce((sum, h) => sum + Math.log(2 * Math.cosh(2 * h)), 0) / 2;
    for (const theory of meanFieldNames) {
      const found = meanField(free, { theory, beta: 2, key: key(1) });
      expect(found.freeEnergy).toBeCloseTo(expected, 10);
      expect(found.magnetizations[1]).toBeCloseTo(Math.tanh(-1), 9);
    }
  });

  it("at high temperature TAP and Bethe come closer than naive mean field, with the errors that expansions give", async () => {
    const model = sherringtonKirkpatrick(key(5), 18);
    const beta = 0.3;
    const [{ freeEnergy }] = (await enumerate(model, { betas: [beta] })).thermodynamics;
    const errorOf = (theory: MeanFieldName) => {
      const found = meanField(model, { theory, beta, key: key(2) });
      expect([found.isConverged, found.isPhysical]).toEqual([true, true]);
      return Math.abs(found.freeEnergy - freeEnergy);
    };
    const [naive, tap, bethe] = meanFieldNames.map(errorOf);
    expect(naive).toBeGreaterThan(0.5);
    expect(tap).toBeLessThan(naive / 10);
    expect(bethe).toBeLessThan(naive / 10);
  });

  it("Bethe finds the transition of the square lattice where it puts it, at tanh βJ = 1/3", () => {
    const torus = ferromagnet(lattice([8, 8]));
    const order = (beta: number) => {
      const { magnetizations, isConverged } = meanField(torus, {
        theory: "bethe",
        beta,
        key: key(3),
        starts: 3,
        tolerance: 1e-9,
      });
      expect(isConverged).toBe(true);
      return Math.max(...magnetizations.map(Math.abs));
    };
    expect(order(Math.atanh(1 / 3) * 0.95)).toBeLessThan(1e-4);
    expect(order(Math.atanh(1 / 3) * 1.05)).toBeGreaterThan(0.3);
  });

  it("the energy is the derivative of β times the free energy, and for independent spins E of the magnetisations", () => {
    const glass = sherringtonKirkpatrick(key(9), 30);
    for (const theory of meanFieldNames) {
      const at = (beta: number) => meanField(glass, { theory, beta, key: key(1), starts: 1, tolerance: 1e-13 });
      const [less, here, more] = [at(0.69), at(0.7), at(0.71)];
      expect(here.energy).toBeCloseTo((0.71 * more.freeEnergy - 0.69 * less.freeEnergy) / 0.02, 2);
      expect(here.entropy).toBeCloseTo(0.7 * (here.energy - here.freeEnergy), 12);
    }
    const { energy, magnetizations } = meanField(tree, { theory: "naive", beta: 2, key: key(1) });
    const { from, to, weight } = tree.edges();
    const pairs = weight.reduce((sum, J, k) => sum + J * magnetizations[from[k]] * magnetizations[to[k]], 0);
    const fields = tree.fields.reduce((sum, h, i) => sum + h * magnetizations[i], 0);
    expect(energy).toBeCloseTo(3 - pairs - fields, 9);
  });

  it("says where it does not converge, and TAP that the paramagnet of a cold glass is not physical", () => {
    const glass = sherringtonKirkpatrick(key(7), 40);
    const bethe = meanField(glass, { theory: "bethe", beta: 4, key: key(1), starts: 3, damping: 0, sweeps: 200 });
    expect([bethe.isConverged, bethe.converged, bethe.sweeps]).toEqual([false, 0, 200]);
    expect(bethe.residual).toBeGreaterThan(1e-3);
    const zero = meanField(glass, { theory: "tap", beta: 1.5, key: key(1), starts: 1, sweeps: 1 });
    expect([zero.isConverged, zero.isPhysical]).toEqual([false, false]);
  });

  it("refuses impossible options", () => {
    const trying = (options: object) => () => meanField(tree, { theory: "naive", beta: 1, key: key(1), ...options });
    expect(trying({ theory: "bete" })).toThrow('unknown theory "bete"');
    expect(trying({ beta: 0 })).toThrow("expected β above 0; got 0");
    expect(trying({ damping: 1 })).toThrow("expected damping in [0, 1); got 1");
    expect(trying({ starts: 0 })).toThrow("at least 1; got 0");
  });

  it("agrees with the transfer matrix on a long tree", async () => {
    const n = 400;
    const chain = new IsingModel({
      spins: n,
      couplings: {
        from: Array.from({ length: n - 1 }, (_, i) => i),
        to: Array.from({ length: n - 1 }, (_, i) => i + 1),
        weight: Array.from({ length: n - 1 }, (_, i) => Math.cos(i)),
      },
      fields: Array.from({ length: n }, (_, i) => 0.1 * Math.sin(i)),
    });
    const { lnZ } = await transferMatrix(chain, { betas: [2] });
    const found = meanField(chain, { theory: "bethe", beta: 2, key: key(1), starts: 1 });
    expect(found.freeEnergy).toBeCloseTo(-lnZ[0] / 2, 7);
  });
});
