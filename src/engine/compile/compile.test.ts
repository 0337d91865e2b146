import { describe, expect, it } from "vitest";
import { distinct, values } from "../../../test/kit/arbitrary.ts";
import {
  add,
  compile,
  evaluate,
  gradients,
  type Key,
  key,
  matmul,
  multiply,
  NdArray,
  ndarray,
  subtract,
  sum,
  type Tensor,
  tensor,
  uniform,
} from "../index.ts";

describe("a compiled function", () => {
  it("is traced once for every combination of shapes, dtypes, structures and fixed words", async () => {
    let traces = 0;
    const run = compile((x: Tensor | { x: Tensor }, mode: string) => {
      traces++;
      const value = "x" in x ? x.x : x;
      return mode === "double" ? multiply(value, 2) : value;
    });
    const calls: [Parameters<typeof run>, number][] = [
      [[ndarray([1, 2]), "double"], 1],
      [[ndarray([3, 4]), "double"], 1],
      [[ndarray([1, 2, 3]), "double"], 2],
      [[ndarray([1, 2], "float64"), "double"], 3],
      [[ndarray([1, 2]), "plain"], 4],
      [[{ x: ndarray([1, 2]) }, "plain"], 5],
      [[7 as never, "double"], 6],
      [[8 as never, "double"], 6],
      [[ndarray([5, 6]), "double"], 6],
    ];
    for (const [args, expected] of calls) {
      await run(...args);
      expect(traces).toBe(expected);
    }
    expect((await run(9 as never, "double")).item()).toBe(18);
    await run.release();
  });

  it("takes and returns nested objects, with what is no tensor as it is", async () => {
    const run = compile((state: { layers: readonly { w: Tensor }[]; note: string }, rate: Tensor) => ({
      layers: state.layers.map(({ w }) => ({ w: multiply(w, rate) })),
      total: sum(state.layers[1].w),
      note: state.note,
      nothing: null,
      constant: tensor([7]),
      plain: [1, 2],
    }));
    const result = await run({ layers: [{ w: ndarray([1, 2]) }, { w: ndarray([[3]]) }], note: "kept" }, 10);
    expect(result.layers.map(({ w }) => w.toNested())).toEqual([[10, 20], [[30]]]);
    expect(result.total.item()).toBe(3);
    expect(result.note).toBe("kept");
    expect(result.nothing).toBeNull();
    expect(result.constant.toNested()).toEqual([7]);
    await run.release();
  });

  it("returns an argument, one value twice, and a constant", async () => {
    const run = compile((x: Tensor) => {
      const y = add(x, 1);
      return [x, y, y, add(x, 1), tensor(3, "int64")] as const;
    });
    const [same, ...rest] = await run(ndarray([1, 2]));
    expect(same.toNested()).toEqual([1, 2]);
    expect(rest.map((y) => y.toNested())).toEqual([[2, 3], [2, 3], [2, 3], 3]);
    await run.release();
  });

  it("may be called many times at once, with shapes new and old", async () => {
    const run = compile((x: Tensor) => sum(multiply(x, x)));
    const sizes = Array.from({ length: 24 }, (_, i) => (i % 5) + 1);
    const results = await Promise.all(sizes.map((n, i) => run(ndarray(new Array(n).fill(i)))));
    expect(results.map((y) => y.item())).toEqual(sizes.map((n, i) => n * i * i));
    await run.release();
  });

  it("is traced anew after an error", async () => {
    const run = compile((x: Tensor) => matmul(x, [[1], [2]]));
    await expect(run(ndarray([[1, 2, 3]]))).rejects.toThrow("matmul: inner sizes must agree");
    await expect(run(ndarray([[1, 2, 3]]))).rejects.toThrow("matmul: inner sizes must agree");
    expect((await run(ndarray([[1, 2]]))).toNested()).toEqual([[5]]);
    await run.release();
  });

  it("takes numbers that change without a new trace, and keys", async () => {
    const run = compile((k: Key, x: Tensor) => add(uniform(k, [2]), x));
    const [a, b] = [await run(key(1), 0), await run(key(1), 5)];
    b.data.forEach((value: number | bigint, i: number) => {
      expect(Number(value)).toBeCloseTo(Number(a.data[i]) + 5, 5);
    });
    await run.release();
  });

  it("says which leaf it cannot take", async () => {
    const run = compile((x: { w: Tensor }) => x.w);
    await expect(run({ w: tensor([1]) as never })).rejects.toThrow("compile: argument[0].w is an expression");
    await expect(run({ w: new Map() as never })).rejects.toThrow("compile: argument[0].w must be an array");
    const promised = compile(async (x: Tensor) => x);
    await expect(promised(ndarray([1]))).rejects.toThrow("must return its expressions, not a promise");
  });
});

describe("packed arguments and results", () => {
  type Parameters = { w: Tensor; b: Tensor; s: Tensor };
  // Small leaves below one property of an argument share a buffer.
  const step = ({ p }: { p: Parameters }, x: Tensor) => {
    const loss = sum(multiply(add(matmul(x, p.w), p.b), p.s));
    const g = gradients(loss, p);
    return {
      loss,
      next: { w: subtract(p.w, multiply(g.w, 0.1)), b: subtract(p.b, multiply(g.b, 0.1)), s: subtract(p.s, g.s) },
    };
  };
  const parameters = () => ({ w: values([3, 2], { seed: 1 }), b: values([2], { seed: 2 }), s: ndarray(0.5) });
  const texts = (state: Record<string, NdArray>) => Object.values(state).join();

  it("have the same values whether they lie apart, together, or across another order", async () => {
    const run = compile(step);
    const x = values([4, 3]);
    const first = (await run({ p: parameters() }, x)).next;
    const apart = { w: copy(first.w), b: copy(first.b), s: copy(first.s) };
    const mixed = { w: first.w, b: copy(first.b), s: first.s };
    const together = await run({ p: first }, x);
    expect(first.w.data.buffer).toBe(first.b.data.buffer);
    expect(texts((await run({ p: apart }, x)).next)).toBe(texts(together.next));
    expect(texts((await run({ p: mixed }, x)).next)).toBe(texts(together.next));
    const reference = await compile(step, { provider: "reference" })({ p: first }, x);
    together.next.w.data.forEach((value: number | bigint, i: number) => {
      expect(Number(value)).toBeCloseTo(Number(reference.next.w.data[i]), 5);
    });
    await run.release();
  });

  it("are told apart when two adjoining views are exchanged", async () => {
    const run = compile(([p]: readonly { a: Tensor; b: Tensor }[]) => ({ a: multiply(p.a, 2), b: multiply(p.b, 3) }));
    const buffer = Float32Array.of(1, 2, 3, 4);
    const [left, right] = [0, 2].map((at) => new NdArray(buffer.subarray(at, at + 2)));
    const straight = await run([{ a: left, b: right }]);
    expect([straight.a, straight.b].map((y) => y.toNested())).toEqual([
      [2, 4],
      [9, 12],
    ]);
    const crossed = await run([{ a: right, b: left }]);
    expect([crossed.a, crossed.b].map((y) => y.toNested())).toEqual([
      [6, 8],
      [3, 6],
    ]);
    await run.release();
  });

  it("mix with large, integer and empty leaves", async () => {
    const large = values([200, 200]);
    const run = compile((p: { large: Tensor; ids: Tensor; none: Tensor; small: Tensor[] }) => ({
      large: multiply(p.large, 2),
      ids: add(p.ids, 1),
      none: p.none,
      small: p.small.map((x) => multiply(x, 2)),
    }));
    const none = values([0, 3]);
    const result = await run({ large, ids: ndarray([1, 2], "int64"), none, small: [ndarray(1), ndarray([2])] });
    expect(Number(result.large.data[777])).toBe(2 * large.data[777]);
    expect(result.ids.toNested()).toEqual([2, 3]);
    expect(result.none.shape).toEqual([0, 3]);
    expect(result.small.map((y) => y.toNested())).toEqual([2, [4]]);
    await run.release();
  });

  function copy(x: NdArray): NdArray {
    return x.astype(x.dtype);
  }
});

describe("donated arguments", () => {
  const grow = (state: { w: Tensor }, x: Tensor) => ({ w: add(state.w, x) });

  it("lend their memory to later results, and the numbers stay right", async () => {
    const run = compile(grow, { donate: [0] });
    let state: { readonly w: NdArray } = { w: distinct([200, 200]) };
    const plain = evaluate([add(tensor(state.w), 10)])[0];
    const buffers = new Set<unknown>();
    for (let k = 0; k < 10; k++) {
      state = await run(state, 1);
      buffers.add(state.w.data.buffer);
    }
    expect(buffers.size).toBeLessThanOrEqual(3);
    state.w.data.forEach((value: number | bigint, i: number) => {
      expect(Number(value)).toBeCloseTo(plain.data[i], 2);
    });
    await run.release();
  });

  it("cannot be used again", async () => {
    const run = compile(grow, { donate: [0] });
    const first = { w: distinct([3]) };
    const second = await run(first, 1);
    await expect(run(first, 1)).rejects.toThrow("compile: argument[0].w was donated to an earlier call");
    expect((await run(second, 1)).w.toNested()).toEqual(
      Array.from(distinct([3]).data, (v) => Math.fround(Math.fround(v + 1) + 1)),
    );
    await run.release();
  });

  it("keep their values on the other providers", async () => {
    for (const provider of ["wasm", "reference"] as const) {
      const run = compile(grow, { donate: [0], provider });
      let state: { readonly w: NdArray } = { w: ndarray([1, 2]) };
      for (let k = 0; k < 3; k++) state = await run(state, 1);
      expect(state.w.toNested()).toEqual([4, 5]);
      await run.release();
    }
  });
});
