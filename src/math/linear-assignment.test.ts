import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { linearAssignment } from "./linear-assignment.ts";

/** The least cost by trying everything. */
function bestOf(costs: readonly number[][], row = 0, used: readonly number[] = []): number {
  if (row === costs.length) return 0;
  const options = costs[row].map((cost, j) =>
    used.includes(j) ? Infinity : cost + bestOf(costs, row + 1, [...used, j]),
  );
  return Math.min(...options);
}

describe("linearAssignment", () => {
  it("costs as little as the best of all assignments", () => {
    const matrix = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 2 })).chain(([n, extra]) =>
      fc.array(fc.array(fc.integer({ min: -20, max: 20 }), { minLength: n + extra, maxLength: n + extra }), {
        minLength: n,
        maxLength: n,
      }),
    );
    fc.assert(
      fc.property(matrix, (costs) => {
        const { columns, cost } = linearAssignment(costs);
        expect(new Set(columns).size).toBe(costs.length);
        expect(cost).toBe(bestOf(costs));
      }),
      { numRuns: 200 },
    );
  });

  it("explains matrices it cannot use", () => {
    expect(() => linearAssignment([[1], [2]])).toThrowErrorMatchingInlineSnapshot(
      `[OrreryError: linearAssignment: expected at most as many rows as columns; got 2 rows, 1 columns]`,
    );
    expect(() => linearAssignment([[1, 2], [3]])).toThrowErrorMatchingInlineSnapshot(
      `[OrreryError: linearAssignment: row 1: expected 2 costs; got 1]`,
    );
    expect(() => linearAssignment([[1, Number.NaN]])).toThrowErrorMatchingInlineSnapshot(
      `[OrreryError: linearAssignment: row 0, column 1: expected a finite cost; got NaN]`,
    );
  });
});
