import { describe, expect, it } from "vitest";
import {
  evaluate,
  gradcheck,
  gradients,
  input,
  key,
  matmul,
  NdArray,
  ndarray,
  sampleNormal,
  type Tensor,
  tensor,
} from "../../../../engine/index.ts";
import { logDeterminant } from "../../../../math/log-determinant.ts";
import type { Network, StepContext, Tensors } from "../step.ts";
import { labelCorrectionLoss } from "./label-correction.ts";
import { metaLoss, weightsOfLosses } from "./meta-weight-net.ts";
import { overParameterizedLoss } from "./over-parameterization.ts";
import { importanceWeights, revisedTransition } from "./transition-revision.ts";
import { logVolume, transitionOf, transitionValues } from "./volume-minimization.ts";

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
const normal = (seed: number, shape: readonly number[]) =>
  new NdArray(
    sampleNormal(
      key(seed),
      shape.reduce((a, b) => a * b, 1),
    ),
    shape,
  );

describe("SOP's loss", () => {
  const u = ndarray([[0.4], [0.7]]);
  const v = ndarray([
    [0.5, 0.3, 0.2],
    [0.1, 0.6, 0.4],
  ]);

  it("has the gradient of differences in the logits and in u", () => {
    gradcheck((z) => overParameterizedLoss(z, { targets, u: tensor(u), v: tensor(v) }), [logits]);
    expect(
      gradcheck((own) => overParameterizedLoss(tensor(logits), { targets, u: own, v: tensor(v) }), [u]).compared,
    ).toBe(2);
  });

  it("moves v by the square alone: inside q it is a constant", () => {
    const own = input([2, 3]);
    const loss = overParameterizedLoss(tensor(logits), { targets, u: tensor(u), v: own });
    const [slopes] = evaluate([gradients(loss, own)], new Map([[own, v]]));
    // r = onehot(argmax z) + U − V − e; the square's slope in v is −4 v (1 − e) r / b, with b = 2 and argmax z = 2 and 0.
    const hard = [0, 0, 1, 1, 0, 0];
    const observed = [0, 1, 0, 1, 0, 0];
    const own2 = [0.16, 0.16, 0.16, 0.49, 0.49, 0.49];
    Array.from(v.data, Number).forEach((value, i) => {
      const other = 1 - observed[i];
      const residue = hard[i] + own2[i] * observed[i] - value ** 2 * other - observed[i];
      expect(slopes.data[i]).toBeCloseTo(-2 * value * other * residue, 6);
    });
  });

  it("is the cross-entropy and the squared error of the guess where u and v are 0", () => {
    const zeros = {
      u: tensor(ndarray([[0], [0]])),
      v: tensor(
        ndarray([
          [0, 0, 0],
          [0, 0, 0],
        ]),
      ),
    };
    const [value] = evaluate([overParameterizedLoss(tensor(logits), { targets, ...zeros })]);
    const z = [
      [0.3, -1.2, 0.8],
      [1.5, 0.2, -0.4],
    ];
    const surprise = z.map((row, i) => Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0)) - row[i === 0 ? 1 : 0]);
    // The first row guesses class 2 for label 1: squared error 2; the second guesses rightly.
    expect(value.data[0]).toBeCloseTo((surprise[0] + surprise[1]) / 2 + 2 / 2, 5);
  });
});

describe("PENCIL's loss", () => {
  it("has the gradient of differences in logits and labels", () => {
    const options = { alpha: 0.1, beta: 0.4 };
    const labels = ndarray([
      [2, 0.5, -1],
      [0.1, 0.3, 1],
    ]);
    const loss = (z: Tensor, own: Tensor) => labelCorrectionLoss({ logits: z, labels: own, targets }, options);
    expect(gradcheck(loss, [logits, labels]).compared).toBe(12);
  });
});

describe("T-revision", () => {
  const estimate = ndarray([
    [0.8, 0.15, 0.05],
    [0.1, 0.9, 0],
    [0.2, 0.2, 0.6],
  ]);

  it("keeps probabilities: negative cells are 0 and rows sum to 1", () => {
    const change = ndarray([
      [0, -0.3, 0],
      [0, 0, 0],
      [0.5, 0, 0.5],
    ]);
    const [{ data }] = evaluate([revisedTransition(tensor(estimate), tensor(change))]);
    [0.8 / 0.85, 0, 0.05 / 0.85, 0.1, 0.9, 0, 0.7 / 2, 0.2 / 2, 1.1 / 2].forEach((value, i) => {
      expect(data[i]).toBeCloseTo(value, 6);
    });
  });

  it("weighs rows by p_y / (pᵀT)_y, all alike with the identity, with the gradient of differences in ΔT", () => {
    const weightsWith = (t: Tensor) => importanceWeights(tensor(logits), targets, t);
    const eye = ndarray([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]);
    expect(Array.from(evaluate([weightsWith(tensor(eye))])[0].data, Number)).toEqual([
      expect.closeTo(1, 6),
      expect.closeTo(1, 6),
    ]);
    const p = [0.3, -1.2, 0.8].map(Math.exp);
    const sum = p.reduce((a, b) => a + b);
    const observed = (p[0] * 0.15 + p[1] * 0.9 + p[2] * 0.2) / sum;
    expect(evaluate([weightsWith(tensor(estimate))])[0].data[0]).toBeCloseTo(p[1] / sum / observed, 5);
    const change = ndarray([
      [0.02, -0.01, 0.03],
      [0.05, 0.01, 0.1],
      [0.01, 0.02, 0.04],
    ]);
    gradcheck((d) => weightsWith(revisedTransition(tensor(estimate), d)), [change]);
  });
});

describe("VolMinNet's volume", () => {
  const w = normal(3, [4, 4]);

  it("has rows of sum 1 with the diagonal first, as an expression and as numbers", () => {
    const [expression] = evaluate([transitionOf(tensor(w))]);
    const values = transitionValues(w);
    values.data.forEach((value, i) => {
      expect(expression.data[i]).toBeCloseTo(value, 6);
    });
    for (let i = 0; i < 4; i++) {
      const row = values.data.subarray(4 * i, 4 * i + 4);
      expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
      expect(row.indexOf(Math.max(...row))).toBe(i);
    }
  });

  it("has the value and the slope of log |det T| in w", () => {
    const { value, inverse } = logDeterminant(transitionValues(w).data);
    const slope = new NdArray(
      Float32Array.from(inverse, (_, i) => inverse[(i % 4) * 4 + Math.floor(i / 4)]),
      [4, 4],
    );
    const own = input([4, 4]);
    const volume = logVolume(transitionOf(own), { value: tensor(value), slope: tensor(slope) });
    const [at, slopes] = evaluate([volume, gradients(volume, own)], new Map([[own, w]]));
    expect(at.data[0]).toBeCloseTo(value, 5);
    const volumeAt = (data: Float32Array) => logDeterminant(transitionValues(new NdArray(data, [4, 4])).data).value;
    const data = w.data as Float32Array;
    data.forEach((x, i) => {
      const numeric = (volumeAt(data.with(i, x + 0.01)) - volumeAt(data.with(i, x - 0.01))) / 0.02;
      expect(slopes.data[i]).toBeCloseTo(numeric, 3);
    });
  });
});

describe("Meta-Weight-Net", () => {
  const linear: Network = {
    initialize: () => ({ params: {}, state: {} }) as never,
    apply: (params, state, x) => ({ output: matmul(x, (params as Tensors).weight), state }),
  };
  const weightNet = {
    hidden: normal(5, [1, 3]),
    hiddenBias: ndarray([0.3, 0.2, -0.1]),
    out: normal(6, [3, 1]),
    outBias: ndarray([0.1]),
  };
  const contextOf = (weight: Tensor) =>
    ({
      ...{ layer: linear, variables: [{ params: { weight }, state: {} }], inputs: tensor(normal(7, [4, 2])) },
      targets: tensor(
        ndarray([
          [1, 0, 0],
          [0, 1, 0],
          [0, 0, 1],
          [1, 0, 0],
        ]),
      ),
      extras: {
        trustedInputs: tensor(normal(8, [2, 2])),
        trustedLabels: tensor(new NdArray(Int32Array.of(0, 2))),
      },
      learningRate: tensor(0.5),
    }) as unknown as StepContext;

  it("differentiates through the virtual step: its gradient is that of differences", () => {
    const weight = tensor(normal(9, [2, 3]));
    const names = Object.keys(weightNet) as (keyof typeof weightNet)[];
    const loss = (...parts: Tensor[]) =>
      metaLoss(contextOf(weight), Object.fromEntries(names.map((name, i) => [name, parts[i]])));
    const { compared } = gradcheck(
      loss,
      names.map((name) => weightNet[name]),
    );
    expect(compared).toBe(3 + 3 + 3 + 1);
  });

  it("weighs by the logistic of 1–h–1", () => {
    const net = { hidden: [[2]], hiddenBias: [-1], out: [[0.5]], outBias: [0.25] };
    const tensors = Object.fromEntries(Object.entries(net).map(([name, values]) => [name, tensor(ndarray(values))]));
    const [weights] = evaluate([weightsOfLosses(tensor(ndarray([0.1, 2])), tensors)]);
    expect(weights.data[0]).toBeCloseTo(1 / (1 + Math.exp(-0.25)), 6);
    expect(weights.data[1]).toBeCloseTo(1 / (1 + Math.exp(-(0.5 * 3 + 0.25))), 6);
  });
});
