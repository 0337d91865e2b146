import { describe, expect, it } from "vitest";
import { integers, values } from "../../test/kit/arbitrary.ts";
import { toNumbers } from "./dtype.ts";
import {
  add,
  conv2d,
  einsum,
  evaluate,
  gather,
  gradcheck,
  gradients,
  input,
  key,
  logSoftmax,
  matmul,
  mean,
  multiply,
  type NdArray,
  normal,
  scan,
  scatterAdd,
  softmax,
  split,
  stopGradient,
  sum,
  type Tensor,
  tanh,
  tensor,
} from "./index.ts";

const double = (shape: number[], seed: number) => values(shape, { seed }).astype("float64");
const numbersOf = (x: Tensor) => Array.from(evaluate([x])[0].data);

const ids = integers([5], 0, 3, { seed: 1 });

/** Smooth functions through every kind of operation, none of them a polynomial of low degree. */
const functions: Record<string, { f: (...xs: Tensor[]) => Tensor; inputs: NdArray[] }> = {
  matmul: { f: (a, b) => tanh(matmul(a, matmul(b, a))), inputs: [double([2, 2], 1), double([2, 2], 2)] },
  convolution: {
    f: (x, w) => tanh(conv2d(tanh(conv2d(x, w, { padding: 1, stride: 2 })), w, { padding: [1, 0, 1, 2] })),
    inputs: [double([1, 2, 3, 3], 3), double([2, 2, 2, 2], 4)],
  },
  softmax: {
    f: (x) => multiply(softmax(x.multiply(x), 0), logSoftmax(multiply(x, 2))),
    inputs: [double([2, 3], 5)],
  },
  "gather and scatter": {
    f: (x) => {
      const rows = gather(x, ids);
      return tanh(scatterAdd(x, ids, multiply(rows, rows)));
    },
    inputs: [double([3, 2], 6)],
  },
  scan: {
    f: (xs, w) =>
      scan((h: Tensor, x: Tensor) => [tanh(add(matmul(h, w), x)), {}], tensor([0.1, 0.2], "float64"), xs).carry,
    inputs: [double([3, 2], 7), double([2, 2], 8)],
  },
};

/** The k-th derivative: gradients of weighted gradients. */
function derivative(f: (...xs: Tensor[]) => Tensor, order: number): (...xs: Tensor[]) => Tensor {
  if (order === 0) return f;
  return (...xs) => {
    const y = derivative(f, order - 1)(...xs);
    const weights = tensor(
      Array.from({ length: y.flatten().shape[0] }, (_, i) => Math.sin(1 + i)),
      "float64",
    );
    const parts = gradients(sum(multiply(y.flatten(), weights)), xs);
    return parts.map((g) => sum(multiply(g, g)).add(sum(g))).reduce((a, b) => add(a, b));
  };
}

describe("gradients", () => {
  for (const [name, { f, inputs }] of Object.entries(functions)) {
    it(`are right to third order through ${name}`, () => {
      for (const order of [0, 1, 2]) {
        expect(gradcheck(derivative(f, order), inputs, { tolerance: 1e-5 }).compared).toBeGreaterThan(0);
      }
    });

    it(`give Hessian-vector products that are differences of gradients through ${name}`, () => {
      const xs = inputs.map(({ shape }) => input(shape, "float64"));
      const direction = inputs.map(({ shape }, i) => double([...shape], 30 + i));
      const first = gradients(sum(f(...xs)), xs);
      const along = first.map((g, i) => sum(multiply(g, tensor(direction[i])))).reduce((a, b) => add(a, b));
      const products = gradients(along, xs);
      const feeds = (t: number) =>
        new Map(
          xs.map((x, i) => [
            x,
            {
              shape: x.shape,
              data: toNumbers(inputs[i].data).map((v, k) => v + t * Number(direction[i].data[k])),
            },
          ]),
        );
      const exact = evaluate(products, feeds(0));
      const [after, before] = [evaluate(first, feeds(1e-5)), evaluate(first, feeds(-1e-5))];
      exact.forEach(({ data }, i) => {
        Array.from(data).forEach((value, k) => {
          expect(value).toBeCloseTo((after[i].data[k] - before[i].data[k]) / 2e-5, 6);
        });
      });
    });
  }

  it("add up over all paths of a diamond", () => {
    const x = tensor(3, "float64");
    const a = multiply(x, x);
    const y = add(multiply(a, x), add(a, multiply(a, a)));
    expect(numbersOf(gradients(y, x))).toEqual([27 + 6 + 108]);
  });

  it("stay linear in a graph whose paths double with every step", () => {
    const x = tensor(1, "float64");
    let y = x;
    for (let k = 0; k < 60; k++) y = add(multiply(y, 0.5), multiply(y, 0.5));
    expect(numbersOf(gradients(y, x))).toEqual([1]);
  });

  it("keep the structure of nested parameters", () => {
    const parameters = { layers: [{ w: tensor([1, 2]), b: tensor(3) }], scale: tensor(2) };
    const y = sum(multiply(add(parameters.layers[0].w, parameters.layers[0].b), parameters.scale));
    const g = gradients(y, parameters);
    expect(numbersOf(g.layers[0].w)).toEqual([2, 2]);
    expect(numbersOf(g.layers[0].b)).toEqual([4]);
    expect(numbersOf(g.scale)).toEqual([9]);
  });

  it("are zeros without influence, and an error naming the input when strict", () => {
    const parameters = { used: tensor([1, 2]), nested: { unused: tensor([[1], [2]]) } };
    const y = sum(parameters.used);
    const g = gradients(y, parameters);
    expect(numbersOf(g.nested.unused)).toEqual([0, 0]);
    expect(g.nested.unused.shape).toEqual([2, 1]);
    expect(() => gradients(y, parameters, { strict: true })).toThrow(
      "gradients: nested.unused (constant: float32[2, 1]) has no influence on y",
    );
    expect(() => gradients(sum(stopGradient(parameters.used)), parameters.used, { strict: true })).toThrow("x (");
  });

  it("may be taken with respect to an expression in between, to y itself and to a part of a split", () => {
    const x = tensor([1, 2, 3]);
    const middle = multiply(x, x);
    const y = sum(multiply(middle, middle));
    expect(numbersOf(gradients(y, middle))).toEqual([2, 8, 18]);
    expect(numbersOf(gradients(y, y))).toEqual([1]);
    const [a, b] = split(x, [1, 2]);
    const z = add(sum(multiply(b, b)), sum(a));
    expect(gradients(z, [a, b, x]).map(numbersOf)).toEqual([[1], [4, 6], [1, 4, 6]]);
  });

  it("weigh the elements of y with a cotangent", () => {
    const x = tensor([1, 2]);
    const y = multiply(x, x);
    expect(numbersOf(gradients(y, x, { cotangent: tensor([10, 100]) }))).toEqual([20, 400]);
    expect(numbersOf(gradients(y, x, { cotangent: y }))).toEqual([2, 16]);
  });

  it("pass through integers and draws as through constants", () => {
    const x = tensor([1.5, 2.5]);
    const k = x.cast("int32").cast("float32");
    expect(numbersOf(gradients(sum(multiply(x, k)), x))).toEqual([1, 2]);
    const noise = normal(key(1), [2]);
    const g = gradients(sum(multiply(x, noise)), x);
    expect(numbersOf(g)).toEqual(numbersOf(noise));
  });

  it("agree with a closed form: the gradient of a quadratic form is (A + Aᵀ) x", () => {
    const [a, x] = [tensor(double([3, 3], 1)), tensor(double([3], 2))];
    const g = gradients(einsum("i,ij,j->", x, a, x), x);
    const expected = matmul(add(a, a.transpose()), x);
    const [left, right] = [numbersOf(g), numbersOf(expected)];
    left.forEach((value, i) => {
      expect(value).toBeCloseTo(right[i], 12);
    });
  });

  it("are built without stack overflow in a graph that is 20,000 operations deep", () => {
    const x = tensor(1, "float64");
    let y = x;
    for (let k = 0; k < 20_000; k++) y = add(y, 1e-4);
    expect(numbersOf(gradients(mean(y.reshape([1])), x))).toEqual([1]);
  });
});
