import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { crowdingDistances, dominates, hypervolume, ParetoArchive, sortIntoFronts } from "./pareto.ts";

const cloud = (m: number) =>
  fc.array(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: m, maxLength: m }), { minLength: 1, maxLength: 25 });

/** Unit cells below the reference that some point dominates, counted one by one. */
function countCells(points: readonly number[][], side: number): number {
  let cells = 0;
  for (let c = 0; c < side ** points[0].length; c++) {
    const corner = points[0].map((_, i) => Math.floor(c / side ** i) % side);
    if (points.some((p) => p.every((v, i) => v <= corner[i]))) cells++;
  }
  return cells;
}

describe("pareto fronts", () => {
  test("the archive holds exactly the points that no other dominates, each value once", () => {
    fc.assert(
      fc.property(cloud(3), (points) => {
        const archive = new ParetoArchive<number>();
        points.forEach((p, i) => {
          archive.offer(p, i);
        });
        const expected = new Set(points.filter((p) => !points.some((q) => dominates(q, p))).map(String));
        expect(archive.entries.map((e) => String(e.values)).sort()).toEqual([...expected].sort());
      }),
    );
  });

  test("the archive is the same whatever the order of offers", () => {
    fc.assert(
      fc.property(cloud(2), (points) => {
        const build = (order: readonly number[]) => {
          const archive = new ParetoArchive<number>((a, b) => a < b);
          for (const i of order) archive.offer(points[i], i);
          return archive.entries;
        };
        const forward = points.map((_, i) => i);
        expect(build([...forward].reverse())).toEqual(build(forward));
      }),
    );
  });

  test("every point is in one front, and is dominated by some point of the front before", () => {
    fc.assert(
      fc.property(cloud(2), (points) => {
        const fronts = sortIntoFronts(points);
        expect(fronts.flat().sort((a, b) => a - b)).toEqual(points.map((_, i) => i));
        fronts.forEach((front, k) => {
          for (const i of front) {
            expect(front.some((j) => dominates(points[j], points[i]))).toBe(false);
            if (k > 0) expect(fronts[k - 1].some((j) => dominates(points[j], points[i]))).toBe(true);
          }
        });
      }),
    );
  });

  test.each([1, 2, 3, 4])("hypervolume in %i dimensions equals a count of unit cells", (m) => {
    fc.assert(
      fc.property(cloud(m), (points) => {
        expect(hypervolume(points, new Array(m).fill(10))).toBe(countCells(points, 10));
      }),
      { numRuns: m === 4 ? 10 : 50 },
    );
  });

  test("ends of a front are infinitely uncrowded, the middle by its neighbours' gaps", () => {
    const distances = crowdingDistances([
      [0, 4],
      [1, 2],
      [4, 0],
    ]);
    expect([...distances]).toEqual([Number.POSITIVE_INFINITY, 2, Number.POSITIVE_INFINITY]);
  });
});
