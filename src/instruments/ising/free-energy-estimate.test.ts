import { expect, it } from "vitest";
import { key } from "../../engine/index.ts";
import { type EstimateName, type FreeEnergyValue, judgeEstimates } from "./free-energy-estimate.ts";
import { sherringtonKirkpatrick } from "./generators/ensembles.ts";

const model = sherringtonKirkpatrick(key(1), 10);
const value = (name: EstimateName, freeEnergy: number, rest: Partial<FreeEnergyValue> = {}): FreeEnergyValue => ({
  ...{
    name,
    beta: 2,
    freeEnergy,
    error: 0,
    energy: undefined,
    isBound: name === "naive" || name === "bound",
    doubts: [],
  },
  ...rest,
});
const doubtsOf = (values: FreeEnergyValue[], lowest?: number) =>
  judgeEstimates(model, values, lowest).map(({ doubts }) => doubts.join("; "));

it("an estimate above a bound at its own temperature is doubted, and one within its error is not", () => {
  expect(doubtsOf([value("naive", -8), value("bethe", -7.9), value("tap", -8.1)])).toEqual([
    "",
    "above naive mean field, which is an upper bound",
    "",
  ]);
  expect(doubtsOf([value("bound", -8, { error: 0.1 }), value("network", -7.7, { error: 0.05 })])[1]).toBe("");
  expect(doubtsOf([value("bound", -8, { error: 0.1 }), value("network", -7.4, { error: 0.05 })])[1]).toContain("bound");
  expect(doubtsOf([value("naive", -8, { beta: 1 }), value("bethe", -7.9)])[1]).toBe("");
  expect(doubtsOf([value("tempering", -7)], -7.5)[0]).toBe(
    "above the lowest energy that is known, which is an upper bound",
  );
});

it("the network's bound is taken for as exact as single precision is", () => {
  expect(doubtsOf([value("bound", -8), value("tempering", -8 + 2e-6)])[1]).toBe("");
  expect(doubtsOf([value("bound", -8), value("tempering", -8 + 2e-5)])[1]).toContain("bound");
  expect(doubtsOf([value("naive", -8), value("tempering", -8 + 2e-6)])[1]).toContain("bound");
});

it("an entropy must be that of N spins", () => {
  const entropies = [-0.1, 0, 7, 6.9].map((entropy) => value("tap", -8, { energy: -8 + entropy / 2 }));
  expect(doubtsOf(entropies)).toEqual(["its entropy is negative", "", "its entropy is above N ln 2", ""]);
  expect(judgeEstimates(model, entropies)[3].entropy).toBeCloseTo(6.9, 12);
});

it("what is exact is the measure of the others", () => {
  const [exact, tap, other] = judgeEstimates(model, [
    value("exact", -9),
    value("tap", -8.5),
    value("tap", -8, { beta: 1 }),
  ]);
  expect([exact.difference, tap.difference, other.difference]).toEqual([0, 0.5, undefined]);
});
