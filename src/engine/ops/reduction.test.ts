import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { distinct, examples, integers, shapes, values } from "../../../test/kit/arbitrary.ts";
import { type Case, checkCases } from "../../../test/kit/check-cases.ts";
import {
  argMax,
  argMin,
  gradients,
  logSumExp,
  max,
  mean,
  min,
  ndarray,
  prod,
  type ReductionOptions,
  sum,
  type Tensor,
  tensor,
  variance,
} from "../index.ts";
import { formatShape } from "../shape.ts";

interface Reduced {
  readonly shape: readonly number[];
  readonly options: ReductionOptions;
}

/** A shape and some of its axes, or all of them, kept or not. */
const reductions: fc.Arbitrary<Reduced> = shapes(0, 4).chain((shape) =>
  fc
    .record({
      axes: fc.option(fc.subarray(shape.map((_, i) => (i % 2 === 0 ? i : i - shape.length))), { nil: undefined }),
      keepDims: fc.boolean(),
    })
    .map((options) => ({ shape, options })),
);

const describeCase = (name: string, { shape, options }: Reduced) =>
  `${name} ${formatShape(shape)} ${JSON.stringify(options)}`;

describe("reductions", () => {
  it("agree on all executors and with differences for random shapes and axes, empty ones included", async () => {
    const cases = Object.entries({ sum, prod, logSumExp }).flatMap(([name, f], k) =>
      examples(reductions, 14, k).map(
        (item, i): Case => ({
          name: describeCase(name, item),
          f: (x) => f(x, item.options),
          inputs: [values(item.shape, { seed: i })],
        }),
      ),
    );
    await checkCases(cases);
  });

  it("find extremes, means and variances of axes that are not empty", async () => {
    const cases = Object.entries({ max, min, mean, variance }).flatMap(([name, f], k) =>
      examples(
        reductions.filter(({ shape }) => !shape.includes(0)),
        10,
        k,
      ).map(
        (item, i): Case => ({
          name: describeCase(name, item),
          f: (x) => f(x, item.options),
          inputs: [distinct(item.shape, i)],
        }),
      ),
    );
    await checkCases(cases);
  });

  it("have their neutral element over an empty axis", async () => {
    const empty = values([2, 0]);
    await checkCases([
      { name: "sum", f: (x) => sum(x, { axes: 1 }), inputs: [empty] },
      { name: "prod", f: (x) => prod(x, { axes: 1 }), inputs: [empty] },
      { name: "max of none", f: (x) => max(x, { axes: 0 }), inputs: [empty] },
      { name: "sum to scalar", f: (x) => sum(x), inputs: [empty] },
    ]);
  });

  it("share the derivative among equal extremes", async () => {
    const x = tensor([[2, 2, 1]]);
    expect((await gradients(sum(max(x, { axes: 1 })), x).read()).toNested()).toEqual([[0.5, 0.5, 0]]);
    expect((await gradients(sum(min(x, { axes: 1 })), x).read()).toNested()).toEqual([[0, 0, 1]]);
  });

  it("differentiate a product beside zeros", async () => {
    await checkCases([
      { name: "one zero", f: (x) => prod(x), inputs: [ndarray([0, 2, 3])] },
      { name: "two zeros", f: (x) => prod(x), inputs: [ndarray([0, 2, 0, 4, 5])] },
    ]);
  });

  it("add exponentials without overflow, −∞ included", async () => {
    await checkCases([
      {
        name: "large",
        f: (x) => logSumExp(x, { axes: 1 }),
        inputs: [
          ndarray([
            [500, 501],
            [-500, -502],
          ]),
        ],
        order: 1,
      },
      { name: "infinite", f: (x) => logSumExp(x), inputs: [ndarray([Number.NEGATIVE_INFINITY, 1])], order: 0 },
      { name: "nothing", f: (x) => logSumExp(x), inputs: [ndarray([Number.NEGATIVE_INFINITY])], order: 0 },
    ]);
  });

  it("work on integers and in float64", async () => {
    const cases = (["int32", "int64", "float64"] as const).flatMap((dtype) =>
      Object.entries({ sum, max, min, prod }).map(
        ([name, f]): Case => ({
          name: `${name} ${dtype}`,
          f: (x) => f(x, { axes: [0, 2] }),
          inputs: [integers([2, 3, 2], -4, 5, { dtype })],
          order: 0,
        }),
      ),
    );
    await checkCases(cases);
  });
});

describe("argMax and argMin", () => {
  it("agree on all executors along every axis, the first among equals", async () => {
    const cases = (["float32", "float64", "int32", "int64"] as const).flatMap((dtype) =>
      [0, 1, -1].flatMap((axis) =>
        Object.entries({ argMax, argMin }).map(
          ([name, f]): Case => ({
            name: `${name} ${dtype} ${axis}`,
            f: (x: Tensor) => f(x, axis),
            inputs: [integers([3, 4, 5], 0, 3, { dtype })],
            order: 0,
          }),
        ),
      ),
    );
    await checkCases(cases);
    expect((await argMax(tensor([1, 3, 3])).read()).toNested()).toBe(1);
  });
});
