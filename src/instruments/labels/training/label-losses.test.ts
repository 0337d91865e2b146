import { describe, expect, it } from "vitest";
import { evaluate, gradcheck, gradients, input, NdArray, ndarray, type Tensor, tensor } from "../../../engine/index.ts";
import {
  absoluteErrorRows,
  balancePenalty,
  boundedCrossEntropyRows,
  crossEntropyRows,
  divergenceRows,
  earlyLearningRows,
  evenCrossEntropyRows,
  forwardRows,
  generalizedCrossEntropyRows,
  negativeEntropy,
  nextEarlyLearningMemory,
  normalizedCrossEntropyRows,
  observedProbability,
  priorCrossEntropyRows,
  reverseCrossEntropyRows,
  smoothedRows,
  weightedMean,
} from "./label-losses.ts";

const logits = ndarray([
  [0.3, -1.2, 0.8],
  [1.5, 0.2, -0.4],
]);
const targets = tensor(
  ndarray([
    [0, 1, 0],
    [1, 0, 0],
  ]),
);
const transition = tensor(
  ndarray([
    [0.7, 0.2, 0.1],
    [0.1, 0.8, 0.1],
    [0.3, 0, 0.7],
  ]),
);
const prior = tensor(ndarray([0.5, 0.3, 0.2]));
const memory = tensor(
  ndarray([
    [0.6, 0.3, 0.1],
    [0.1, 0.1, 0.8],
  ]),
);

const losses: Readonly<Record<string, (z: Tensor) => Tensor>> = {
  "cross-entropy": (z) => crossEntropyRows(z, targets),
  "even cross-entropy": evenCrossEntropyRows,
  "prior cross-entropy": (z) => priorCrossEntropyRows(z, prior),
  "bounded cross-entropy": (z) => boundedCrossEntropyRows(z, targets),
  "label smoothing": (z) => smoothedRows(z, targets, 0.1),
  "negative label smoothing": (z) => smoothedRows(z, targets, -0.4),
  "absolute error": (z) => absoluteErrorRows(z, targets),
  "generalized cross-entropy": (z) => generalizedCrossEntropyRows(z, targets, 0.7),
  "reverse cross-entropy": (z) => reverseCrossEntropyRows(z, targets),
  "normalized cross-entropy": (z) => normalizedCrossEntropyRows(z, targets),
  "forward correction": (z) => forwardRows(z, targets, transition),
  "early-learning regularizer": (z) => earlyLearningRows(z, memory),
  "negative entropy": negativeEntropy,
  divergence: (z) =>
    divergenceRows(
      z,
      tensor(
        ndarray([
          [0.1, 0.4, -0.2],
          [0, 1, 2],
        ]),
      ),
    ),
  "divergence from": (z) =>
    divergenceRows(
      tensor(
        ndarray([
          [0.1, 0.4, -0.2],
          [0, 1, 2],
        ]),
      ),
      z,
    ),
  balance: (z) => balancePenalty(z.softmax()),
  "weighted mean": (z) => weightedMean(crossEntropyRows(z, targets), tensor(ndarray([1, 0]))),
};

const valuesOf = (x: Tensor) => Array.from(evaluate([x])[0].data);

/** p_y of the two rows above. */
const p = [
  Math.exp(-1.2) / (Math.exp(0.3) + Math.exp(-1.2) + Math.exp(0.8)),
  Math.exp(1.5) / (Math.exp(1.5) + Math.exp(0.2) + Math.exp(-0.4)),
];

/** The gradient of the summed losses with respect to the logits, row by row. */
function slopesOf(loss: (z: Tensor) => Tensor): number[] {
  const z = input([2, 3]);
  const [slopes] = evaluate([gradients(loss(z).sum(), z)], new Map([[z, logits]]));
  return Array.from(slopes.data);
}

/** softmax(z) of the two rows, in a list. */
const softmaxed = valuesOf(tensor(logits).softmax());
const oneHot = [0, 1, 0, 1, 0, 0];

describe("losses of noisy labels", () => {
  it.each(Object.entries(losses))("%s has the gradient that differences say", (_, loss) => {
    expect(gradcheck(loss, [logits]).compared).toBe(6);
  });

  it("have the closed forms of their papers", () => {
    const z = tensor(logits);
    const close = (x: Tensor, expected: number[]) => {
      valuesOf(x).forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i], 6);
      });
    };
    close(observedProbability(z, targets), p);
    close(
      crossEntropyRows(z, targets),
      p.map((y) => -Math.log(y)),
    );
    close(
      absoluteErrorRows(z, targets),
      p.map((y) => 2 * (1 - y)),
    );
    close(
      generalizedCrossEntropyRows(z, targets, 0.7),
      p.map((y) => (1 - y ** 0.7) / 0.7),
    );
    close(
      generalizedCrossEntropyRows(z, targets, 1),
      p.map((y) => 1 - y),
    );
    close(
      reverseCrossEntropyRows(z, targets),
      p.map((y) => 4 * (1 - y)),
    );
  });

  it("forward correction with the identity is the cross-entropy, and 0.4 of it comes from the right column", () => {
    const eye = tensor(
      ndarray([
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ]),
    );
    const [plain, corrected] = [crossEntropyRows(tensor(logits), targets), forwardRows(tensor(logits), targets, eye)];
    valuesOf(corrected).forEach((value, i) => {
      expect(value).toBeCloseTo(valuesOf(plain)[i], 6);
    });
    const [first] = valuesOf(forwardRows(tensor(logits), targets, transition));
    const [a, b] = softmaxed;
    expect(first).toBeCloseTo(-Math.log(0.2 * a + 0.8 * b), 6);
  });

  it("GCE's slope is p_y^q (p − e) and SCE's (α + 4β p_y)(p − e)", () => {
    const gce = slopesOf((z) => generalizedCrossEntropyRows(z, targets, 0.7));
    const sce = slopesOf((z) => crossEntropyRows(z, targets).multiply(0.1).add(reverseCrossEntropyRows(z, targets)));
    softmaxed.forEach((value, i) => {
      const y = p[Math.floor(i / 3)];
      expect(gce[i]).toBeCloseTo(y ** 0.7 * (value - oneHot[i]), 6);
      expect(sce[i]).toBeCloseTo((0.1 + 4 * y) * (value - oneHot[i]), 6);
    });
  });

  it("ELR's regularizer pulls predictions towards the memory, not away from it", () => {
    const slopes = slopesOf((z) => earlyLearningRows(z, memory));
    // Descent raises the logit of the class that the memory holds for each row.
    expect(slopes[0]).toBeLessThan(-0.01);
    expect(slopes[5]).toBeLessThan(-0.01);
  });

  it("ELR's memory moves by 1 − β towards clamped, renormalised predictions", () => {
    const next = valuesOf(
      nextEarlyLearningMemory(
        memory,
        tensor(
          ndarray([
            [1, 0, 0],
            [0.2, 0.3, 0.5],
          ]),
        ),
        0.7,
      ),
    );
    const top = (1 - 1e-4) / (1 + 1e-4);
    expect(next[0]).toBeCloseTo(0.7 * 0.6 + 0.3 * top, 6);
    expect(next[1]).toBeCloseTo(0.7 * 0.3 + 0.3 * (1e-4 / (1 + 1e-4)), 6);
    expect(next[5]).toBeCloseTo(0.7 * 0.8 + 0.3 * 0.5, 6);
  });

  it("a weighted mean divides by the weights once and is 0 without any", () => {
    const own = crossEntropyRows(tensor(logits), targets);
    const mask = (values: number[]) => tensor(new NdArray(Float32Array.from(values)));
    expect(valuesOf(weightedMean(own, mask([1, 1])))[0]).toBeCloseTo((-Math.log(p[0]) - Math.log(p[1])) / 2, 6);
    expect(valuesOf(weightedMean(own, mask([0, 1])))[0]).toBeCloseTo(-Math.log(p[1]), 6);
    expect(valuesOf(weightedMean(own, mask([0, 0])))[0]).toBe(0);
  });

  it("the balance penalty is 0 for even and log k for one-sided predictions", () => {
    const even = tensor(
      ndarray([
        [1, 0],
        [0, 1],
      ]),
    );
    expect(valuesOf(balancePenalty(even))[0]).toBeCloseTo(0, 6);
    const oneSided = valuesOf(balancePenalty(tensor(ndarray([[0.75, 0.25]]))))[0];
    expect(oneSided).toBeCloseTo(0.5 * Math.log(0.5 / 0.75) + 0.5 * Math.log(0.5 / 0.25), 6);
  });
});
