import { describe, expect, it } from "vitest";
import { key, NdArray, sampleUniform } from "../../../engine/index.ts";
import { confidentJoint, latentNoise } from "../confident-learning/index.ts";
import { poissonWeights } from "./bootstrap.ts";
import { noiseShape } from "./noise-shape.ts";
import { estimateTransition } from "./transition-estimate.ts";

/** Rows of three classes whose probabilities are the transition matrix's rows, a little disturbed. */
function sampled(rows: number, seed: number) {
  const transition = [
    [0.7, 0.2, 0.1],
    [0, 0.9, 0.1],
    [0.3, 0, 0.7],
  ];
  const draws = sampleUniform(key(seed), rows * 6, "float64");
  const data = new Float64Array(rows * 3);
  const labels = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    const truth = Math.floor(draws[6 * row] * 3);
    const u = draws[6 * row + 1];
    labels[row] = u < transition[truth][0] ? 0 : u < transition[truth][0] + transition[truth][1] ? 1 : 2;
    const weights = transition[truth].map((p, k) => p + 0.3 * draws[6 * row + 2 + k] * draws[6 * row + 5]);
    const sum = weights.reduce((a, b) => a + b, 0);
    data.set(
      weights.map((w) => w / sum),
      3 * row,
    );
  }
  return { labels, probabilities: new NdArray<"float64">(data, [rows, 3]) };
}

/** The joint of a sample by repeating its rows and estimating all anew. */
function repeated({ labels, probabilities }: ReturnType<typeof sampled>, weights: Uint8Array) {
  const rows = Array.from(labels.keys()).flatMap((row) => new Array<number>(weights[row]).fill(row));
  const data = Float64Array.from(rows.flatMap((row) => Array.from(probabilities.data.subarray(3 * row, 3 * row + 3))));
  return confidentJoint({
    labels: Int32Array.from(rows, (row) => labels[row]),
    probabilities: new NdArray<"float64">(data, [rows.length, 3]),
  });
}

describe("a bootstrap sample", () => {
  it("repeats rows by Poisson numbers of mean 1", () => {
    const weights = new Uint8Array(100_000);
    poissonWeights(key(1), weights);
    const mean = weights.reduce((a, b) => a + b, 0) / weights.length;
    const none = weights.filter((weight) => weight === 0).length / weights.length;
    expect(mean).toBeCloseTo(1, 1.5);
    expect(none).toBeCloseTo(Math.exp(-1), 2);
  });

  it("gives the bounds of what estimating each sample from its rows alone gives", () => {
    const labelled = sampled(400, 3);
    const replicates = 40;
    const estimate = estimateTransition(labelled, confidentJoint(labelled), { key: key(9), replicates });
    const weights = new Uint8Array(400);
    const rates = Array.from({ length: replicates }, (_, replicate) => {
      poissonWeights(key(9).fold(replicate), weights);
      const { counts, labelCounts } = repeated(labelled, weights);
      let [wrong, total] = [0, 0];
      for (let i = 0; i < 3; i++) {
        const row = counts.subarray(3 * i, 3 * i + 3);
        const sum = row.reduce((a, b) => a + b, 0);
        wrong += (labelCounts[i] * (sum - row[i])) / sum;
        total += labelCounts[i];
      }
      return wrong / total;
    }).sort((a, b) => a - b);
    expect(estimate.noiseRate.low).toBeCloseTo(rates[0] + 0.975 * (rates[1] - rates[0]), 10);
    expect(estimate.noiseRate.high).toBeCloseTo(rates[38] + 0.025 * (rates[39] - rates[38]), 10);
  });
});

describe("the estimated transition", () => {
  it("narrows with more rows and holds its estimate", () => {
    const widths = [500, 8000].map((rows) => {
      const labelled = sampled(rows, 5);
      const joint = confidentJoint(labelled);
      const { noiseRate, transition, replicates } = estimateTransition(labelled, joint, {
        key: key(2),
        replicates: 60,
      });
      expect(replicates).toBe(60);
      expect(transition).toEqual(latentNoise(joint).transition);
      expect(noiseRate.low).toBeLessThanOrEqual(noiseRate.estimate);
      return noiseRate.high - noiseRate.low;
    });
    expect(widths[1]).toBeLessThan(widths[0] / 2);
  });
});

describe("the shape of noise", () => {
  it("is even for symmetric and one class for pair noise", () => {
    const [a, b] = [0.6, 0.4 / 3];
    const symmetric = noiseShape([a, b, b, b, b, a, b, b, b, b, a, b, b, b, b, a], [0.25, 0.25, 0.25, 0.25]);
    expect(symmetric.spread).toBeCloseTo(1, 12);
    expect(symmetric.favourite).toBeCloseTo(1 / 3, 12);
    const pair = noiseShape([0.6, 0.4, 0, 0, 0.6, 0.4, 0.4, 0, 0.6], [0.5, 0.3, 0.2]);
    expect(pair).toEqual({ spread: 0, favourite: 1 });
    expect(noiseShape([1, 0, 0, 1], [0.5, 0.5])).toEqual({ spread: 1, favourite: 0 });
  });
});
