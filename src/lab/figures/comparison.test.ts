import { describe, expect, it } from "vitest";
import { checkFigure } from "./check.ts";
import { compareRuns, namesOf, parallelFigure, scatterFigure } from "./comparison.ts";

const runOf = (i: number, accuracy: number, name?: string) => ({
  id: `run-${i}`,
  name,
  options: { method: i % 2 === 0 ? "elr" : "gce", network: { kind: "mlp", width: 16 * i }, seed: 0 },
  metrics: { accuracy: { best: { value: accuracy } } },
});

describe("a comparison", () => {
  it("has the options in which runs differ, by their paths, and the best values", () => {
    const { rows, options, metrics } = compareRuns([runOf(1, 0.5), runOf(2, 0.7, "second")]);
    expect([options, metrics]).toEqual([["method", "network.width"], ["accuracy"]]);
    expect(rows).toEqual([
      { run: "run-1", method: "gce", "network.width": 16, accuracy: 0.5 },
      { run: "second", method: "elr", "network.width": 32, accuracy: 0.7 },
    ]);
  });

  it("tells runs of one name apart by their ids", () => {
    expect(namesOf([runOf(1, 0, "a"), runOf(2, 0, "a"), runOf(3, 0, "b")])).toEqual(["a (run-1)", "a (run-2)", "b"]);
  });

  it("has no value where a run did not measure, or measured what is no number", () => {
    const { rows } = compareRuns([runOf(1, Number.NaN), { ...runOf(2, 1), metrics: {} }]);
    expect(rows.map(({ accuracy }) => accuracy)).toEqual([null, null]);
  });

  it("is drawn as points and as parallel coordinates, ranked from lowest to highest", () => {
    const comparison = compareRuns([3, 1, 2].map((i) => runOf(i, i / 10)));
    const parallel = checkFigure(parallelFigure(comparison));
    const widths = parallel.table.rows.filter(({ what }) => what === "network.width");
    expect(widths.map(({ rank }) => rank)).toEqual([1, 0, 0.5]);
    expect(checkFigure(scatterFigure(comparison, "network.width", "accuracy")).summary).toMatch(/^3 runs/);
  });

  it("takes a metric for the colours of more runs than colours tell apart", () => {
    const many = parallelFigure(compareRuns(Array.from({ length: 9 }, (_, i) => runOf(i, i / 10))));
    expect(checkFigure(many).summary).toContain("Colours are accuracy.");
    expect(many.drawing).toMatchObject({ color: { type: "sequential" } });
    expect(many.table.rows.at(-1)).toMatchObject({ color: 0.8 });
  });
});
