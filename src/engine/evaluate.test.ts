import { describe, expect, it } from "vitest";
import { add, evaluate, exp, input, multiply, ndarray, split, sum, type Tensor, tensor } from "./index.ts";
import { hoistInvariants, substitute } from "./substitute.ts";

const first = (x: Tensor, feeds?: Parameters<typeof evaluate>[1]) => Array.from(evaluate([x], feeds)[0].data);

describe("evaluate", () => {
  it("computes in float64 whatever the dtype", () => {
    const third = multiply(tensor(1), input([], "float32"));
    const x = third.node.inputs[1];
    expect(first(third, new Map([[x, { data: [1 / 3], shape: [] }]]))).toEqual([1 / 3]);
  });

  it("takes values of inputs, of expressions in between and of one output among several", () => {
    const x = input([2]);
    const middle = exp(x);
    expect(first(add(middle, 1), new Map([[middle, ndarray([1, 2])]]))).toEqual([2, 3]);
    const [a, b] = split(input([4]), 2);
    expect(first(sum(b), new Map([[b, ndarray([5, 6])]]))).toEqual([11]);
    expect(() => first(add(a, b), new Map([[b, ndarray([5, 6])]]))).toThrow("evaluate: input x has no value");
  });

  it("computes an expression that many read once", () => {
    const x = input([], "float64");
    let y: Tensor = x;
    for (let k = 0; k < 200; k++) y = multiply(add(y, y), 0.5);
    expect(first(y, new Map([[x, ndarray(3, "float64")]]))).toEqual([3]);
  });
});

describe("substitute", () => {
  it("replaces parts and keeps what does not depend on them", () => {
    const [x, y] = [input([2]), input([2])];
    const kept = exp(y);
    const [result, same] = substitute([add(exp(x), kept), kept], new Map([[x, tensor([0, 0])]]));
    expect(same).toBe(kept);
    expect(first(result, new Map([[y, ndarray([0, 0])]]))).toEqual([2, 2]);
  });
});

describe("hoistInvariants", () => {
  it("moves out what does not depend on the parameters, and known numbers of the outside", () => {
    const outside = exp(input([2]));
    const known = tensor(2);
    const x = input([2]);
    const { captured, results, parameters } = hoistInvariants([add(multiply(x, outside), multiply(known, 3))], [x]);
    expect(captured).toHaveLength(2);
    expect(captured[0]).toBe(outside);
    const feeds = new Map([
      [x, ndarray([1, 2])],
      [parameters[0], ndarray([10, 20])],
      [parameters[1], ndarray(6)],
    ]);
    expect(first(results[0], feeds)).toEqual([16, 46]);
  });
});
