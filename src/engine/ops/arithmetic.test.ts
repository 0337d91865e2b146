import { describe, expect, it } from "vitest";
import { broadcastingShapes, distinct, examples, integers, shapes, values } from "../../../test/kit/arbitrary.ts";
import { type Case, checkCases } from "../../../test/kit/check-cases.ts";
import {
  absolute,
  add,
  ceil,
  clip,
  divide,
  evaluate,
  floor,
  gradients,
  input,
  maximum,
  minimum,
  multiply,
  ndarray,
  negate,
  power,
  relu,
  round,
  sign,
  square,
  subtract,
  sum,
  type Tensor,
  tensor,
} from "../index.ts";
import { formatShape } from "../shape.ts";

const binaries = { add, subtract, multiply, divide, maximum, minimum };

describe("elementwise operations of two tensors", () => {
  it("agree on all executors and with differences for random broadcasting shapes", async () => {
    const pairs = examples(broadcastingShapes(2), 8);
    const cases = Object.entries(binaries).flatMap(([name, f]) =>
      pairs.map(([a, b], i): Case => {
        const isKinked = name === "maximum" || name === "minimum";
        return {
          name: `${name} ${formatShape(a)} ${formatShape(b)}`,
          f: (x, y) => f(x, y),
          inputs: isKinked
            ? [distinct(a, i), values(b, { seed: 99 + i, low: 0.2, high: 0.3 })]
            : [values(a, { seed: i }), values(b, { seed: 50 + i, low: 0.5, high: 2 })],
        };
      }),
    );
    await checkCases(cases);
  });

  it("raise to powers with both operands varying", async () => {
    const cases = examples(broadcastingShapes(2), 6, 2).map(
      ([a, b], i): Case => ({
        name: `power ${formatShape(a)} ${formatShape(b)}`,
        f: (x, y) => power(x, y),
        inputs: [values(a, { seed: i, low: 0.5, high: 2 }), values(b, { seed: 9 + i, low: -2, high: 3 })],
      }),
    );
    const fixed = [-1, 0, 0.5, 1, 2, 3, 2.5].map(
      (exponent): Case => ({
        name: `power ${exponent}`,
        f: (x) => power(x, exponent),
        inputs: [values([5], { low: 0.5, high: 2 })],
      }),
    );
    await checkCases([...cases, ...fixed]);
  });

  it("differentiate x² and x⁰ at 0 without NaN, to any order", () => {
    for (const exponent of [0, 1, 2]) {
      const x = input([], "float64");
      let y = power(x, exponent);
      const found: number[] = [];
      for (let order = 0; order < 4; order++) {
        found.push(evaluate([y], new Map([[x, ndarray(0, "float64")]]))[0].data[0]);
        y = gradients(y, x);
      }
      expect(found).toEqual({ 0: [1, 0, 0, 0], 1: [0, 1, 0, 0], 2: [0, 0, 2, 0] }[exponent]);
    }
  });

  it("share the derivative of a tie", async () => {
    const x = tensor([1, 2, 3]);
    const y = tensor([1, 5, 0]);
    const [gx, gy] = gradients(sum(maximum(x, y)), [x, y]);
    expect((await gx.read()).toNested()).toEqual([0.5, 0, 1]);
    expect((await gy.read()).toNested()).toEqual([0.5, 1, 0]);
  });

  it("work on integers, dividing towards zero", async () => {
    const dividend = ndarray([7, -7, 7, -7], "int32");
    const divisor = ndarray([2, 2, -2, -2], "int32");
    const cases = (["int32", "int64"] as const).flatMap((dtype) =>
      Object.entries(binaries).map(
        ([name, f]): Case => ({
          name: `${name} ${dtype}`,
          f: (x, y) => [f(x, y), multiply(f(x, y), 2)],
          inputs: [dividend.astype(dtype), divisor.astype(dtype)],
        }),
      ),
    );
    await checkCases(cases);
  });

  it("work in float64", async () => {
    const cases = Object.entries(binaries).map(
      ([name, f]): Case => ({
        name,
        f: (x, y) => f(x, y),
        inputs: [distinct([4]).astype("float64"), values([3, 1], { low: 0.21, high: 0.29 }).astype("float64")],
        tolerance: 1e-14,
      }),
    );
    await checkCases(cases);
  });
});

const unaries: Record<string, (x: Tensor) => Tensor> = {
  negate,
  absolute,
  sign,
  square,
  floor,
  ceil,
  round,
  relu,
  clip: (x) => clip(x, -0.7, 0.9),
  clipBelow: (x) => clip(x, 0.3, Number.POSITIVE_INFINITY),
  clipAbove: (x) => clip(x, Number.NEGATIVE_INFINITY, 0.3),
};

describe("elementwise operations of one tensor", () => {
  it("agree on all executors and with differences for random shapes", async () => {
    const cases = Object.entries(unaries).flatMap(([name, f], k) =>
      examples(shapes(), 5, k).map(
        (shape, i): Case => ({ name: `${name} ${formatShape(shape)}`, f: (x) => f(x), inputs: [distinct(shape, i)] }),
      ),
    );
    await checkCases(cases);
  });

  it("round halves to the even neighbour", async () => {
    const got = await round(tensor([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 2.4999])).read();
    expect(Array.from(got.data as Float32Array, (x) => x + 0)).toEqual([-2, -2, 0, 0, 2, 2, 2]);
  });

  it("have the derivatives at their kinks that their comments promise", async () => {
    const at = async (f: (x: Tensor) => Tensor, x: number) => {
      const t = tensor([x]);
      return (await gradients(sum(f(t)), t).read()).toNested();
    };
    expect(await at(absolute, 0)).toEqual([0]);
    expect(await at(relu, 0)).toEqual([0]);
    expect(await at((x) => clip(x, 0, 1), 1)).toEqual([1]);
    expect(await at((x) => clip(x, 0, 1), 1.5)).toEqual([0]);
  });

  it("work on integers where ONNX Runtime does", async () => {
    const cases = (["int32", "int64"] as const).flatMap((dtype) =>
      Object.entries({ negate, absolute, sign, square, clip: (x: Tensor) => clip(x, -2, 2) }).map(
        ([name, f]): Case => ({
          name: `${name} ${dtype}`,
          f: (x) => f(x),
          inputs: [integers([7], -5, 5, { dtype })],
        }),
      ),
    );
    await checkCases(cases);
  });
});
