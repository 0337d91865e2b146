import fc from "fast-check";
import { expect, it } from "vitest";
import {
  bitsOfSpins,
  isingOfMaxCut,
  isingOfQubo,
  maxCutOfIsing,
  modelAs,
  quboOfIsing,
  spinsOfBits,
  spinsOfCut,
} from "./conversion.ts";
import { IsingModel } from "./model.ts";

const size = 5;
const ids = Array.from({ length: size }, (_, i) => i);
const pairs = ids.flatMap((i) => ids.slice(i + 1).map((j) => [i, j] as const));
const weights = (n: number) => fc.array(fc.integer({ min: -50, max: 50 }), { minLength: n, maxLength: n });
const states = fc.array(fc.constantFrom(-1, 1), { minLength: size, maxLength: size });
const edges = (weight: number[]) => ({ from: pairs.map(([i]) => i), to: pairs.map(([, j]) => j), weight });

it("a QUBO's value is what its definition says, for both senses", () => {
  fc.assert(
    fc.property(weights(15), states, fc.constantFrom("minimize", "maximize" as const), (q, s, sense) => {
      const x = bitsOfSpins(s);
      const terms = {
        from: [...ids, ...pairs.map(([i]) => i)],
        to: [...ids, ...pairs.map(([, j]) => j)],
        weight: q,
      };
      const value = q.reduce((sum, w, k) => sum + w * x[terms.from[k]] * x[terms.to[k]], 7);
      const model = isingOfQubo({ size, terms, offset: 7, sense });
      expect(model.objective(s)).toBe(value);
      expect(model.energy(s)).toBe(sense === "minimize" ? value : value === 0 ? 0 : -value);
      expect(isingOfQubo(quboOfIsing(model)).objective(s)).toBe(value);
      expect([...spinsOfBits(x)]).toEqual(s);
    }),
    { seed: 3 },
  );
});

it("a cut is the weight of the edges between the sides, and survives the way through QUBO and back", () => {
  fc.assert(
    fc.property(weights(10), states, (w, s) => {
      const model = isingOfMaxCut({ vertices: size, edges: edges(w) });
      const cut = pairs.reduce((sum, [i, j], k) => sum + (s[i] === s[j] ? 0 : w[k]), 0);
      expect(model.objective(s)).toBe(cut);
      expect(isingOfQubo(quboOfIsing(model)).objective(s)).toBe(cut);
    }),
    { seed: 4 },
  );
});

it("fields become edges to an ancilla, whichever side it is on", () => {
  fc.assert(
    fc.property(weights(10), weights(size), states, fc.constantFrom(-1, 1), (w, fields, s, up) => {
      const model = new IsingModel({ spins: size, couplings: edges(w), fields, offset: 3 });
      const { graph, offset, hasAncilla } = maxCutOfIsing(model);
      expect(hasAncilla).toBe(fields.some((h) => h !== 0));
      const sides = [...s, ...(hasAncilla ? [1] : [])].map((x) => x * up);
      expect(offset - isingOfMaxCut(graph).objective(sides)).toBe(model.energy(spinsOfCut(sides, { hasAncilla })));
    }),
    { seed: 5 },
  );
});

it("impossible models are refused", () => {
  const model =
    (couplings: number[][], spins = 3, fields?: number[]) =>
    () =>
      new IsingModel({
        spins,
        couplings: {
          from: couplings.map(([i]) => i),
          to: couplings.map(([, j]) => j),
          weight: couplings.map(([, , w]) => w),
        },
        ...(fields ? { fields } : {}),
      });
  expect(model([[0, 0, 1]])).toThrow("ising model: coupling 0: expected two different spins; got 0 twice");
  expect(model([[0, 3, 1]])).toThrow("expected indices in [0, 3); got 0 and 3");
  expect(
    model([
      [0, 1, 1],
      [1, 0, 2],
    ]),
  ).toThrow("couplings 0 and 1 join the same spins 0 and 1");
  expect(model([[0, 1, Number.NaN]])).toThrow("expected a finite number; got NaN");
  expect(model([], 0)).toThrow("at least 1; got 0");
  expect(model([], 2, [1])).toThrow("expected 2 fields, one per spin; got 1");
  expect(() => model([], 2)().energy([1, 0])).toThrow("spin 1: expected -1 or +1; got 0");
});

it("a model as another kind has the same objective, up to the factor and offset that are told", () => {
  const kinds = fc.constantFrom("ising", "qubo", "max-cut" as const);
  const senses = fc.constantFrom("minimize", "maximize" as const);
  fc.assert(
    fc.property(weights(10), weights(size), states, kinds, kinds, senses, (w, fields, s, kind, wanted, sense) => {
      const model = new IsingModel({ spins: size, couplings: edges(w), fields, offset: 3, kind, sense });
      const { model: other, factor, offset, hasAncilla } = modelAs(model, wanted);
      expect([other.kind, other.spins]).toEqual([wanted, hasAncilla ? size + 1 : size]);
      const value = factor * other.objective([...s, ...(hasAncilla ? [1] : [])]) + offset;
      expect(value + 0).toBe(model.objective(s) + 0);
    }),
    { seed: 6 },
  );
});
