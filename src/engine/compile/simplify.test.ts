import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { values } from "../../../test/kit/arbitrary.ts";
import { type Case, checkCases, expectClose } from "../../../test/kit/check-cases.ts";
import { nodesOf } from "../gradients.ts";
import {
  add,
  broadcastTo,
  compile,
  concat,
  divide,
  evaluate,
  exp,
  flip,
  input,
  matmul,
  maximum,
  multiply,
  NdArray,
  negate,
  pad,
  power,
  reshape,
  scan,
  sigmoid,
  slice,
  softmax,
  split,
  square,
  stopGradient,
  subtract,
  sum,
  type Tensor,
  tanh,
  tensor,
  transpose,
  where,
} from "../index.ts";
import { sizeOf } from "../shape.ts";
import { Simplifier } from "./simplify.ts";

/** Everything below keeps values within some hundreds: results pass through `tanh` where they could grow. */
type Step = (pool: readonly Tensor[], a: number, b: number, c: number) => Tensor;

const at = (pool: readonly Tensor[], k: number) => pool[k % pool.length];
const matrix = (x: Tensor) => reshape(x, [2, 3]);
const numbers = [0, 1, -1, 2, 0.5, -0.25, 3];
const constantOf = (k: number) => tensor(numbers[k % numbers.length]);
const axisOf = (k: number) => k % 2;

/** Steps from tensors of shape [2, 3] to one of shape [2, 3], through every family that the simplifier knows. */
const steps: readonly Step[] = [
  (pool, a, b) => add(at(pool, a), at(pool, b)),
  (pool, a, b) => subtract(at(pool, a), at(pool, b)),
  (pool, a, b) => tanh(multiply(at(pool, a), at(pool, b))),
  (pool, a, b) => divide(at(pool, a), add(square(at(pool, b)), 1)),
  (pool, a, b) => multiply(at(pool, a), constantOf(b)),
  (pool, a, b) => add(constantOf(b), at(pool, a)),
  (pool, a, b) => subtract(at(pool, a), broadcastTo(constantOf(b), [2, 3])),
  (pool, a, b) => multiply(multiply(at(pool, a), constantOf(b)), constantOf(b + 1)),
  (pool, a, b) => divide(at(pool, a), numbers[1 + (b % 6)]),
  (pool, a) => negate(at(pool, a)),
  (pool, a, b) => add(negate(at(pool, a)), at(pool, b)),
  (pool, a, b) => subtract(at(pool, a), negate(at(pool, b))),
  (pool, a, b) => multiply(negate(tanh(at(pool, a))), negate(tanh(at(pool, b)))),
  (pool, a, b) => power(add(sigmoid(at(pool, a)), 0.5), [-1, 0, 0.5, 1, 2, 3, 2.5][b % 7]),
  (pool, a, b) =>
    matrix(
      transpose(
        reshape(at(pool, a), [3, 2, 1]),
        ...[
          [1, 0, 2],
          [2, 0, 1],
          [0, 2, 1],
        ][b % 3],
      ),
    ),
  (pool, a, b) => {
    const order = [
      [2, 0, 1],
      [1, 2, 0],
      [0, 2, 1],
      [2, 1, 0],
    ][b % 4];
    return matrix(transpose(transpose(reshape(at(pool, a), [1, 2, 3]), ...order), ...order));
  },
  (pool, a) => transpose(transpose(at(pool, a))),
  (pool, a) => reshape(reshape(at(pool, a), [6]), [2, 3]),
  (pool, a, b) => broadcastTo(sum(at(pool, a), { axes: axisOf(b), keepDims: true }), [2, 3]),
  (pool, a, b) => {
    const one = slice(at(pool, a), { [axisOf(b)]: [0, 1] });
    return tanh(broadcastTo(sum(broadcastTo(one, [2, 3]), { axes: [0, 1], keepDims: true }), [2, 3]));
  },
  (pool, a, b) => tanh(matmul(matmul(at(pool, a), transpose(at(pool, b))), at(pool, a))),
  (pool, a, b) => tanh(matmul(transpose(matmul(at(pool, a), at(pool, b), { transposeB: true })), at(pool, b))),
  (pool, a, b, c) => slice(concat([at(pool, a), at(pool, b)], axisOf(c)), { [axisOf(c)]: [0, [2, 3][axisOf(c)]] }),
  (pool, a, b, c) => slice(concat([at(pool, a), at(pool, b)], axisOf(c)), { [axisOf(c)]: [1, [3, 4][axisOf(c)]] }),
  (pool, a, b, c) => split(concat([at(pool, a), at(pool, b)], axisOf(c)), 2, axisOf(c))[b % 2],
  (pool, a, b) => concat(split(at(pool, a), axisOf(b) === 0 ? 2 : 3, axisOf(b)), axisOf(b)),
  (pool, a, b) => concat([...split(at(pool, a), 3, 1)].reverse(), 1).add(constantOf(b)),
  (pool, a, b) => flip(at(pool, a), axisOf(b)),
  (pool, a) =>
    slice(
      pad(at(pool, a), [
        [1, 0],
        [0, 2],
      ]),
      { 0: [0, 2], 1: [1, 4] },
    ),
  (pool, a, b) => where(at(pool, a).greater(at(pool, b)), at(pool, b), multiply(at(pool, a), 0.5)),
  (pool, a, b) => maximum(at(pool, a), at(pool, b)),
  (pool, a, b) => softmax(at(pool, a), axisOf(b)),
  (pool, a) => exp(negate(square(at(pool, a)))),
  (pool, a) => stopGradient(at(pool, a)),
  (pool, a, b) =>
    scan(
      (c: Tensor, x: Tensor) => [tanh(add(multiply(c, 0.5), x)), subtract(c, x)],
      sum(at(pool, b), { axes: 0 }),
      at(pool, a),
    ).outputs,
];

const programs = fc.array(fc.tuple(fc.nat(steps.length - 1), fc.nat(99), fc.nat(99), fc.nat(99)), {
  minLength: 15,
  maxLength: 15,
});

/** The last values that a program of random steps makes. */
function build(program: readonly (readonly [number, number, number, number])[], start: readonly Tensor[]): Tensor[] {
  const pool = [...start];
  for (const [step, a, b, c] of program) pool.push(steps[step](pool, a, b, c));
  return pool.slice(-4);
}

const inputs = [values([2, 3], { seed: 1 }), values([2, 3], { seed: 2 })];

describe("the simplifier", () => {
  it("keeps the values of random programs", () => {
    fc.assert(
      fc.property(programs, (program) => {
        const xs = inputs.map((x) => input(x.shape));
        const feeds = new Map(xs.map((x, i) => [x, inputs[i]]));
        const outputs = build(program, xs);
        const expected = evaluate(outputs, feeds);
        const simplified = new Simplifier().simplify(outputs);
        evaluate(simplified, feeds).forEach((value, i) => {
          expectClose("simplified", new NdArray(Float64Array.from(value.data), value.shape), expected[i], 1e-6);
        });
      }),
      { seed: 5, numRuns: 300 },
    );
  });

  it("gives the values of random programs on every executor, with their gradients", async () => {
    const cases = fc.sample(programs, { numRuns: 12, seed: 3 }).map(
      (program, i): Case => ({
        name: `program ${i}`,
        f: (...xs) => build(program, xs),
        inputs,
        order: 1,
        tolerance: 5e-5,
      }),
    );
    await checkCases(cases, { differences: false });
  });

  it("has nothing left to do the second time", () => {
    fc.assert(
      fc.property(programs, (program) => {
        const xs = inputs.map((x) => input(x.shape));
        const once = new Simplifier().simplify(build(program, xs));
        const twice = new Simplifier().simplify(once);
        expect(nodesOf(twice).length).toBe(nodesOf(once).length);
      }),
      { seed: 7, numRuns: 100 },
    );
  });

  it("makes equal expressions one and keeps what differs apart", () => {
    const [x, y] = [input([3], "float32", "x"), input([3], "float32", "x")];
    const [a, b, c] = new Simplifier().simplify([exp(add(x, 1)), exp(add(x, 1)), exp(add(y, 1))]);
    expect(a).toBe(b);
    expect(a).not.toBe(c);
  });

  it("computes what is known, and leaves out what adds nothing", () => {
    const x = input([3]);
    const [y] = new Simplifier().simplify([multiply(add(x, subtract(exp(tensor(0)), 1)), broadcastTo(tensor(1), [3]))]);
    expect(y).toBe(x);
  });

  it("divides by numbers whose reciprocal overflows", () => {
    const [y] = new Simplifier().simplify([divide(input([1], "float32", "x"), 1e-39)]);
    const [x] = nodesOf([y])[0].outputs;
    expect(evaluate([y], new Map([[x, { data: [1e-20], shape: [1] }]]))[0].data[0]).toBeCloseTo(1e19, -16);
  });

  it("leaves two factors apart whose product is no number of the type", async () => {
    for (const [factor, from, to] of [
      [1e30, 1e-30, 1e30],
      [1e-30, 1e30, 1e-30],
    ]) {
      const product = compile((x: Tensor) => multiply(multiply(x, factor), factor));
      expect((await product(from)).item() / to).toBeCloseTo(1, 5);
      await product.release();
    }
  });

  it("does not take an operand for the result when it is smaller", () => {
    const x = input([1]);
    const [y] = new Simplifier().simplify([add(x, broadcastTo(tensor(0), [4]))]);
    expect(y.shape).toEqual([4]);
    expect(sizeOf(y.shape)).toBe(4);
  });
});
