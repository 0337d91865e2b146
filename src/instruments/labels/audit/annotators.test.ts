import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { key, NdArray } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import { generateNoise } from "../noise/index.ts";
import { checkAnnotators } from "./annotator-labels.ts";
import { crowdlab } from "./crowdlab.ts";
import { dawidSkene } from "./dawid-skene.ts";
import { majorityVote } from "./majority-vote.ts";

interface Case {
  readonly name: string;
  readonly columns: readonly (readonly (number | null)[])[];
  readonly probabilities: readonly (readonly number[])[];
  readonly vote: readonly number[];
  readonly plainVote: readonly number[];
  readonly consensus: readonly number[];
  readonly quality: readonly number[];
  readonly agreement: readonly number[];
  readonly modelWeight: number;
  readonly weights: readonly number[];
  readonly annotators: readonly (readonly number[])[];
  readonly dawidSkene: readonly (readonly number[])[];
}

const { cases } = JSON.parse(readFileSync(new URL("./reference/annotators.json", import.meta.url), "utf8")) as {
  readonly cases: readonly Case[];
};

function expectNear(got: ArrayLike<number>, wanted: readonly number[], tolerance = 1e-10): void {
  expect(got.length).toBe(wanted.length);
  for (let i = 0; i < wanted.length; i++) expect(Math.abs(got[i] - wanted[i])).toBeLessThan(tolerance);
}

const tableOf = ({ columns, probabilities }: Case) =>
  checkAnnotators({ columns, classes: probabilities[0].length }).annotators;

describe("several annotators", () => {
  it.each(cases.map((one) => [one.name, one] as const))("give cleanlab's consensus and qualities: %s", (_, one) => {
    const table = tableOf(one);
    const probabilities = new NdArray<"float64">(Float64Array.from(one.probabilities.flat()), [
      table.rows,
      table.classes,
    ]);
    expect(Array.from(majorityVote(table, probabilities))).toEqual(one.vote);
    expect(Array.from(majorityVote(table))).toEqual(one.plainVote);
    const found = crowdlab(table, probabilities);
    expect(Array.from(found.consensus)).toEqual(one.consensus);
    expectNear(found.quality, one.quality);
    expectNear(found.agreement, one.agreement);
    expectNear([found.modelWeight], [one.modelWeight]);
    for (const { name, quality, agreement, worstClass, labelled, weight } of found.annotators) {
      const a = table.names.indexOf(name);
      expectNear([quality, agreement, worstClass, labelled], one.annotators[a]);
      expectNear([weight], [one.weights[a]]);
    }
  });

  it.each(cases.map((one) => [one.name, one] as const))(
    "give crowd-kit's Dawid–Skene after twenty steps: %s",
    (_, one) => {
      const { posterior, logLikelihood } = dawidSkene(tableOf(one), {
        smoothing: 1e-10,
        tolerance: Number.NEGATIVE_INFINITY,
        maxSteps: 20,
      });
      expectNear(posterior.data, one.dawidSkene.flat(), 1e-5);
      expect(logLikelihood.every((value, i) => i === 0 || value >= logLikelihood[i - 1] - 1e-9)).toBe(true);
    },
  );
});

describe("Dawid–Skene", () => {
  const truth = Int32Array.from({ length: 3000 }, (_, i) => (i * 7) % 3);
  const kinds = [{ type: "hammer", accuracy: 0.9 }, { type: "hammer", accuracy: 0.6 }, { type: "spammer" }] as const;

  it("finds how good simulated annotators are, and truth better than the vote", async () => {
    const noise = await generateNoise(
      { kind: "annotators", annotators: [...kinds, { type: "hammer", accuracy: 0.8 }], aggregation: "majority" },
      { clean: truth, classNames: ["a", "b", "c"] },
      key(3),
    );
    const { annotators } = checkAnnotators({ columns: noise.annotators ?? [], classes: 3 });
    const found = dawidSkene(annotators);
    expectNear(found.accuracy, [0.9, 0.6, 1 / 3, 0.8], 0.04);
    const accuracy = (labels: Int32Array) => labels.filter((label, i) => label === truth[i]).length / truth.length;
    expect(accuracy(found.consensus)).toBeGreaterThan(accuracy(majorityVote(annotators)) + 0.01);
    expect(found.hasConverged).toBe(true);
    for (const matrix of found.confusions) {
      for (const row of matrix) expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    }
  });

  it("does not see the order of annotators and moves with the names of classes", () => {
    const columns = [truth, truth.map((y, i) => (i % 4 === 0 ? (y + 1) % 3 : y)), truth.map((_, i) => i % 3)];
    const plain = dawidSkene(checkAnnotators({ columns, classes: 3 }).annotators);
    const renamed = columns.map((column) => column.map((label) => (label + 1) % 3)).reverse();
    const moved = dawidSkene(checkAnnotators({ columns: renamed, classes: 3 }).annotators);
    expect(Array.from(moved.consensus)).toEqual(Array.from(plain.consensus, (label) => (label + 1) % 3));
    expectNear([...moved.accuracy].reverse(), plain.accuracy);
  });
});

describe("a table of annotators", () => {
  it("rejects rows with the reason and keeps the others", () => {
    const columns = [
      [0, null, 1, Number.NaN],
      [1, null, 7, 0],
    ];
    const { annotators, kept, rejected } = checkAnnotators({ columns, names: ["ann", "bob"], classes: 2 });
    expect(Array.from(kept)).toEqual([0, 3]);
    expect(Array.from(annotators.labels)).toEqual([0, 1, -1, 0]);
    expect(rejected).toEqual([
      { row: 2, reason: "no annotator gave a label" },
      { row: 3, reason: "bob: expected a class in [0, 2); got 7" },
    ]);
  });

  it("says what is wrong with it", () => {
    const errors = [
      () => checkAnnotators({ columns: [[0, 1]], classes: 2 }),
      () => checkAnnotators({ columns: [[0, 1], [0]], names: ["ann", "bob"], classes: 2 }),
      () =>
        checkAnnotators({
          columns: [
            [0, 1],
            [0, 1],
          ],
          names: ["ann"],
          classes: 2,
        }),
      () =>
        checkAnnotators({
          columns: [
            [0, 1],
            [0, 1],
          ],
          names: ["ann", "ann"],
          classes: 2,
        }),
      () =>
        checkAnnotators({
          columns: [
            [0, 1],
            [-1, null],
          ],
          names: ["ann", "bob"],
          classes: 2,
        }),
      () =>
        crowdlab(
          checkAnnotators({
            columns: [
              [0, null],
              [null, 1],
            ],
            classes: 2,
          }).annotators,
          new NdArray<"float64">(new Float64Array(4).fill(0.5), [2, 2]),
        ),
      () => crowdlab(tableOf(cases[0]), new NdArray<"float64">(new Float64Array(4).fill(0.5), [2, 2])),
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
