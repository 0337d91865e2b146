import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { key, NdArray, sampleUniform } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import {
  classHealth,
  confidentJoint,
  issueFilters,
  type LabelledProbabilities,
  labelIssues,
  labelIssuesByFilter,
  type labelScores,
  latentNoise,
  scoreLabels,
  scoreLabelsByEnsemble,
} from "./index.ts";
import { largest } from "./selection.ts";

function labelled(labels: readonly number[], rows: readonly (readonly number[])[]): LabelledProbabilities {
  const data = Float64Array.from(rows.flat());
  return {
    labels: Int32Array.from(labels),
    probabilities: new NdArray<"float64">(data, [rows.length, rows[0]?.length ?? 0]),
  };
}

const nine = labelled(
  [0, 0, 0, 1, 1, 1, 2, 2, 2],
  [
    [0.9, 0.05, 0.05],
    [0.8, 0.1, 0.1],
    [0.1, 0.85, 0.05],
    [0.1, 0.8, 0.1],
    [0.2, 0.7, 0.1],
    [0.05, 0.1, 0.85],
    [0.1, 0.1, 0.8],
    [0.3, 0.1, 0.6],
    [0.7, 0.2, 0.1],
  ],
);

const marked = (issues: Uint8Array) => Array.from(issues.keys()).filter((row) => issues[row] === 1);

/** Random rows without ties: labels that are right three times of four, probabilities that lean to the truth. */
function random(seed: number, count: number, classes: number): LabelledProbabilities {
  const draws = sampleUniform(key(seed), count * (classes + 3), "float64");
  let next = 0;
  const labels = new Int32Array(count);
  const data = new Float64Array(count * classes);
  for (let row = 0; row < count; row++) {
    const truth = Math.floor(draws[next++] * classes);
    const other = Math.floor(draws[next++] * classes);
    labels[row] = draws[next++] < 0.25 ? other : truth;
    let sum = 0;
    for (let k = 0; k < classes; k++) {
      data[row * classes + k] = draws[next++] ** 2 + (k === truth ? 0.8 : 0.01);
      sum += data[row * classes + k];
    }
    for (let k = 0; k < classes; k++) data[row * classes + k] /= sum;
  }
  return { probabilities: new NdArray<"float64">(data, [count, classes]), labels };
}

const someRows = fc.tuple(
  fc.integer({ min: 0, max: 1e6 }),
  fc.integer({ min: 8, max: 60 }),
  fc.integer({ min: 2, max: 6 }),
);

describe("the confident joint", () => {
  it("of nine rows is the one worked out by hand", () => {
    const { thresholds, counts } = confidentJoint(nine);
    expect(Array.from(thresholds, (t) => Number(t.toFixed(4)))).toEqual([0.6, 0.5333, 0.5]);
    expect(Array.from(counts)).toEqual([2, 1, 0, 0, 2, 1, 1, 0, 2]);
    expect(marked(labelIssues(nine))).toEqual([2, 5, 8]);
  });

  it("sums to the rows, row k to the rows labelled k, and is a distribution", () => {
    fc.assert(
      fc.property(someRows, ([seed, count, classes]) => {
        const { calibrated, labelCounts, joint } = confidentJoint(random(seed, count, classes));
        for (let k = 0; k < classes; k++) {
          const row = calibrated.subarray(k * classes, (k + 1) * classes);
          expect(row.reduce((a, b) => a + b, 0)).toBe(labelCounts[k]);
          expect(row.every((cell) => cell >= 0)).toBe(true);
        }
        expect(calibrated.reduce((a, b) => a + b, 0)).toBe(count);
        expect(joint.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
      }),
      { numRuns: 60 },
    );
  });

  it("moves with the names of the classes and does not see the order of rows", () => {
    fc.assert(
      fc.property(someRows, ([seed, count, classes]) => {
        const { probabilities, labels } = random(seed, count, classes);
        const rename = (k: number) => (k + 1) % classes;
        const order = Int32Array.from({ length: count }, (_, i) => i).sort(
          (a, b) => ((a * 7919 + seed) % 101) - ((b * 7919 + seed) % 101),
        );
        const data = new Float64Array(count * classes);
        order.forEach((from, to) => {
          for (let k = 0; k < classes; k++) data[to * classes + rename(k)] = probabilities.data[from * classes + k];
        });
        const moved = {
          probabilities: new NdArray<"float64">(data, [count, classes]),
          labels: order.map((row) => rename(labels[row])),
        };
        const [before, after] = [confidentJoint({ probabilities, labels }), confidentJoint(moved)];
        for (let i = 0; i < classes * classes; i++) {
          const [a, b] = [Math.floor(i / classes), i % classes];
          expect(after.counts[rename(a) * classes + rename(b)]).toBe(before.counts[i]);
        }
        for (const filter of ["confident-learning", "predicted-neq-given", "low-self-confidence"] as const) {
          const issues = labelIssues({ probabilities, labels }, { filter });
          expect(Array.from(labelIssues(moved, { filter }))).toEqual(Array.from(order, (row) => issues[row]));
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe("label issues", () => {
  it("are none where every label is the likeliest class, whatever the filter", () => {
    const right = labelled(
      [0, 0, 1, 1, 1, 2, 2, 2, 0],
      Array.from({ length: 9 }, (_, i) => Array.from(nine.probabilities.data.slice(3 * i, 3 * i + 3))),
    );
    for (const filter of issueFilters) {
      if (filter.startsWith("low")) continue;
      expect(marked(labelIssues(right, { filter })), filter).toEqual([]);
    }
  });

  it("leave a class its only row, and a fraction finds no more than the whole", () => {
    const lone = labelled(
      [0, 0, 0, 1],
      [
        [0.9, 0.1],
        [0.8, 0.2],
        [0.7, 0.3],
        [0.9, 0.1],
      ],
    );
    expect(marked(labelIssues(lone))).toEqual([]);
    const { length: whole } = marked(labelIssues(random(1, 60, 3)));
    expect(marked(labelIssues(random(1, 60, 3), { fraction: 0.3 })).length).toBeLessThan(whole);
  });

  it("are the same for all filters at once and one after the other", () => {
    const rows = random(7, 150, 4);
    const all = labelIssuesByFilter(rows, { fraction: 0.8 });
    for (const filter of issueFilters)
      expect(all[filter], filter).toEqual(labelIssues(rows, { filter, fraction: 0.8 }));
  });

  it("are found by both pruning filters where both find them", () => {
    const rows = random(5, 200, 4);
    const [rate, byClass, both] = (["prune-by-noise-rate", "prune-by-class", "both"] as const).map((filter) =>
      labelIssues(rows, { filter }),
    );
    expect(marked(both).length).toBeGreaterThan(0);
    expect(Array.from(both)).toEqual(Array.from(rate, (issue, i) => issue & byClass[i]));
  });
});

describe("the latent noise", () => {
  it("is a matrix of probabilities, and the identity's row for a class that nothing belongs to", () => {
    const { transition, inverse, prior } = latentNoise(
      confidentJoint(
        labelled(
          [0, 0, 1],
          [
            [0.9, 0.1, 0],
            [0.8, 0.2, 0],
            [0.1, 0.9, 0],
          ],
        ),
      ),
    );
    for (const row of [...transition, ...inverse, prior]) expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    expect(transition[2]).toEqual([0, 0, 1]);
  });

  it("makes the health of classes: quality and noise sum to 1, wrong labels of all classes are missed by others", () => {
    const health = classHealth(confidentJoint(random(9, 300, 4)));
    const sum = (pick: (one: (typeof health)[number]) => number) => health.reduce((total, one) => total + pick(one), 0);
    expect(sum(({ wrong }) => wrong)).toBe(sum(({ missed }) => missed));
    for (const { quality, labelNoise } of health) expect(quality + labelNoise).toBeCloseTo(1, 12);
  });
});

describe("the largest of numbers", () => {
  it("are the first places of a stable sort", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 50 }),
        fc.integer({ min: 0, max: 60 }),
        (values, count) => {
          const taken: number[] = [];
          largest(Float64Array.from(values), count, (place) => taken.push(place));
          const sorted = values.map((value, i) => ({ value, i })).sort((a, b) => b.value - a.value || a.i - b.i);
          expect(taken).toEqual(
            sorted
              .slice(0, count)
              .map(({ i }) => i)
              .sort((a, b) => a - b),
          );
        },
      ),
    );
  });
});

describe("confident learning", () => {
  it("says what is wrong with what it is given", () => {
    const errors = [
      () => confidentJoint(labelled([0, 1], [[0.5, 0.5]])),
      () => confidentJoint(labelled([0], [[1]])),
      () =>
        confidentJoint(
          labelled(
            [0, 1],
            [
              [0.5, 0.5],
              [0.7, 0.6],
            ],
          ),
        ),
      () =>
        confidentJoint(
          labelled(
            [0, 1],
            [
              [0.5, 0.5],
              [Number.NaN, 0.6],
            ],
          ),
        ),
      () =>
        confidentJoint(
          labelled(
            [0, 1],
            [
              [2.5, -1.5],
              [0.4, 0.6],
            ],
          ),
        ),
      () =>
        confidentJoint(
          labelled(
            [0, 2],
            [
              [0.5, 0.5],
              [0.4, 0.6],
            ],
          ),
        ),
      () => labelIssues(nine, { filter: "prune-by-rate" as "both" }),
      () => labelIssues(nine, { fraction: 0 }),
      () => scoreLabels(nine, { score: "margin" as (typeof labelScores)[number] }),
      () => scoreLabels(nine, { score: "confidence-weighted-entropy", isAdjusted: true }),
      () => scoreLabelsByEnsemble([], nine.labels),
      () => scoreLabelsByEnsemble([nine.probabilities], nine.labels, { weighting: [0.5, 0.5] }),
    ].map((run) => {
      try {
        run();
      } catch (error) {
        return error instanceof OrreryError ? `${error.code} · ${error}` : error;
      }
      return "nothing was wrong";
    });
    expect(errors.join("\n")).toMatchSnapshot();
  });
});
