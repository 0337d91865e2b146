import { describe, expect, it } from "vitest";
import {
  bernoulli,
  broadcastTo,
  categorical,
  compile,
  evaluate,
  gumbel,
  type Key,
  key,
  ndarray,
  normal,
  oneHot,
  permutation,
  sampleNormal,
  sampleUniform,
  type Tensor,
  tensor,
  uniform,
} from "../index.ts";

const draws = (k: Key, p: Tensor) => ({
  uniform: uniform(k.fold(0), [5], -1, 3),
  normal: normal(k.fold(1), [4], 2, 0.5),
  gumbel: gumbel(k.fold(2), [2, 2]),
  bernoulli: bernoulli(k.fold(3), p, [6]),
  categorical: categorical(k.fold(4), p.broadcastTo([4, 3])),
  permutation: permutation(k.fold(5), 7),
});

describe("random expressions", () => {
  it("are the same on every provider and in every call with one key, and others with another", async () => {
    const p = ndarray([0.2, 0.5, 0.9]);
    const texts = new Set<string>();
    for (const provider of ["cpu", "wasm", "reference"] as const) {
      const run = compile((k: Key, x: Tensor) => draws(k, x.sum().multiply(0.3).broadcastTo([3]).slice({ 0: 0 })), {
        provider,
      });
      for (let call = 0; call < 2; call++) {
        texts.add(Object.values(await run(key(3), p)).join());
      }
      expect(Object.values(await run(key(4), p)).join()).not.toBe([...texts][0]);
      await run.release();
    }
    expect(texts.size).toBe(1);
  });

  it("are the samplers' numbers", async () => {
    const run = compile((k: Key) => [uniform(k, [3]), normal(k.split(2)[1], [3])] as const);
    const [u, n] = await run(key(8));
    expect(u.data).toEqual(sampleUniform(key(8), 3));
    expect(n.data).toEqual(sampleNormal(key(8).split(2)[1], 3));
    await run.release();
  });

  it("may have concrete keys inside a traced function", async () => {
    const run = compile((x: Tensor) => x.add(uniform(key(1), [2])));
    const first = await run(ndarray([0, 0]));
    expect(first.data).toEqual(sampleUniform(key(1), 2));
    expect((await run(ndarray([0, 0]))).data).toEqual(first.data);
    await run.release();
  });

  it("draw twice the same from one key, and apart from folds of it", () => {
    const [a, b, c] = evaluate([uniform(key(1), [4]), uniform(key(1), [4]), uniform(key(1).fold(0), [4])]);
    expect(Array.from(a.data)).toEqual(Array.from(b.data));
    expect(Array.from(a.data)).not.toEqual(Array.from(c.data));
  });

  it("hit the probabilities that were asked for", () => {
    const logits = broadcastTo(tensor([Math.log(0.6), Math.log(0.3), Math.log(0.1)]), [20_000, 3]);
    const [hits, chosen] = evaluate([
      bernoulli(key(5), 0.3, [20_000]).cast("float64").mean(),
      oneHot(categorical(key(6), logits), 3, "float64").mean({ axes: 0 }),
    ]);
    expect(Math.abs(hits.data[0] - 0.3)).toBeLessThan(0.015);
    [0.6, 0.3, 0.1].forEach((p, i) => {
      expect(Math.abs(chosen.data[i] - p)).toBeLessThan(0.015);
    });
  });
});
