import { expect, it } from "vitest";
import { key } from "../../../engine/random/key.ts";
import { edwardsAnderson, ferromagnet, hopfield, sherringtonKirkpatrick, wishartPlanted } from "./ensembles.ts";
import { latticeShapeOf } from "./lattice-shape.ts";
import { lattice } from "./lattices.ts";
import { randomRegular } from "./random-regular.ts";

const degrees = (model: { spins: number; rowStart: Int32Array }) =>
  new Set(Array.from({ length: model.spins }, (_, i) => model.rowStart[i + 1] - model.rowStart[i]));

it("lattices have their bonds", () => {
  expect(lattice([8, 8]).from.length).toBe(128);
  expect(lattice([8, 8], "open").from.length).toBe(112);
  expect(lattice([4, 4, 4]).from.length).toBe(192);
  expect(lattice([6, 6], "periodic", "triangular").from.length).toBe(108);
  expect(lattice([2, 2]).from.length).toBe(4);
  expect(lattice([5]).from.length).toBe(5);
  expect(() => lattice([3, 0])).toThrow("whole numbers of at least 1; got [3,0]");
  expect(() => lattice([3], "open", "triangular")).toThrow("two axes");
});

it("a ferromagnet is lowest when aligned with its field", () => {
  const model = ferromagnet(lattice([4, 4]), { field: 0.5 });
  expect(model.energy(new Int8Array(16).fill(1))).toBe(-40);
  expect(model.energy(new Int8Array(16).fill(-1))).toBe(-24);
});

it("a spin glass has the couplings of its distribution, the same for the same key", () => {
  const model = edwardsAnderson(key(1), [10, 10, 10]);
  expect(degrees(model)).toEqual(new Set([6]));
  expect(new Set(model.couplings)).toEqual(new Set([-1, 1]));
  expect(Math.abs(model.couplings.reduce((a, b) => a + b, 0)) / 2).toBeLessThan(4 * Math.sqrt(3000));
  expect(edwardsAnderson(key(1), [10, 10, 10]).couplings).toEqual(model.couplings);
  const gaussian = edwardsAnderson(key(2), [40, 40], { boundary: "open", couplings: "gaussian" });
  const variance = gaussian.couplings.reduce((sum, J) => sum + J * J, 0) / gaussian.couplings.length;
  expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / gaussian.pairs));
  const sk = sherringtonKirkpatrick(key(3), 100);
  expect(Math.abs(sk.couplings.reduce((sum, J) => sum + J * J, 0) / sk.pairs / 2 - 0.01)).toBeLessThan(0.0008);
});

it("a planted state has the energy that is planted, and no single flip goes below", () => {
  for (const columns of [4, 10, 20]) {
    const { model, groundState, groundEnergy } = wishartPlanted(key(columns), 20, columns);
    expect(Math.abs(model.energy(groundState) - groundEnergy)).toBeLessThan(1e-12);
    const fields = model.localFields(groundState);
    expect(Math.min(...Array.from(groundState, (s, i) => s * fields[i]))).toBeGreaterThanOrEqual(0);
    expect(Math.abs(groundState.reduce((a, b) => a + b, 0))).toBeLessThan(20);
  }
});

it("a pattern is a fixed point of a Hopfield model far below capacity", () => {
  const { model, patterns } = hopfield(key(5), 200, 4);
  const fields = model.localFields(patterns[0]);
  expect(patterns[0].every((s, i) => s * fields[i] > 0)).toBe(true);
});

it("a random regular graph is simple and regular", () => {
  for (const degree of [3, 4, 7]) {
    const model = randomRegular(key(degree), 64, { degree });
    expect(degrees(model)).toEqual(new Set([degree]));
    expect(new Set(model.couplings)).toEqual(new Set([-1, 1]));
  }
  expect(degrees(randomRegular(key(1), 4, { degree: 3, couplings: "ferromagnetic" }))).toEqual(new Set([3]));
  expect(() => randomRegular(key(1), 5, { degree: 3 })).toThrow("their product even; got 3, 5");
});

it("a model tells the lattice that it lives on, if there is one", () => {
  const shapes: [number[], "open" | "periodic"][] = [
    [[7, 7], "open"],
    [[4, 9], "periodic"],
    [[12, 5], "open"],
    [[4, 4, 4], "periodic"],
    [[3, 5, 4], "open"],
  ];
  for (const [lengths, boundary] of shapes) {
    const model = edwardsAnderson(key(1), lengths, { boundary, couplings: "gaussian" });
    expect(latticeShapeOf(model)).toEqual({ lengths, boundary });
  }
  expect(latticeShapeOf(edwardsAnderson(key(1), [24], { boundary: "open" }))).toBeUndefined();
  expect(latticeShapeOf(ferromagnet(lattice([6, 6], "periodic", "triangular")))).toBeUndefined();
  expect(latticeShapeOf(sherringtonKirkpatrick(key(1), 12))).toBeUndefined();
  expect(latticeShapeOf(randomRegular(key(1), 36))).toBeUndefined();
});
