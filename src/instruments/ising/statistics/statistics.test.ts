import { describe, expect, it } from "vitest";
import { spinModel } from "../../../../test/kit/spin-models.ts";
import { key } from "../../../engine/random/key.ts";
import { sampleNormal, sampleUniform } from "../../../engine/random/sample.ts";
import { enumerate } from "../exact/enumeration.ts";
import { autocorrelation, autocorrelationTime } from "./autocorrelation.ts";
import { lnZDifference } from "./free-energy-difference.ts";
import { overlapStatistics } from "./overlaps.ts";
import { potentialScaleReduction } from "./potential-scale-reduction.ts";
import { residualEnergy } from "./residual-energy.ts";
import { timeToSolution } from "./time-to-solution.ts";

describe("time to solution", () => {
  it("is the formula where restarts are many, and its interval covers the truth as often as it says", () => {
    const { seconds, low, high, probability } = timeToSolution({ successes: 20_000, trials: 100_000, seconds: 0.5 });
    expect(seconds).toBeCloseTo((0.5 * Math.log(0.01)) / Math.log(0.8), 2);
    expect(probability).toBeCloseTo(0.2, 4);
    expect([low < seconds, seconds < high, high / low < 1.03]).toEqual([true, true, true]);
    const truth = Math.log(0.01) / Math.log(1 - 0.3);
    let covered = 0;
    for (let run = 0; run < 400; run++) {
      const successes = sampleUniform(key(run), 25, "float64").filter((u) => u < 0.3).length;
      const found = timeToSolution({ successes, trials: 25, seconds: 1 });
      if (found.low <= truth && truth <= found.high) covered++;
    }
    expect(covered / 400).toBeGreaterThan(0.92);
    expect(covered / 400).toBeLessThan(0.985);
  });

  it("of searches cut when the last success came covers the truth whatever the distribution of times", () => {
    const distributions = {
      exponential: { draw: (u: number) => -Math.log(1 - u), share: (t: number) => 1 - Math.exp(-t) },
      "early or late": {
        draw: (u: number) => (u < 0.7 ? u / 0.7 : 20 + 100 * (u - 0.7)),
        share: (t: number) => (t < 1 ? 0.7 * t : t < 20 ? 0.7 : Math.min(1, 0.7 + (t - 20) / 100)),
      },
    };
    for (const [name, { draw, share }] of Object.entries(distributions)) {
      for (const trials of [3, 5]) {
        const covered = { cut: 0, fixed: 0 };
        const runs = 300;
        for (let run = 0; run < runs; run++) {
          const seconds = Math.max(...sampleUniform(key(run), trials, "float64").map(draw));
          const truth = seconds * Math.max(1, Math.log(0.01) / Math.log(1 - share(seconds)));
          const count = { successes: trials, trials, seconds };
          const cut = timeToSolution({ ...count, isCutAtLastSuccess: true });
          const fixed = timeToSolution(count);
          if (cut.low <= truth && truth <= cut.high) covered.cut++;
          if (fixed.low <= truth && truth <= fixed.high) covered.fixed++;
        }
        expect([name, trials, covered.cut / runs > 0.91]).toEqual([name, trials, true]);
        expect(covered.fixed).toBeLessThan(covered.cut);
      }
    }
    // The chance to fall before the third of five times has the mean 3/6; its median is 1/2.
    const { probability } = timeToSolution({ successes: 3, trials: 5, seconds: 1, isCutAtLastSuccess: true });
    expect(probability).toBeCloseTo(0.5, 12);
    const never = { successes: 0, trials: 4, seconds: 1 };
    expect(timeToSolution({ ...never, isCutAtLastSuccess: true })).toEqual(timeToSolution(never));
  });

  it("is at least one restart, and without success only bounded from below", () => {
    expect(timeToSolution({ successes: 50, trials: 50, seconds: 2 })).toMatchObject({ seconds: 2, low: 2 });
    const never = timeToSolution({ successes: 0, trials: 10, seconds: 1 });
    expect([never.seconds, never.high]).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
    // The 97.5 % quantile of Beta(½, 10½), by Simpson integration of its density.
    expect(never.low).toBeCloseTo(Math.log(0.01) / Math.log(1 - 0.21719626750921053), 6);
    expect(() => timeToSolution({ successes: 3, trials: 2, seconds: 1 })).toThrow("successes ≤ trials; got 3 of 2");
    expect(() => timeToSolution({ successes: 1, trials: 2, seconds: 1 }, { confidence: 1 })).toThrow(
      "shares in (0, 1)",
    );
  });
});

it("residual energies are per spin, with hits and the error of the mean", () => {
  const found = residualEnergy([-10, -8, -10 + 1e-12, -4], { lowest: -10, spins: 2 });
  expect(found.hits).toBe(2);
  expect([found.best, found.median, found.worst, found.mean]).toEqual([0, expect.closeTo(0.5), 3, expect.closeTo(1)]);
  expect(found.error).toBeCloseTo(Math.sqrt((1 + 0 + 1 + 4) / 3 / 4), 9);
  expect(residualEnergy([1], { lowest: 1, spins: 1 }).error).toBe(0);
  expect(() => residualEnergy([], { lowest: 0, spins: 1 })).toThrow("residualEnergy: expected energies");
});

it("overlaps tell order from disorder", () => {
  const aligned = overlapStatistics(
    [
      [1, 1, 1, 1],
      [1, 1, 1, 1],
      [-1, -1, -1, -1],
    ],
    3,
  );
  expect([aligned.pairs, aligned.meanAbsolute, aligned.meanSquare, aligned.binder]).toEqual([3, 1, 1, 1]);
  expect(aligned.mean).toBeCloseTo(-1 / 3);
  expect(aligned.histogram.map(({ count }) => count)).toEqual([2, 0, 1]);
  const random = Array.from({ length: 80 }, (_, k) =>
    sampleUniform(key(k), 400, "float64").map((u) => (u < 0.5 ? -1 : 1)),
  );
  const free = overlapStatistics(random);
  expect(free.meanSquare * 400).toBeCloseTo(1, 0);
  expect(Math.abs(free.binder)).toBeLessThan(0.15);
  expect(() => overlapStatistics([[1]])).toThrow("expected two states and a bin; got 1 and 41");
  expect(() => overlapStatistics([[1], [1, 1]])).toThrow("states of 1 spins; got 2 (state 1)");
});

it("the autocorrelation time of an autoregressive series is (1 + φ)/(2 (1 − φ))", () => {
  const noise = sampleNormal(key(3), 100_000, "float64");
  for (const phi of [0, 0.5, 0.9]) {
    let x = 0;
    const series = noise.map((z) => {
      x = phi * x + z;
      return x;
    });
    const expected = (1 + phi) / (2 * (1 - phi));
    expect(Math.abs(autocorrelationTime(series) / expected - 1)).toBeLessThan(0.12);
    autocorrelation(series, 8).forEach((rho, lag) => {
      expect(Math.abs(rho - phi ** lag)).toBeLessThan(0.05);
    });
  }
  expect([...autocorrelation([3, 3, 3], 9)]).toEqual([1, 0, 0]);
  expect(autocorrelationTime([3, 3, 3])).toBe(0.5);
});

it("Bennett's ratio finds the difference of ln Z between two temperatures", async () => {
  const model = spinModel({ spins: 10, seed: 3, numbers: "real" });
  const [hot, cold] = [0.15, 0.3];
  const energies = Array.from({ length: 1024 }, (_, c) =>
    model.energy(Int8Array.from({ length: 10 }, (_, i) => ((c >> i) & 1 ? 1 : -1))),
  );
  const draw = (beta: number, seed: number) => {
    const weights = energies.map((e) => Math.exp(-beta * e));
    const total = weights.reduce((a, b) => a + b);
    let sum = 0;
    const cumulative = weights.map((w) => {
      sum += w / total;
      return sum;
    });
    return sampleUniform(key(seed), 20_000, "float64").map((u) => energies[cumulative.findIndex((c) => c >= u)]);
  };
  const { thermodynamics } = await enumerate(model, { betas: [hot, cold] });
  const found = lnZDifference({ beta: hot, energies: draw(hot, 1) }, { beta: cold, energies: draw(cold, 2) });
  expect(Math.abs(found - (thermodynamics[1].lnZ - thermodynamics[0].lnZ))).toBeLessThan(0.02);
});

it("the potential scale reduction is near 1 for chains that agree, and far from it where they have not met", () => {
  const chains = Array.from({ length: 4 }, (_, c) => sampleNormal(key(c), 500, "float64"));
  expect(Math.abs(potentialScaleReduction(chains) - 1)).toBeLessThan(0.01);
  const apart = chains.map((chain, c) => chain.map((x) => x + (c === 0 ? 3 : 0)));
  expect(potentialScaleReduction(apart)).toBeGreaterThan(1.5);
  const drifting = sampleNormal(key(9), 500, "float64").map((x, t) => x + t / 100);
  expect(potentialScaleReduction([drifting])).toBeGreaterThan(1.5);
  // By hand: halves (0, 2), (1, 3), (0, 2), (1, 3): W = 2, B/n = 1/3, n = 2.
  expect(
    potentialScaleReduction([
      [0, 2, 1, 3],
      [0, 2, 1, 3],
    ]),
  ).toBeCloseTo(Math.sqrt(1 / 2 + 1 / 3 / 2), 12);
  expect(potentialScaleReduction([[5, 5, 5, 5]])).toBe(1);
  expect(
    potentialScaleReduction([
      [5, 5, 5, 5],
      [6, 6, 6, 6],
    ]),
  ).toBe(Number.POSITIVE_INFINITY);
  expect(() => potentialScaleReduction([[1, 2, 3]])).toThrow("at least 4 values; got 3");
  expect(() => potentialScaleReduction([[1, 2, 3, 4], [1]])).toThrow("chains of 4 values; got 1 (chain 1)");
});
