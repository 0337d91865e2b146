import { describe, expect, it } from "vitest";
import { allStates, lowestEnergy, type SpinModelOptions, spinModel } from "../../../../test/kit/spin-models.ts";
import { key } from "../../../engine/random/key.ts";
import { edwardsAnderson, sherringtonKirkpatrick } from "../generators/ensembles.ts";
import { IsingModel } from "../model.ts";
import { betaRange, betaRangeOf } from "./beta-range.ts";
import type { ChainState } from "./chain.ts";
import { Configuration } from "./configuration.ts";
import { descend } from "./descent.ts";
import { kernelProblem } from "./kernel-problem.ts";
import { checkMemetic } from "./memetic.ts";
import { chainMaker, kernelOptions, type Method, methodNames } from "./method.ts";
import { Metropolis } from "./metropolis.ts";
import { RandomStream } from "./random-stream.ts";

/** Every combination of numbers and storage that the kernels tell apart. */
const kinds: Record<string, Omit<SpinModelOptions, "spins" | "seed">> = {
  "integers by rows": { density: 0.1 },
  "integers in a matrix": { density: 0.9 },
  "reals by rows": { density: 0.1, numbers: "real" },
  "reals in a matrix": { density: 0.9, numbers: "real" },
};

const short: Record<Method["name"], Method> = {
  annealing: { name: "annealing", sweeps: 40 },
  tempering: { name: "tempering", sweeps: 30, replicas: 5 },
  memetic: { name: "memetic", sweeps: 10, population: 4, patience: 6 },
  tabu: { name: "tabu", sweeps: 40, patience: 3 },
  bifurcation: { name: "bifurcation", sweeps: 120 },
  descent: { name: "descent", starts: 20 },
};

function makerOf(model: IsingModel, method: Method) {
  const problem = kernelProblem(model, { ...kernelOptions(method), configurations: 40 });
  return chainMaker(problem, method, betaRangeOf(kernelProblem(model), key(1)));
}

describe.each(Object.entries(kinds))("with %s", (_name, options) => {
  const model = spinModel({ spins: 37, seed: 5, hasFields: true, ...options });

  it("sweeps, flips and descents keep local fields and energy as the model has them", () => {
    const problem = kernelProblem(model);
    const configuration = new Configuration(problem);
    const random = new RandomStream(key(2));
    const dynamics = new Metropolis(problem);
    const check = () => {
      const expected = model.localFields(configuration.spins);
      expected.forEach((f, i) => {
        expect(configuration.fields[i] * problem.unit).toBeCloseTo(f, 9);
      });
      const energy = problem.offset + problem.unit * configuration.energy;
      expect(energy).toBeCloseTo(model.energy(configuration.spins), 9);
    };
    configuration.randomize(random);
    check();
    dynamics.setBeta(0.2);
    let flips = 0;
    for (let t = 0; t < 20; t++) flips += dynamics.sweep(configuration, random);
    expect(flips).toBeGreaterThan(20);
    check();
    configuration.flip(36);
    check();
    descend(configuration);
    check();
    expect(Array.from(configuration.fields).every((f, i) => f * configuration.spins[i] >= -1e-9)).toBe(true);
  });

  it("Metropolis visits every state as often as Boltzmann says", () => {
    const small = spinModel({ spins: 4, seed: 8, hasFields: true, ...options, density: 1 });
    const beta = 0.4;
    const weights = [...allStates(4)].map((state) => Math.exp(-beta * small.energy(state)));
    const total = weights.reduce((a, b) => a + b);
    const problem = kernelProblem(small);
    const configuration = new Configuration(problem);
    const random = new RandomStream(key(9));
    const dynamics = new Metropolis(problem);
    dynamics.setBeta(beta);
    const counts = new Float64Array(16);
    const draws = 60_000;
    for (let t = 0; t < draws; t++) {
      for (let k = 0; k < 4; k++) dynamics.sweep(configuration, random);
      counts[configuration.spins.reduce((c, s, i) => c + (s > 0 ? 2 ** i : 0), 0)]++;
    }
    let chiSquare = 0;
    weights.forEach((w, c) => {
      const expected = (draws * w) / total;
      chiSquare += (counts[c] - expected) ** 2 / expected;
    });
    // 15 degrees of freedom; four sweeps leave little correlation between draws.
    expect(chiSquare).toBeLessThan(45);
  });

  it.each(methodNames)("%s stopped and resumed anywhere ends with the same bits", (name) => {
    const make = makerOf(model, short[name]);
    const whole = make(0, key(3));
    while (!whole.isDone) whole.advance(1000);
    let broken = make(0, key(3));
    for (let slice = 1; !broken.isDone; slice++) {
      broken.advance(1 + ((7 * slice) % 13));
      if (slice % 3 === 0 && !broken.isDone && slice < 60) {
        broken = make(0, key(3), structuredClone(broken.toState()) as ChainState);
      }
    }
    expect(broken.toState()).toEqual(whole.toState());
    expect([broken.bestEnergy, broken.sweeps, broken.flips]).toEqual([whole.bestEnergy, whole.sweeps, whole.flips]);
  });
});

it.each(methodNames.filter((name) => name !== "descent"))("%s finds the lowest energy of small models", (name) => {
  for (const [seed, options] of Object.values(kinds).entries()) {
    const model = spinModel({ spins: 12, seed: 20 + seed, hasFields: seed % 2 === 0, ...options });
    const lowest = lowestEnergy(model);
    const make = makerOf(model, { ...short[name], ...(name === "annealing" ? { sweeps: 300 } : {}) });
    let best = Number.POSITIVE_INFINITY;
    for (let restart = 0; restart < 5; restart++) {
      const chain = make(restart, key(restart));
      while (!chain.isDone) chain.advance(100);
      best = Math.min(best, model.energy(chain.bestSpins));
    }
    expect(best).toBeCloseTo(lowest, 9);
  }
});

describe("the range of temperatures", () => {
  it("scales with the couplings and is ordered", () => {
    const model = sherringtonKirkpatrick(key(1), 100);
    const { from, to, weight } = model.edges();
    const scaled = new IsingModel({ spins: 100, couplings: { from, to, weight: weight.map((w) => 50 * w) } });
    const [range, other] = [betaRange(model, key(2)), betaRange(scaled, key(2))];
    expect(range.hot).toBeGreaterThan(0.4);
    expect(range.hot).toBeLessThan(1);
    expect(range.warm).toBeGreaterThan(1.5 * range.hot);
    expect(range.cold).toBeGreaterThan(8);
    expect(range.cold).toBeLessThan(60);
    expect(50 * other.cold).toBeCloseTo(range.cold, 6);
  });

  it("is not led astray by one tiny or one huge coupling", () => {
    const base = edwardsAnderson(key(4), [12, 12], { couplings: "gaussian" });
    const { from, to, weight } = base.edges();
    const range = betaRange(base, key(5));
    for (const odd of [1e-9, 1e4]) {
      const changed = weight.map((w, k) => (k === 7 ? odd : w));
      const other = betaRange(new IsingModel({ spins: 144, couplings: { from, to, weight: changed } }), key(5));
      expect(other.hot / range.hot).toBeGreaterThan(0.8);
      expect(other.hot / range.hot).toBeLessThan(1.25);
      expect(other.cold / range.cold).toBeGreaterThan(0.8);
      expect(other.cold / range.cold).toBeLessThan(1.25);
    }
  });

  it("is 1 where nothing is coupled", () => {
    const free = new IsingModel({ spins: 3, couplings: { from: [], to: [], weight: [] } });
    expect(betaRange(free, key(1))).toEqual({ hot: 1, warm: 1, cold: 1 });
  });
});

it("impossible settings and unknown methods are refused", () => {
  const model = spinModel({ spins: 5, seed: 1 });
  const making = (method: Method) => () => makerOf(model, method);
  expect(making({ name: "annealing", sweeps: 0 })).toThrow("annealing: expected sweeps, a whole number of at least 1");
  expect(making({ name: "annealing", beta: [2, 1] })).toThrow("expected 0 < first β ≤ last β; got 2 and 1");
  expect(making({ name: "tempering", replicas: 1 })).toThrow(
    "tempering: expected replicas, a whole number of at least 2",
  );
  expect(making({ name: "memetic", beta: [1, 3, 2] })).toThrow("three β > 0 that do not fall; got 1, 3, 2");
  expect(making({ name: "tabu", tenure: -1 })).toThrow("tabu: expected tenure, a whole number of at least 0; got -1");
  expect(making({ name: "bifurcation", timeStep: 0 })).toThrow("expected a time step in (0, 10); got 0");
  expect(making({ name: "descent", starts: 0.5 })).toThrow("descent: expected starts");
  expect(making({ name: "anealing" } as unknown as Method)).toThrow('unknown method "anealing"');
});

it("populations of the memetic method grow with the restarts unless they are given", () => {
  const range = betaRangeOf(kernelProblem(spinModel({ spins: 37, seed: 5 })), key(1));
  const sizes = [0, 1, 2, 5, 40].map((restart) => checkMemetic({}, range, restart).population);
  expect(sizes).toEqual([10, 10, 20, 40, 320]);
  expect(checkMemetic({ population: 7 }, range, 9)).toMatchObject({ population: 7, patience: 42 });
});
