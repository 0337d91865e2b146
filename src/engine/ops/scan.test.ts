import { describe, expect, it } from "vitest";
import { integers, values } from "../../../test/kit/arbitrary.ts";
import { type Case, checkCases } from "../../../test/kit/check-cases.ts";
import { trace } from "../compile/trace.ts";
import { nodesOf } from "../gradients.ts";
import {
  add,
  cast,
  compile,
  evaluate,
  gather,
  gradients,
  input,
  matmul,
  multiply,
  ndarray,
  type Operation,
  scan,
  stack,
  sum,
  type Tensor,
  tanh,
  tensor,
  where,
} from "../index.ts";
import { scanOperation } from "./scan.ts";

/** Loops of every kind, in which nothing grows with their length. */
const loops: Record<string, (xs: Tensor, w: Tensor) => readonly Tensor[]> = {
  "one carry, one output": (xs, w) => {
    const { carry, outputs } = scan(
      (h: Tensor, x: Tensor) => {
        const next = tanh(add(matmul(h, w), x));
        return [next, multiply(next, x)];
      },
      tensor([0.1, -0.2], xs.dtype),
      xs,
    );
    return [carry, outputs];
  },
  reversed: (xs, w) => {
    const { carry, outputs } = scan(
      (h: Tensor, x: Tensor) => {
        const next = tanh(add(matmul(h, w), x));
        return [next, next];
      },
      tensor([0.1, -0.2], xs.dtype),
      xs,
      { reverse: true },
    );
    return [carry, outputs];
  },
  "carries of one shape in nested objects, returned in another order": (xs, w) => {
    const { carry, outputs } = scan(
      (state: { a: Tensor; inner: { b: Tensor } }, x: { left: Tensor; right: Tensor[] }) => {
        const a = tanh(add(state.a, x.left));
        const b = add(multiply(state.inner.b, 0.5), multiply(a, x.right[0]));
        return [
          { inner: { b }, a },
          { product: multiply(a, b), list: [a] },
        ];
      },
      { a: w.slice({ 0: 0 }), inner: { b: w.slice({ 0: 1 }) } },
      { left: xs, right: [xs.sin()] },
    );
    return [carry.a, carry.inner.b, outputs.product, outputs.list[0]];
  },
  "an integer carry that picks rows": (xs, w) => {
    const { carry, outputs } = scan(
      ({ n, h }: { n: Tensor; h: Tensor }, x: Tensor) => {
        const row = gather(w, n);
        const next = tanh(add(multiply(h, row), x));
        return [
          { n: cast(n.equal(0), "int32"), h: next },
          { next, n },
        ];
      },
      { n: tensor(0, "int32"), h: tensor([0.5, 0.5], xs.dtype) },
      xs,
    );
    return [carry.h, carry.n, outputs.next, outputs.n];
  },
  "no use of the slice, an unused carry and a constant output": (xs, w) => {
    const { carry, outputs } = scan(
      ([h, unused]: readonly Tensor[], x: Tensor) => [
        [multiply(h, w.slice({ 0: 0 })), unused],
        { constant: tensor([1, 2], xs.dtype), slice: x, outer: w },
      ],
      [tensor([1, 1], xs.dtype), w.slice({ 0: 1 })] as readonly Tensor[],
      xs,
    );
    return [carry[0], carry[1], outputs.constant, outputs.slice, outputs.outer];
  },
  "a loop in a loop": (xs, w) => {
    const inner = (start: Tensor, x: Tensor) =>
      scan((c: Tensor, row: Tensor) => [tanh(add(multiply(c, row), x)), c], start, w);
    const { carry, outputs } = scan(
      (h: Tensor, x: Tensor) => {
        const { carry: last, outputs: all } = inner(h, x);
        return [last, sum(all, { axes: 0 })];
      },
      tensor([0.3, -0.3], xs.dtype),
      xs,
    );
    return [carry, outputs];
  },
  "a choice in every step": (xs, w) => {
    const { carry } = scan(
      (h: Tensor, x: Tensor) => {
        const next = where(x.greater(0), multiply(h, w.slice({ 0: 0 })), add(h, x));
        return [next, {}];
      },
      tensor([1, 2], xs.dtype),
      xs,
    );
    return [carry];
  },
};

describe("scan, written out", () => {
  it("agrees on all executors and with differences, to second order", async () => {
    await checkCases(
      Object.entries(loops).map(
        ([name, f]): Case => ({ name, f, inputs: [values([4, 2]), values([2, 2], { seed: 1 })] }),
      ),
    );
  });

  it("is a plain loop", () => {
    const { carry, outputs } = scan(
      (c: Tensor, x: Tensor) => [add(c, x), multiply(c, x)],
      tensor(1),
      tensor([1, 2, 3]),
    );
    const [last, all] = evaluate([carry, outputs]);
    expect([last.data[0], ...Array.from(all.data)]).toEqual([7, 1, 4, 12]);
  });

  it("is differentiated with respect to a known number outside", () => {
    const w = tensor(0.5);
    const { carry } = scan((c: Tensor, x: Tensor) => [add(multiply(c, w), x), {}], tensor(1), tensor([1, 1]));
    expect(evaluate([gradients(carry, w, { strict: true })])[0].data[0]).toBe(2);
  });

  it("runs a single step", async () => {
    await checkCases([
      { name: "one step", f: loops["one carry, one output"], inputs: [values([1, 2]), values([2, 2], { seed: 1 })] },
    ]);
  });
});

/** So many steps that the compiled graph keeps the loop. */
const long = 4_000;

describe("scan, as a loop of the compiled graph", () => {
  it("agrees with the reference in values and derivatives on both executors", async () => {
    const xs = values([long, 2], { low: -0.5, high: 0.5 });
    const w = values([2, 2], { seed: 1, low: -0.5, high: 0.5 });
    const names = Object.keys(loops);
    const f = (x: Tensor, v: Tensor) =>
      names.map((name) => {
        const results = loops[name](x, v);
        const floats = results.filter(({ dtype }) => dtype === "float32").map((y) => y.sum());
        return [...results, ...gradients(stack(floats).mean(), [x, v])];
      });
    const kept = nodesOf(trace(f, [xs, w]).outputs.map(({ tensor: y }) => y)).filter(
      ({ operation }) => operation === (scanOperation as unknown as Operation),
    );
    expect(kept.length).toBeGreaterThanOrEqual(2 * names.length - 2);
    const [x, v] = [input(xs.shape), input(w.shape)];
    const expected = f(x, v).map((list) =>
      evaluate(
        list,
        new Map([
          [x, xs],
          [v, w],
        ]),
      ),
    );
    for (const provider of ["cpu", "wasm"] as const) {
      const run = compile(f, { provider });
      const got = await run(xs, w);
      await run.release();
      got.forEach((list, i) => {
        list.forEach((array, k) => {
          const largest = Math.max(1, ...Array.from(expected[i][k].data, Math.abs));
          array.data.forEach((value: number | bigint, at: number) => {
            const difference = Math.abs(Number(value) - expected[i][k].data[at]) / largest;
            if (!(difference < 2e-4))
              throw new Error(
                `${names[i]} on ${provider}, result ${k}, element ${at}: ${value}, expected ${expected[i][k].data[at]}`,
              );
          });
        });
      });
    }
  });

  it("has the second derivative of the same loop written out", async () => {
    const hessian = (xs: Tensor, w: Tensor) => {
      const { carry } = scan((h: Tensor, x: Tensor) => [tanh(add(multiply(h, w), x)), {}], tensor(0.1), xs);
      return gradients(gradients(carry, w), [w, xs]);
    };
    const w = ndarray(0.9);
    const short = values([6]);
    const padded = new Float32Array(long);
    const run = compile(hessian);
    const [few] = await run(short, w);
    const [first] = evaluate(hessian(tensor(short), tensor(w)));
    expect(few.item()).toBeCloseTo(first.data[0], 5);
    padded.set(short.data);
    const many = ndarray(Array.from(padded));
    const [got, along] = await run(many, w);
    const [expected, expectedAlong] = evaluate(hessian(tensor(many), tensor(w)));
    expect(got.item()).toBeCloseTo(expected.data[0], 4);
    expect(Number(along.data[long - 1])).toBeCloseTo(expectedAlong.data[long - 1], 4);
    await run.release();
  });
});

describe("the carry of a scan", () => {
  it("must keep its shape, its dtype and its properties", () => {
    const xs = tensor(values([2, 2]));
    const step = (f: (c: Tensor) => unknown) => () =>
      scan((c: Tensor, _: Tensor) => [f(c), {}] as never, tensor([0, 0]), xs);
    expect(step((c) => c.sum())).toThrow("carry is float32[2], got float32[]");
    expect(step((c) => c.cast("int32"))).toThrow("carry is float32[2], got int32[2]");
    expect(step((c) => [c, c])).toThrow("carry [0] is not there");
  });

  it("does not mix integers and their uses", () => {
    const ids = integers([3], 0, 2);
    const { outputs } = scan((c: Tensor, x: Tensor) => [add(c, x), c], tensor(0, "int32"), tensor(ids));
    expect(outputs.dtype).toBe("int32");
  });
});
