import { beforeAll, describe, expect, it } from "vitest";
import { loadUsps, withNoise } from "../../../../test/kit/noisy-labels.ts";
import { type Dataset, loadDigits } from "../../../data/index.ts";
import { key, NdArray, sampleUniform } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import { checkFigure } from "../../../lab/index.ts";
import { confidentJoint, labelIssues } from "../confident-learning/index.ts";
import { auditFigures } from "../reports/audit.ts";
import { type AuditEvent, type AuditOptions, auditLabels } from "./audit.ts";
import type { AuditInput } from "./audit-input.ts";
import { outOfFoldProbabilities } from "./out-of-fold.ts";
import { suspectAt } from "./suspects.ts";

/** Precision and recall of issues. */
function found(issues: ArrayLike<number>, given: ArrayLike<number>, truth: ArrayLike<number>) {
  let [both, marked, wrong] = [0, 0, 0];
  for (let row = 0; row < truth.length; row++) {
    const isWrong = given[row] !== truth[row];
    marked += issues[row];
    if (isWrong) wrong++;
    if (isWrong && issues[row] === 1) both++;
  }
  return { precision: both / marked, recall: both / wrong };
}

describe("confident learning on USPS with 40 % wrong labels", () => {
  it.each([
    ["cross-entropy", 0.98],
    ["elr", 0.99],
  ] as const)("finds them by four folds of %s", { timeout: 120_000 }, async (method, most) => {
    const { train } = await loadUsps();
    const noisy = await withNoise(train, { kind: "symmetric", rate: 0.4, key: key(100) });
    const probabilities = await outOfFoldProbabilities(noisy, { folds: 4, method, key: key(1) });
    const labels = noisy.labels.data;
    const { precision, recall } = found(labelIssues({ probabilities, labels }), labels, train.labels.data);
    expect(precision).toBeGreaterThanOrEqual(0.87);
    expect(precision).toBeLessThan(most);
    expect(recall).toBeGreaterThanOrEqual(0.82);
    expect(recall).toBeLessThan(most);
  });
});

describe("an audit of digits with 30 % wrong labels", () => {
  let clean: Dataset;
  let noisy: Dataset;
  const options = { folds: 3, key: key(1), training: { epochs: 8 } };
  const events: AuditEvent[] = [];
  let result: Awaited<ReturnType<typeof auditLabels>>;

  beforeAll(async () => {
    clean = await loadDigits();
    noisy = await withNoise(clean, { kind: "symmetric", rate: 0.3, key: key(3) });
    result = await auditLabels(noisy, { ...options, observer: (event) => void events.push(event) });
  }, 120_000);

  it("finds most of them, with the right label, and hardly any other", () => {
    const { precision, recall } = found(result.issues[result.filter], noisy.labels.data, clean.labels.data);
    expect(precision).toBeGreaterThan(0.9);
    expect(recall).toBeGreaterThan(0.9);
    const { places, suggested } = result.suspects;
    const isWrong = (place: number) => noisy.labels.data[place] !== clean.labels.data[place];
    const wrong = Array.from(places.keys()).filter((i) => isWrong(places[i]));
    const right = wrong.filter((i) => suggested[i] === clean.labels.data[places[i]]);
    expect(right.length / wrong.length).toBeGreaterThan(0.94);
    const first = suspectAt(result, 1);
    expect(first.row).toBe(places[0] + 1);
    expect(first.given).toBe(String(noisy.labels.data[places[0]]));
    expect(first.why).toMatch(/has not seen this row gives "\d" \d+ % and "\d" 0 %; of the nearest rows/);
  });

  it("tells rate, kind and method of the noise, with intervals", () => {
    const { transition, neighbors, advice, health } = result;
    expect(transition.noiseRate.estimate).toBeGreaterThan(0.25);
    expect(transition.noiseRate.estimate).toBeLessThan(0.37);
    expect(transition.noiseRate.low).toBeLessThan(transition.noiseRate.high);
    expect(neighbors?.consensus?.noiseRate.estimate).toBeCloseTo(0.3, 1);
    expect(neighbors?.separability).toBeGreaterThan(0.9);
    expect(health).toBeCloseTo(0.7, 1);
    expect(advice.kind).toBe("symmetric");
    expect(advice.method).toBe("elr");
    expect(advice.noise.rate).toBeCloseTo(0.3, 1);
    expect(advice.reasons.join(" ")).toContain("confident joint");
    for (const [i, row] of transition.transition.entries()) {
      expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 10);
      for (const [j, rate] of row.entries()) {
        expect(transition.low[i][j]).toBeLessThanOrEqual(rate);
        expect(transition.high[i][j]).toBeGreaterThanOrEqual(rate);
      }
    }
  });

  it("reports every epoch and fold, and goes on from finished folds to the same bits", async () => {
    const epochs = events.filter((event) => event.kind === "epoch");
    expect(epochs).toHaveLength(24);
    expect(epochs.at(-1)).toMatchObject({ done: 24, total: 24, folds: 3 });
    const finished = events.flatMap((event) => (event.kind === "fold" ? [event.result] : []));
    expect(finished.map(({ fold }) => fold)).toEqual([0, 1, 2]);
    const again = await auditLabels(noisy, { ...options, finished: finished.slice(0, 2) });
    expect(Array.from(again.probabilities.data)).toEqual(Array.from(result.probabilities.data));
    expect(again.transition).toEqual(result.transition);
    expect(again.suspects).toEqual(result.suspects);
  });

  it("takes the user's own probabilities and finds the same rows with them", async () => {
    const { inputs: _, ...labels } = noisy;
    const given = await auditLabels(
      { ...labels, probabilities: result.probabilities },
      { key: key(1), filter: "both" },
    );
    expect(given.source).toBe("given");
    expect(given.neighbors).toBeUndefined();
    expect(given.advice.certainty).not.toBe("clear");
    expect(given.advice.cautions[0]).toContain("Without inputs");
    expect(given.issues).toEqual(result.issues);
    expect(given.joint).toEqual(confidentJoint({ probabilities: result.probabilities, labels: noisy.labels.data }));
  });

  it("listens to several annotators", async () => {
    const truth = clean.labels.data;
    const second = truth.map((y, i) => (i % 10 === 0 ? (y + 1) % 10 : y));
    const third = Array.from(truth, (y, i) => (i % 3 === 0 ? null : y));
    const annotators = { columns: [noisy.labels.data, second, third], names: ["a", "b", "c"] };
    const { inputs: _, ...labels } = noisy;
    const { annotators: report } = await auditLabels(
      { ...labels, probabilities: result.probabilities, annotators },
      { key: key(1) },
    );
    const accuracy = report?.dawidSkene.accuracy ?? [];
    expect(accuracy[0]).toBeCloseTo(0.7, 1);
    expect(accuracy[1]).toBeCloseTo(0.9, 1);
    expect(report?.crowdlab?.annotators[0].name).toBe("a");
    const consensus = report?.crowdlab?.consensus ?? new Int32Array();
    expect(consensus.filter((label, i) => label === truth[i]).length / truth.length).toBeGreaterThan(0.97);
  });

  it("stops when it is told to", async () => {
    const stop = new AbortController();
    const observer = (event: AuditEvent) => {
      if (event.kind === "epoch" && event.done === 3) stop.abort();
    };
    await expect(auditLabels(noisy, { ...options, signal: stop.signal, observer })).rejects.toMatchObject({
      code: "cancelled",
    });
  });
});

const small = (): AuditInput => ({
  labels: new NdArray<"int32">(Int32Array.of(0, 0, 1, 1)),
  classNames: ["cat", "dog"],
  probabilities: new NdArray<"float32">(Float32Array.of(0.9, 0.1, 0.2, 0.8, 0.3, 0.7, 0.1, 0.9), [4, 2]),
});

describe("what is to be audited", () => {
  it("loses no row without a reason", async () => {
    const labels = new NdArray<"int32">(Int32Array.of(0, 0, 1, 1, 7, 0));
    const probabilities = new NdArray<"float64">(
      Float64Array.of(0.9, 0.1, 0.2, 0.8, 0.3, 0.7, 0.4, 0.9, 0.5, 0.5, 0.6, 0.4),
      [6, 2],
    );
    const rows = Int32Array.of(11, 12, 13, 14, 15, 16);
    const rejected = [{ row: 3, reason: "the label is missing" }];
    const ids = ["a", "b", "c", "d", "e", "a"];
    const result = await auditLabels({ ...small(), labels, probabilities, rows, rejected, ids }, { key: key(1) });
    expect(result.rejected).toEqual([
      { row: 3, reason: "the label is missing" },
      { row: 14, reason: "probabilities: expected a sum of 1; got 1.3" },
      { row: 15, reason: "label: expected a class in [0, 2); got 7" },
      { row: 16, reason: 'id "a" stands already in row 11' },
    ]);
    expect(Array.from(result.rows)).toEqual([11, 12, 13]);
    expect(result.notes.join(" ")).toContain("Fewer than ten rows are labelled cat, dog");
  });

  it("is told of classes that are likely one and of features that number the rows", async () => {
    const count = 24;
    const draws = sampleUniform(key(2), count, "float64");
    const inputs = new NdArray<"float32">(
      Float32Array.from({ length: 2 * count }, (_, i) => (i % 2 ? draws[i >> 1] : i >> 1)),
      [count, 2],
    );
    const data = Float32Array.from({ length: 3 * count }, (_, i) => (i % 3 === Math.floor(i / 3) % 3 ? 0.8 : 0.1));
    const { notes } = await auditLabels(
      {
        labels: new NdArray<"int32">(Int32Array.from({ length: count }, (_, i) => i % 3)),
        classNames: ["cat", "dog", "Cat "],
        ...{ inputs, featureNames: ["place", "ID"], probabilities: new NdArray<"float32">(data, [count, 3]) },
      },
      { key: key(1), neighbors: 0 },
    );
    expect(notes).toEqual([
      "Fewer than ten rows are labelled cat, dog, Cat : too few to judge their labels.",
      'Classes whose names differ in spaces or capitals alone: "cat" and "Cat ". Should they be one?',
      "Counts the rows and is taken as a feature: place. Leave it out with ignore.",
      "Looks like a name of rows and is taken as a feature: ID. Leave it out with ignore.",
    ]);
  });

  it("may have hundreds of classes or three rows: what is told and drawn stays readable", async () => {
    const [count, classes] = [2000, 300];
    const data = new Float32Array(count * classes).fill(0.1 / (classes - 1));
    for (let row = 0; row < count; row++) data[row * classes + ((row * 7) % classes)] = 0.9;
    const many = await auditLabels(
      {
        labels: new NdArray<"int32">(
          Int32Array.from({ length: count }, (_, row) => (row % 10 === 3 ? row : row * 7) % classes),
        ),
        classNames: Array.from({ length: classes }, (_, k) => `class ${k}`),
        probabilities: new NdArray<"float32">(data, [count, classes]),
      },
      { key: key(1), replicates: 20 },
    );
    expect(many.notes.join("").length).toBeLessThan(300);
    expect(many.transition.noiseRate.high).toBeLessThan(0.5);
    for (const figure of auditFigures(many)) {
      checkFigure(figure);
      expect(figure.table.rows.length, figure.name).toBeLessThanOrEqual(4000);
      if (figure.name === "classes" || figure.name === "estimated-transition") {
        expect(figure.summary).toMatch(/Shown are the 60 .*300/);
      }
    }
    const few = await auditLabels(
      {
        labels: new NdArray<"int32">(Int32Array.of(0, 1, 1)),
        classNames: ["cat", "dog"],
        probabilities: new NdArray<"float32">(Float32Array.of(0.9, 0.1, 0.2, 0.8, 0.6, 0.4), [3, 2]),
      },
      { key: key(1) },
    );
    for (const { low, high } of [few.transition.noiseRate, ...few.transition.classNoise]) {
      expect([low, high].every((bound) => bound >= 0 && bound <= 1)).toBe(true);
    }
  });

  it("is refused as a whole with the reason", async () => {
    const options: AuditOptions = { key: key(1) };
    const features = new NdArray<"float32">(new Float32Array(8).fill(1), [4, 2]);
    const cases: readonly (readonly [Partial<AuditInput>, Partial<AuditOptions>])[] = [
      [{ classNames: ["cat"] }, {}],
      [{ probabilities: undefined }, {}],
      [{ probabilities: new NdArray<"float32">(new Float32Array(12).fill(1 / 3), [4, 3]) }, {}],
      [{ ids: ["a", "b"] }, {}],
      [{ inputs: new NdArray<"float32">(new Float32Array(6), [3, 2]) }, {}],
      [{ labels: new NdArray<"int32">(Int32Array.of(1, 1, 1, 1)) }, {}],
      [{ probabilities: new NdArray<"float32">(Float32Array.of(3, -1, 2, 4, -3, 7, 1, 9), [4, 2]) }, {}],
      [{ inputs: features }, {}],
      [
        {
          annotators: {
            columns: [
              [0, 1, 0],
              [0, 0, 1],
            ],
          },
        },
        {},
      ],
      [{}, { filter: "prune" as "both" }],
      [{}, { neighbors: 1 }],
      [{ probabilities: undefined, inputs: new NdArray<"float32">(Float32Array.of(1, 2, 3, 4), [4, 1]) }, { folds: 9 }],
    ];
    const errors: string[] = [];
    for (const [input, changed] of cases) {
      const error = await auditLabels({ ...small(), ...input }, { ...options, ...changed }).catch(
        (thrown: unknown) => thrown,
      );
      errors.push(error instanceof OrreryError ? `${error.code} · ${error}` : `not an error: ${String(error)}`);
    }
    expect(errors.join("\n")).toMatchSnapshot();
  });
});
