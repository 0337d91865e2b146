import { expect, it } from "vitest";
import { spinModel } from "../../../../test/kit/spin-models.ts";
import { key } from "../../../engine/random/key.ts";
import { edwardsAnderson, ferromagnet, sherringtonKirkpatrick } from "../generators/ensembles.ts";
import { lattice } from "../generators/lattices.ts";
import { IsingModel } from "../model.ts";
import { cheapestExactMethod, type ExactMethod, exactCurve } from "./exact-curve.ts";
import { ferromagneticTorusOf } from "./torus.ts";

const betas = [0.2, 0.44, 1.5];

it("all exact methods agree, offset included", async () => {
  const torus = ferromagnet(lattice([4, 4]), { coupling: 0.7 });
  const moved = new IsingModel({ ...torus.toDefinition(), offset: 5 });
  const [reference, ...others] = await Promise.all(
    (["enumeration", "transfer-matrix", "kaufman"] as const).map((method) => exactCurve(moved, { betas, method })),
  );
  expect(reference.points.map(({ beta }) => beta)).toEqual(betas);
  for (const { points } of others) {
    points.forEach(({ lnZ, energy }, b) => {
      expect(lnZ).toBeCloseTo(reference.points[b].lnZ, 9);
      expect(energy).toBeCloseTo(reference.points[b].energy, 5);
    });
  }
  const glass = spinModel({ spins: 10, seed: 3, numbers: "real", hasFields: true });
  const [a, b] = await Promise.all(
    (["enumeration", "transfer-matrix"] as const).map((method) => exactCurve(glass, { betas, method })),
  );
  a.points.forEach(({ lnZ, energy }, i) => {
    expect(b.points[i].lnZ).toBeCloseTo(lnZ, 9);
    expect(b.points[i].energy).toBeCloseTo(energy, 5);
  });
});

it.each<[string, IsingModel, ExactMethod | undefined]>([
  ["a ferromagnetic torus of any size", ferromagnet(lattice([30, 40])), "kaufman"],
  ["a ferromagnet with a field", ferromagnet(lattice([4, 4]), { field: 0.1 }), "transfer-matrix"],
  ["few spins", sherringtonKirkpatrick(key(1), 20), "enumeration"],
  ["a glass on a strip", edwardsAnderson(key(1), [10, 10], { boundary: "open" }), "transfer-matrix"],
  ["many spins, all coupled", sherringtonKirkpatrick(key(1), 60), undefined],
  ["a cubic glass", edwardsAnderson(key(1), [8, 8, 8]), undefined],
])("%s is solved by the cheapest method, or by none", (_, model, method) => {
  expect(cheapestExactMethod(model, { betas: 20, mostSeconds: 60 })?.method).toBe(method);
});

it("knows a torus whatever its sign, and nothing else", async () => {
  const antiferromagnet = (lengths: number[]) => ferromagnet(lattice(lengths), { coupling: -2 });
  expect(ferromagneticTorusOf(antiferromagnet([6, 4]))).toEqual({ lengths: [6, 4], coupling: 2 });
  expect(ferromagneticTorusOf(antiferromagnet([6, 5]))).toBeUndefined();
  expect(ferromagneticTorusOf(ferromagnet(lattice([6, 5], "open")))).toBeUndefined();
  expect(ferromagneticTorusOf(edwardsAnderson(key(1), [6, 6]))).toBeUndefined();
  const { from, to, weight } = ferromagnet(lattice([5, 5])).edges();
  const missing = { from: from.slice(1), to: to.slice(1), weight: weight.slice(1) };
  expect(ferromagneticTorusOf(new IsingModel({ spins: 25, couplings: missing }))).toBeUndefined();
  const glass = edwardsAnderson(key(1), [4, 4]);
  await expect(exactCurve(glass, { betas: [1], method: "kaufman" })).rejects.toThrow("got another model");
});
