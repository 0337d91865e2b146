import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { NdArray } from "../../../engine/index.ts";
import {
  classHealth,
  classOverlaps,
  confidentJoint,
  type IssueFilter,
  issueFilters,
  type LabelledProbabilities,
  type LabelScore,
  labelIssues,
  labelScores,
  latentNoise,
  scoreLabels,
  scoreLabelsByEnsemble,
} from "./index.ts";

interface Found {
  readonly name: string;
  readonly thresholds: readonly number[];
  readonly filters: Readonly<Record<string, readonly number[]>>;
  readonly half: Readonly<Record<string, readonly number[]>>;
  readonly scores: Readonly<Record<string, readonly number[]>>;
}

interface Case extends Found {
  readonly labels: readonly number[];
  readonly probabilities: readonly (readonly number[])[];
  readonly counts: readonly (readonly number[])[];
  readonly calibrated: readonly (readonly number[])[];
  readonly prior: readonly number[];
  readonly transition: readonly (readonly number[])[];
  readonly inverse: readonly (readonly number[])[];
  readonly adjusted: Readonly<Record<string, readonly number[]>>;
  readonly quality: readonly (readonly number[])[];
  readonly overlap: readonly (readonly number[])[];
  readonly members?: readonly (readonly (readonly number[])[])[];
  readonly ensemble?: Readonly<Record<string, readonly number[]>>;
}

const { cases } = JSON.parse(readFileSync(new URL("./reference/cleanlab.json", import.meta.url), "utf8")) as {
  readonly cases: readonly (Case | (Found & { readonly cells: readonly (readonly number[])[] }))[];
};
const stored = cases.filter((one): one is Case => "labels" in one);
const hundred = cases.find((one) => "cells" in one) as Found & { readonly cells: readonly (readonly number[])[] };

const matrix = (rows: readonly (readonly number[])[]) =>
  new NdArray<"float64">(Float64Array.from(rows.flat()), [rows.length, rows[0].length]);
const labelledOf = ({ labels, probabilities }: Case): LabelledProbabilities => ({
  probabilities: matrix(probabilities),
  labels: Int32Array.from(labels),
});
const theirName = (name: IssueFilter | LabelScore) => name.replaceAll("-", "_");
const marked = (issues: Uint8Array) => Array.from(issues.keys()).filter((row) => issues[row] === 1);

function expectNear(got: ArrayLike<number>, wanted: readonly number[]): void {
  expect(got.length).toBe(wanted.length);
  for (let i = 0; i < wanted.length; i++) expect(Math.abs(got[i] - wanted[i])).toBeLessThan(1e-10);
}

/** The rows of the case of a hundred classes, from its generator of whole numbers. */
function hundredClasses(): LabelledProbabilities {
  const [rows, classes] = [400, 100];
  let state = 7;
  const draw = () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
  const data = new Float64Array(rows * classes);
  const labels = new Int32Array(rows);
  for (let i = 0; i < rows; i++) {
    const truth = i % classes;
    labels[i] = draw() < 0.3 ? (truth + 1 + Math.floor(draw() * 99)) % classes : truth;
    const weights = Array.from({ length: classes }, () => draw() ** 2).map((w) => w * w);
    weights[truth] += 4 * draw();
    const total = weights.reduce((sum, w) => sum + w, 0);
    data.set(
      weights.map((w) => w / total),
      i * classes,
    );
  }
  return { probabilities: new NdArray<"float64">(data, [rows, classes]), labels };
}

function expectSameFindings(labelled: LabelledProbabilities, found: Found): void {
  for (const filter of issueFilters) {
    expect(marked(labelIssues(labelled, { filter })), filter).toEqual(found.filters[theirName(filter)]);
    const half = found.half[theirName(filter)];
    if (half === undefined) continue;
    expect(marked(labelIssues(labelled, { filter, fraction: 0.5, leastPerClass: 3 })), `half ${filter}`).toEqual(half);
  }
  for (const score of labelScores) expectNear(scoreLabels(labelled, { score }), found.scores[theirName(score)]);
}

describe("confident learning agrees with cleanlab 2.9 on", () => {
  it.each(stored.map((one) => [one.name, one] as const))("%s", (_, one) => {
    const labelled = labelledOf(one);
    const joint = confidentJoint(labelled);
    expectNear(joint.thresholds, one.thresholds);
    expect(Array.from(joint.counts)).toEqual(one.counts.flat());
    expect(Array.from(joint.calibrated)).toEqual(one.calibrated.flat());
    const latent = latentNoise(joint);
    expectNear(latent.prior, one.prior);
    expectSameFindings(labelled, one);
    for (const score of labelScores.slice(0, 2)) {
      expectNear(scoreLabels(labelled, { score, isAdjusted: true }), one.adjusted[theirName(score)]);
    }
    latent.transition.forEach((row, i) => {
      if (one.transition[i].some((rate) => rate > 0)) expectNear(row, one.transition[i]);
    });
    latent.inverse.forEach((row, i) => {
      if (one.inverse[i].some((rate) => rate > 0)) expectNear(row, one.inverse[i]);
    });
  });

  it.each(stored.map((one) => [one.name, one] as const))("the health of classes: %s", (_, one) => {
    const joint = confidentJoint(labelledOf(one));
    const health = classHealth(joint).sort((a, b) => a.class - b.class);
    health.forEach(({ wrong, missed, labelNoise, inverseNoise }, k) => {
      expectNear([wrong, missed, labelNoise, inverseNoise], one.quality[k]);
    });
    const overlaps = classOverlaps(joint).map(({ classes, rows, share }) => [...classes, rows, share]);
    const inOrder = (rows: readonly (readonly number[])[]) =>
      [...rows].sort((a, b) => b[3] - a[3] || a[0] - b[0] || a[1] - b[1]).flat();
    expectNear(overlaps.flat(), inOrder(one.overlap));
  });

  it("scores by several models", () => {
    const one = stored.find(({ members }) => members !== undefined) as Case;
    const { probabilities, labels } = labelledOf(one);
    const members = [probabilities, ...(one.members ?? []).map(matrix)];
    for (const [weighting, theirs] of [
      ["uniform", "uniform"],
      ["accuracy", "accuracy"],
      ["log-loss", "log_loss_search"],
    ] as const) {
      expectNear(scoreLabelsByEnsemble(members, labels, { weighting }), one.ensemble?.[theirs] ?? []);
    }
    const first = scoreLabelsByEnsemble(members, labels, { weighting: [1, 0, 0] });
    expectNear(first, Array.from(scoreLabels({ probabilities, labels })));
  });

  it("a hundred classes", () => {
    const labelled = hundredClasses();
    const joint = confidentJoint(labelled);
    expectNear(joint.thresholds, hundred.thresholds);
    const cells = Array.from(joint.calibrated.entries())
      .filter(([, count]) => count > 0)
      .map(([i, count]) => [Math.floor(i / 100), i % 100, count]);
    expect(cells).toEqual(hundred.cells);
    expectSameFindings(labelled, hundred);
  });
});
