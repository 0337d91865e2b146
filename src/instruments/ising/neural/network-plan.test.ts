import fc from "fast-check";
import { expect, it } from "vitest";
import { key } from "../../../engine/index.ts";
import { edwardsAnderson } from "../generators/ensembles.ts";
import { IsingModel } from "../model.ts";
import { frontier } from "./masks.ts";
import { messageMatrix } from "./messages.ts";
import { glass } from "./network-case.ts";
import { planNetwork, toDrawingOrder, toModelOrder } from "./network-plan.ts";
import type { SpinOrder } from "./spin-order.ts";

const lattice = edwardsAnderson(key(1), [5, 5], { boundary: "open" });

it.each(["given", "random", "breadth-first", "strongest-first", [3, 1, 2, 0, 4, 5, 6]] as SpinOrder[])(
  "draws every spin once in order %s, with its own couplings and fields",
  (order) => {
    const model = glass(7, { hasFields: true });
    const plan = planNetwork(model, { order }, key(2));
    expect([...plan.order].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    const dense = model.dense();
    plan.order.forEach((spin, i) => {
      expect(plan.fields[i]).toBe(Math.fround(model.fields[spin]));
      plan.order.forEach((other, j) => {
        expect(plan.couplings[i * 7 + j]).toBe(Math.fround(dense[spin * 7 + other]));
      });
    });
  },
);

it("keeps a short frontier on a lattice when spins are drawn breadth first", () => {
  const widest = (order: SpinOrder) => {
    const plan = planNetwork(lattice, { order }, key(3));
    const rows = frontier(plan);
    return Math.max(
      ...Array.from({ length: 25 }, (_, i) => rows.subarray(i * 25, (i + 1) * 25).reduce((a, b) => a + b)),
    );
  };
  expect(widest("breadth-first")).toBeLessThanOrEqual(6);
  expect(widest("random")).toBeGreaterThan(6);
});

it("draws the spin first that is bound most", () => {
  const couplings = { from: [0, 1, 2], to: [1, 2, 3], weight: [1, 5, 2] };
  const model = new IsingModel({ spins: 4, couplings });
  expect([...planNetwork(model, { order: "strongest-first" }, key(0)).order]).toEqual([2, 1, 3, 0]);
});

it("turns states from the drawing order into the model's and back", () => {
  const plan = planNetwork(glass(6), { order: "random" }, key(4));
  fc.assert(
    fc.property(fc.array(fc.constantFrom(-1, 1), { minLength: 18, maxLength: 18 }), (values) => {
      const states = Int8Array.from(values);
      expect(toModelOrder(plan, toDrawingOrder(plan, states))).toEqual(states);
    }),
  );
});

it("weighs messages as each mechanism says", () => {
  const J = Float32Array.of(0, 3, -1, 3, 0, 0, -1, 0, 0);
  expect([...messageMatrix("mean", J, 3)]).toEqual([0, 0, 0, 1, 0, 0, 1, 0, 0]);
  expect([...messageMatrix("weighted", J, 3)]).toEqual([0, 0, 0, 1, 0, 0, -1, 0, 0]);
  const norm = (Math.sqrt(10) + 3 + 1) / 3;
  const messages = messageMatrix("hamiltonian", J, 3);
  expect(messages[3]).toBeCloseTo(3 / norm, 6);
  expect(messages[6]).toBeCloseTo(-1 / norm, 6);
  expect(messages[1]).toBe(0);
});

it.each([
  [{ depth: 0 }, "ising network: expected depth, a whole number of at least 1; got 0"],
  [{ width: 1.5 }, "ising network: expected width, a whole number of at least 1; got 1.5"],
  [{ message: "hamiltonain" }, 'ising network: unknown message "hamiltonain". Did you mean "hamiltonian"?'],
  [{ order: "randon" }, 'ising network: unknown order "randon". Did you mean "random"?'],
  [{ order: [0, 0, 1] }, "ising network: expected an order of 7 spins, each index once"],
  [
    { symmetry: "anchor" },
    'ising network: symmetry "anchor" needs a model without fields. With fields s and −s differ in energy: use symmetry "none".',
  ],
  [
    { design: "two-body", message: "mean" },
    'ising network: a two-body network has no message "mean". Its first layer is made of the couplings already.',
  ],
])("refuses %j", (options, message) => {
  const plan = () => planNetwork(glass(7, { hasFields: true }), options as never, key(0));
  expect(plan).toThrowError();
  try {
    plan();
  } catch (error) {
    expect(String(error)).toBe(message);
  }
});

it.each([1e300, -1e-300])("refuses a coupling of %s, which single precision has not", (weight) => {
  const model = new IsingModel({ spins: 3, couplings: { from: [0, 1], to: [1, 2], weight: [1, weight] } });
  expect(() => planNetwork(model, {}, key(0))).toThrowError(`kept in single precision; got ${weight}`);
});

it("says what to do when the weights would not fit", () => {
  const model = new IsingModel({ spins: 20_000, couplings: { from: [0], to: [1], weight: [1] } });
  expect(() => planNetwork(model, { width: 4 }, key(0))).toThrowError(
    /20000 spins and width 4 make layers of 1600000000/,
  );
});
