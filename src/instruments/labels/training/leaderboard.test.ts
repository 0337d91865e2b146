import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { leaderboard, type Result } from "./leaderboard.ts";

const rows = (method: string, values: readonly number[]): Result[] =>
  values.map((value, seed) => ({ method, seed, value }));

describe("leaderboard", () => {
  it("ranks by means and tests each method against the first, seed by seed", () => {
    const standings = leaderboard([
      ...rows("b", [0.7, 0.72, 0.71, 0.73]),
      ...rows("a", [0.9, 0.92, 0.88, 0.94]),
      ...rows("c", [0.89, 0.93, 0.88, 0.92]),
    ]);
    expect(standings.map(({ rank, method, seeds }) => [rank, method, seeds])).toEqual([
      [1, "a", 4],
      [2, "c", 4],
      [3, "b", 4],
    ]);
    expect(standings[0].leader).toBeNull();
    expect(standings[0].deviation).toBeCloseTo(Math.sqrt(0.002 / 3), 12);
    const [, c, b] = standings;
    // Differences of a and c: .01, −.01, 0, .02: mean .005, deviation .0129099, t = .774597 with 3 degrees.
    expect(c.leader).toMatchObject({ seeds: 4, wins: 2, losses: 1, sign: 1 });
    expect(c.leader?.difference).toBeCloseTo(0.005, 12);
    expect(c.leader?.pairedT).toBeCloseTo(0.495025, 5);
    expect(c.leader?.interval?.[0]).toBeCloseTo(0.005 - 3.182446 * 0.006454972, 6);
    // Differences of a and b: .2, .2, .17, .21.
    expect(b.leader).toMatchObject({ wins: 4, losses: 0, sign: 0.125 });
    expect(b.leader?.pairedT).toBeLessThan(0.001);
    expect(b.leader?.holm).toBeCloseTo(2 * (b.leader?.pairedT ?? 0), 12);
    expect(c.leader?.holm).toBeCloseTo(c.leader?.pairedT ?? 0, 12);
  });

  it("bears one seed, missing seeds, equal values, and less being better", () => {
    const [first, second, third, fourth] = leaderboard(
      [
        ...rows("x", [1, 2]),
        { method: "y", seed: 0, value: 3 },
        { method: "z", seed: 9, value: 5 },
        ...rows("w", [7, 8]),
      ],
      { direction: "down" },
    );
    expect([first.method, second.method, third.method, fourth.method]).toEqual(["x", "y", "z", "w"]);
    expect(second).toMatchObject({
      deviation: null,
      leader: { seeds: 1, difference: 2, interval: null, pairedT: null, holm: null, sign: 1 },
    });
    expect(third.leader).toBeNull();
    // The same difference on both seeds: no spread at all.
    expect(fourth.leader).toMatchObject({ difference: 6, interval: [6, 6], pairedT: 0, holm: 0 });
    expect(leaderboard([...rows("a", [1, 1]), ...rows("b", [1, 1])])[1].leader).toMatchObject({ pairedT: 1, sign: 1 });
    expect(leaderboard([])).toEqual([]);
  });

  it("does not see the order of results, nor a common shift", () => {
    const values = fc.array(fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 3, maxLength: 3 }), {
      minLength: 2,
      maxLength: 5,
    });
    fc.assert(
      fc.property(values, fc.integer({ min: -500, max: 500 }), (table, shift) => {
        const results = table.flatMap((own, i) => rows(`m${i}`, own));
        const plain = leaderboard(results);
        expect(leaderboard(results.toReversed())).toEqual(plain);
        const moved = leaderboard(results.map((result) => ({ ...result, value: result.value + shift })));
        moved.forEach(({ method, leader }, i) => {
          expect([method, leader?.wins, leader?.sign]).toEqual([
            plain[i].method,
            plain[i].leader?.wins,
            plain[i].leader?.sign,
          ]);
          expect(leader?.pairedT ?? 0).toBeCloseTo(plain[i].leader?.pairedT ?? 0, 6);
          const p = leader?.holm ?? 0;
          expect(p >= (leader?.pairedT ?? 0) - 1e-12 && p <= 1).toBe(true);
        });
      }),
      { numRuns: 60 },
    );
  });

  it("refuses two values for one run, and what is no number", () => {
    expect(() => leaderboard([...rows("a", [1]), ...rows("a", [2])])).toThrowErrorMatchingInlineSnapshot(
      `[OrreryError: leaderboard: a has two values for seed 0]`,
    );
    expect(() => leaderboard(rows("a", [Number.NaN]))).toThrowErrorMatchingInlineSnapshot(
      `[OrreryError: leaderboard: a, seed 0: expected a finite value; got NaN]`,
    );
  });
});
