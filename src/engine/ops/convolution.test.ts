import { describe, expect, it } from "vitest";
import { values } from "../../../test/kit/arbitrary.ts";
import { type Case, checkCases } from "../../../test/kit/check-cases.ts";
import {
  type Convolution2dOptions,
  type ConvolutionTranspose2dOptions,
  conv2d,
  conv2dTranspose,
  evaluate,
  ndarray,
  tensor,
} from "../index.ts";
import { formatShape, type Shape } from "../shape.ts";

type Geometry<O> = readonly [images: Shape, filters: Shape, options: O];

const convolutions: readonly Geometry<Convolution2dOptions>[] = [
  [[2, 3, 5, 4], [2, 3, 3, 3], {}],
  [[2, 2, 4, 4], [3, 2, 1, 1], {}],
  [[1, 2, 5, 5], [2, 2, 3, 3], { padding: 1 }],
  [[2, 1, 5, 6], [2, 1, 3, 2], { padding: [2, 1] }],
  [[1, 2, 5, 5], [1, 2, 3, 3], { padding: [0, 1, 2, 3] }],
  [[1, 2, 6, 6], [2, 2, 3, 3], { stride: 2 }],
  [[1, 2, 7, 8], [2, 2, 3, 3], { stride: [3, 2], padding: [1, 0] }],
  [[1, 1, 8, 8], [2, 1, 2, 2], { stride: 3 }],
  [[1, 2, 7, 7], [2, 2, 3, 3], { dilation: 2 }],
  [[1, 2, 8, 7], [2, 2, 2, 3], { dilation: [3, 2], padding: [1, 2, 0, 1], stride: 2 }],
  [[2, 4, 5, 5], [6, 2, 3, 3], { groups: 2, padding: 1 }],
  [[2, 4, 6, 6], [4, 2, 3, 3], { groups: 2, stride: 2 }],
  [[2, 3, 5, 5], [3, 1, 3, 3], { groups: 3, padding: 1 }],
  [[2, 3, 6, 6], [3, 1, 3, 3], { groups: 3, padding: [0, 1, 1, 0], stride: 2 }],
  [[1, 2, 5, 5], [4, 1, 3, 3], { groups: 2, dilation: 2 }],
  [[1, 1, 1, 1], [1, 1, 1, 1], {}],
  [[1, 1, 2, 2], [1, 1, 3, 3], { padding: 1, stride: 4 }],
];

const transposed: readonly Geometry<ConvolutionTranspose2dOptions>[] = [
  [[2, 3, 3, 4], [3, 2, 3, 3], {}],
  [[1, 2, 3, 3], [2, 2, 3, 3], { stride: 2 }],
  [[1, 2, 3, 3], [2, 2, 3, 3], { stride: 2, padding: 1, outputPadding: 1 }],
  [[1, 2, 3, 2], [2, 1, 2, 3], { stride: [3, 2], padding: [0, 1, 1, 0], outputPadding: [2, 1] }],
  [[1, 2, 3, 3], [2, 2, 2, 2], { dilation: 2 }],
  [[1, 4, 3, 3], [4, 2, 3, 3], { groups: 2, padding: 1 }],
  [[2, 3, 3, 3], [3, 1, 2, 2], { groups: 3, stride: 2 }],
];

const cases = <O extends object>(name: string, list: readonly Geometry<O>[], f: typeof conv2d): Case[] =>
  list.map(([x, w, options], i) => ({
    name: `${name} ${formatShape(x)} ${formatShape(w)} ${JSON.stringify(options)}`,
    f: (images, filters) => f(images, filters, options),
    inputs: [values(x, { seed: i }), values(w, { seed: 40 + i })],
  }));

describe("conv2d", () => {
  it("agrees on all executors and with differences for every geometry", async () => {
    await checkCases(cases("conv2d", convolutions, conv2d));
  });

  it("slides the filter without turning it over", () => {
    const images = tensor([[[[1, 2, 3, 4]]]]);
    expect(Array.from(evaluate([conv2d(images, [[[[1, 10]]]])])[0].data)).toEqual([21, 32, 43]);
  });

  it("is a sum of shifted images, zeros outside", () => {
    const y = conv2d([[[[1, 2, 3]]]], [[[[1, 0, 2]]]], { padding: [0, 1], stride: [1, 2] });
    expect(Array.from(evaluate([y])[0].data)).toEqual([4, 2]);
  });
});

describe("conv2dTranspose", () => {
  it("agrees on all executors and with differences for every geometry", async () => {
    await checkCases(cases("conv2dTranspose", transposed, conv2dTranspose));
  });

  it("is the adjoint of conv2d: ⟨conv(x), y⟩ = ⟨x, transpose(y)⟩", () => {
    for (const [shape, filters, options] of convolutions) {
      const x = tensor(values(shape, { seed: 1 }).astype("float64"));
      const w = tensor(values(filters, { seed: 2 }).astype("float64"));
      const forward = conv2d(x, w, options);
      const y = tensor(values(forward.shape, { seed: 3 }).astype("float64"));
      const plain = conv2dTranspose(y, w, options);
      const outputPadding = [2, 3].map((axis) => shape[axis] - plain.shape[axis]) as [number, number];
      const back = conv2dTranspose(y, w, { ...options, outputPadding });
      const [left, right] = evaluate([forward.multiply(y).sum(), back.multiply(x).sum()]);
      expect(left.data[0]).toBeCloseTo(right.data[0], 12);
    }
  });

  it("paints the filter at every pixel", () => {
    const y = conv2dTranspose(ndarray([[[[1, 2]]]]), ndarray([[[[1, 10]]]]), { stride: [1, 2] });
    expect(Array.from(evaluate([y])[0].data)).toEqual([1, 10, 2, 20]);
  });
});
