import { describe, expect, it } from "vitest";
import { checkFigure } from "../../../lab/index.ts";
import { residualFigure, residualTimeFigure, scoreTable, solutionTimeFigure } from "../report/comparison.ts";
import { pairedDifference, residualAt, scoreOf } from "./comparison.ts";
import type { TimedSearch } from "./timed-search.ts";

const target = { energy: -10, spins: 5 };

function search(seed: number, energies: readonly number[], more: Partial<TimedSearch> = {}): TimedSearch {
  const moments = energies.map((energy, k) => ({ seconds: k + 1, energy }));
  return { method: "memetic", seed, energy: energies[energies.length - 1], moments, seconds: 4, ...more };
}

describe("scores", () => {
  it("count searches where restarts are not alike, ended when the slowest that met the target had met it", () => {
    const { time, trial, trials, successes, residual } = scoreOf(
      "memetic",
      [search(0, [-5, -10]), search(1, [-10]), search(2, [-9])],
      target,
    );
    expect([trial, trials, successes, residual.hits]).toEqual(["search", 3, 2, 2]);
    expect(residual.mean).toBeCloseTo(1 / 5 / 3, 12);
    // The median of Beta(2, 2), and two seconds for each trial.
    expect(time.probability).toBeCloseTo(0.5, 12);
    expect(time.seconds).toBeCloseTo((2 * Math.log(0.01)) / Math.log(0.5), 9);
  });

  it("take an energy that differs by rounding for the target", () => {
    const { residual } = scoreOf("memetic", [search(0, [-10 + 1e-12]), search(1, [-10 - 1e-12])], target);
    expect([residual.mean, residual.hits]).toEqual([0, 2]);
  });

  it("count restarts where they are alike, only those of searches that met the target", () => {
    const list = [
      search(0, [-10], { method: "annealing", restarts: { count: 10, atBest: 4 } }),
      search(1, [-9], { method: "annealing", restarts: { count: 10, atBest: 9 } }),
    ];
    const { trial, trials, successes, time } = scoreOf("annealing", list, target);
    expect([trial, trials, successes]).toEqual(["restart", 20, 4]);
    expect(time.seconds).toBeCloseTo((0.4 * Math.log(0.01)) / Math.log(1 - time.probability), 9);
  });

  it("of networks tell the final distribution apart from the best state", () => {
    const final = { meanEnergy: -8, shareAtBest: 0, isCollapsed: true };
    const score = scoreOf(
      "neural",
      [search(0, [-10], { final }), search(1, [-10], { final: { ...final, isCollapsed: false } })],
      target,
    );
    expect([score.residual.mean, score.finalResidual, score.collapsed]).toEqual([0, 0.4, 1]);
  });
});

it("differences are paired by seed", () => {
  const score = (energies: readonly number[]) =>
    scoreOf(
      "neural",
      energies.map((energy, k) => search(k, [energy])),
      target,
    );
  const residual = ({ energy }: TimedSearch) => (energy + 10) / 5;
  const better = pairedDifference(score([-10, -9, -8, -10]), score([-9, -8, -7, -8.5]), residual);
  expect([better?.mean, better?.seeds]).toEqual([expect.closeTo(-0.225, 12), 4]);
  expect(better?.pValue).toBeLessThan(0.01);
  expect(pairedDifference(score([-9, -9]), score([-9, -9]), residual)).toMatchObject({ mean: 0, pValue: 1 });
  expect(pairedDifference(score([-9]), score([-9]), residual)).toBeUndefined();
});

it("the residual energy at a time begins when every search has met a state", () => {
  const score = scoreOf("memetic", [search(0, [-5, -10]), search(1, [-6, -8, -9])], target);
  expect([0.5, 1, 2.5, 9].map((t) => residualAt(score, target, t))).toEqual([
    undefined,
    0.9,
    0.2,
    expect.closeTo(0.1, 12),
  ]);
});

it("figures are drawn also where no method met the target", () => {
  const scores = [
    scoreOf("memetic", [search(0, [-5]), search(1, [-4])], target),
    scoreOf("neural", [search(0, [-3])], target),
  ];
  const table = checkFigure(solutionTimeFigure(scores));
  expect(table.summary).toContain("No method met the optimum");
  expect(table.table.rows.map(({ seconds }) => seconds)).toEqual([null, null]);
  for (const figure of [
    residualFigure(scores, target, 4),
    residualTimeFigure(scores, target, 4),
    scoreTable(scores, "known"),
  ]) {
    expect(checkFigure(figure!).table.rows.length).toBeGreaterThan(0);
  }
});
