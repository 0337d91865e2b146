import { describe, expect, it } from "vitest";
import { values } from "../../../test/kit/arbitrary.ts";
import { type Case, checkCases } from "../../../test/kit/check-cases.ts";
import { alongChannels, batchNorm, batchNormWith, evaluate, layerNorm, type Tensor, tensor } from "../index.ts";
import { formatShape, type Shape } from "../shape.ts";

const scaleAndBias = (shape: Shape) => [values(shape, { seed: 1, low: 0.5, high: 2 }), values(shape, { seed: 2 })];

describe("layerNorm", () => {
  it("agrees on all executors and with differences over one and several trailing axes", async () => {
    const pairs: [Shape, Shape][] = [
      [[3, 4], [4]],
      [[2, 3, 4], [4]],
      [
        [2, 3, 4],
        [3, 4],
      ],
      [[5], [5]],
      [[0, 3], [3]],
      [[2, 1], [1]],
    ];
    const cases = pairs.flatMap(([x, scale], i): Case[] => [
      {
        name: `${formatShape(x)} over ${formatShape(scale)}`,
        f: (y, s, b) => layerNorm(y, s, b, 0.01),
        inputs: [values(x, { seed: i }), ...scaleAndBias(scale)],
        tolerance: 3e-5,
      },
    ]);
    await checkCases(cases);
  });

  it("has mean 0 and variance 1 before scale and bias", () => {
    const y = layerNorm(tensor(values([2, 50])), tensor(new Array(50).fill(1)), tensor(new Array(50).fill(0)), 0);
    const [mean, variance] = evaluate([y.mean({ axes: 1 }), y.variance({ axes: 1 })]);
    for (const value of Array.from(mean.data)) expect(value).toBeCloseTo(0, 6);
    for (const value of Array.from(variance.data)) expect(value).toBeCloseTo(1, 6);
  });
});

describe("batchNorm", () => {
  const shapesOfImages: Shape[] = [
    [4, 3],
    [2, 3, 4],
    [2, 3, 2, 2],
    [1, 2, 3, 3],
  ];

  it("agrees on all executors and with differences in its output and its statistics", async () => {
    const cases = shapesOfImages.map(
      (shape, i): Case => ({
        name: formatShape(shape),
        f: (x, s, b) => {
          const { output, mean, variance } = batchNorm(x, s, b, 0.01);
          return [output, mean.sin(), variance.square()];
        },
        inputs: [values(shape, { seed: i, low: -2, high: 2 }), ...scaleAndBias([shape[1]])],
        tolerance: 5e-5,
      }),
    );
    await checkCases(cases);
  });

  it("of one width keeps each layer's own statistics, which the derivatives read", async () => {
    await checkCases([
      {
        name: "twice",
        f: (x, s, b) => {
          const first = batchNorm(x, s, b);
          const second = batchNorm(first.output.square(), s, b);
          return [second.output, first.mean, first.variance, second.mean, second.variance];
        },
        inputs: [values([2, 3, 2, 2], { low: -2, high: 2 }), ...scaleAndBias([3])],
        tolerance: 5e-5,
      },
    ]);
  });

  it("takes given statistics", async () => {
    await checkCases([
      {
        name: "given",
        f: (x, scale, bias, mean, variance) => batchNormWith(x, { mean, variance, scale, bias }),
        inputs: [
          values([2, 3, 2, 2]),
          ...scaleAndBias([3]),
          values([3], { seed: 5 }),
          values([3], { seed: 6, low: 0.5, high: 1 }),
        ],
      },
    ]);
  });

  it("with its own statistics given is itself", () => {
    const [x, scale, bias] = [values([3, 2, 2]), ...scaleAndBias([2])].map((v) => tensor(v));
    const own = batchNorm(x, scale, bias);
    const given = batchNormWith(x, { mean: own.mean, variance: own.variance, scale, bias });
    const [a, b] = evaluate([own.output, given]);
    Array.from(a.data).forEach((value, i) => {
      expect(value).toBeCloseTo(b.data[i], 8);
    });
  });

  it("lines channels up with images", async () => {
    await checkCases([{ name: "alongChannels", f: (c: Tensor) => alongChannels(c, 4), inputs: [values([3])] }]);
    expect(alongChannels(tensor([1, 2]), 3).shape).toEqual([1, 2, 1]);
  });
});
