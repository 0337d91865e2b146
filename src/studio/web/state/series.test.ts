import { describe, expect, it } from "vitest";
import { groupSeries, joinSeries, seriesOfPoints } from "./series.ts";

const pointsFrom = (first: number, values: readonly number[]) =>
  values.map((loss, i) => ({ step: first + i, values: { loss } }));

describe("joinSeries", () => {
  it("puts what came live after what was there, and counts both", () => {
    const earlier = [{ name: "loss", count: 1000, points: [[0, 3] as const, [999, 1] as const] }];
    const [line] = joinSeries(earlier, seriesOfPoints(pointsFrom(1000, [0.5, 0.25])));
    expect(line).toEqual({
      name: "loss",
      count: 1002,
      points: [
        [0, 3],
        [999, 1],
        [1000, 0.5],
        [1001, 0.25],
      ],
    });
  });

  it("takes up a metric that came later, and keeps one that came no more", () => {
    const earlier = seriesOfPoints([{ step: 1, values: { "elr/accuracy": 0.5 } }]);
    const later = seriesOfPoints([{ step: 2, values: { "gce/accuracy": 0.75 } }]);
    const all = joinSeries(earlier, later);
    expect(all.map(({ name, count }) => [name, count])).toEqual([
      ["elr/accuracy", 1],
      ["gce/accuracy", 1],
    ]);
    expect(groupSeries(all)).toEqual([{ metric: "accuracy", lines: all }]);
  });
});
