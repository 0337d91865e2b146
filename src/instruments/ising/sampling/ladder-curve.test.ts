import { expect, it } from "vitest";
import { spinModel } from "../../../../test/kit/spin-models.ts";
import { enumerate } from "../exact/enumeration.ts";
import { ladderCurve } from "./ladder-curve.ts";

it("between exact temperatures ln Z is off by a fourth power of the step, and the energy by its square", async () => {
  const model = spinModel({ spins: 10, seed: 2, numbers: "real", hasFields: true });
  const errors = await Promise.all(
    [8, 16].map(async (steps) => {
      const betas = Array.from({ length: steps + 1 }, (_, r) => (0.8 * r) / steps);
      const { thermodynamics } = await enumerate(model, { betas });
      const ladder = thermodynamics.map(({ beta, lnZ, energy }) => {
        return { beta, lnZ, meanEnergy: energy, error: 0, heatCapacity: 0, exchangeRate: 1, lnZError: beta };
      });
      const between = betas.slice(1).map((beta) => beta - 0.4 / steps);
      const exact = (await enumerate(model, { betas: between })).thermodynamics;
      const found = ladderCurve(ladder, between);
      expect(ladderCurve(ladder, betas).map(({ lnZ }) => lnZ)).toEqual(
        ladder.map(({ lnZ }) => expect.closeTo(lnZ, 12)),
      );
      expect(found[3].lnZError).toBeCloseTo(between[3], 12);
      return {
        lnZ: Math.max(...found.map(({ lnZ }, k) => Math.abs(lnZ - exact[k].lnZ))),
        energy: Math.max(...found.map(({ energy }, k) => Math.abs(energy - exact[k].energy))),
      };
    }),
  );
  expect(errors[0].lnZ / errors[1].lnZ).toBeGreaterThan(10);
  expect(errors[0].energy / errors[1].energy).toBeGreaterThan(2.8);
  expect(errors[1].lnZ).toBeLessThan(0.01);
});
