import fc from "fast-check";
import { expect, test } from "vitest";
import { key } from "../engine/random/key.ts";
import { type BatchCursor, Batches, shardOf } from "./batches.ts";

const sizes = { count: fc.integer({ min: 1, max: 60 }), batchSize: fc.integer({ min: 1, max: 20 }) };

test("an epoch gives every example once, the last batch being smaller", () => {
  fc.assert(
    fc.property(fc.record(sizes), fc.nat(), ({ count, batchSize }, seed) => {
      const given = [...new Batches({ count, batchSize, key: key(seed) }).epoch(2)];
      const all = given.flatMap(({ indices }) => [...indices]).sort((a, b) => a - b);
      expect(all).toEqual(Array.from({ length: count }, (_, i) => i));
      expect(given.slice(0, -1).every(({ indices }) => indices.length === batchSize)).toBe(true);
    }),
  );
});

test("a dropped last batch leaves whole batches only", () => {
  const batches = new Batches({ count: 10, batchSize: 4, key: key(1), lastBatch: "drop" });
  expect(batches.perEpoch).toBe(2);
  expect([...batches.epoch(0)].map(({ indices }) => indices.length)).toEqual([4, 4]);
});

test("without a key the examples come in order, with one each epoch has another order", () => {
  const inOrder = new Batches({ count: 5, batchSize: 2 });
  expect([...inOrder.epoch(3)].map(({ indices }) => [...indices])).toEqual([[0, 1], [2, 3], [4]]);
  const shuffled = new Batches({ count: 50, batchSize: 50, key: key(1) });
  expect(shuffled.at({ epoch: 0, batch: 0 }).indices).not.toEqual(shuffled.at({ epoch: 1, batch: 0 }).indices);
  expect(
    new Batches({ count: 8, batchSize: 8, key: key(5) }).at({ epoch: 1, batch: 0 }).indices,
  ).toMatchInlineSnapshot(`
    Int32Array [
      7,
      2,
      1,
      3,
      6,
      4,
      5,
      0,
    ]
  `);
});

test("a batch depends on key, epoch and number alone, whatever was asked before", () => {
  const cursor = fc.record({ epoch: fc.nat(5), batch: fc.nat(4) });
  fc.assert(
    fc.property(fc.array(cursor, { minLength: 1, maxLength: 8 }), (cursors) => {
      const used = new Batches({ count: 33, batchSize: 7, key: key(2) });
      for (const at of cursors) {
        const fresh = new Batches({ count: 33, batchSize: 7, key: key(2) });
        expect(used.at(at)).toEqual(fresh.at(at));
      }
    }),
  );
});

test("a saved cursor goes on exactly where it stopped, across epochs", () => {
  const options = { count: 10, batchSize: 4, key: key(9) };
  const walk = (start: BatchCursor, steps: number): { seen: number[][]; cursor: BatchCursor } => {
    const batches = new Batches(options);
    const seen: number[][] = [];
    let cursor = start;
    for (let i = 0; i < steps; i++) {
      const batch = batches.at(cursor);
      seen.push([...batch.indices]);
      cursor = batch.next;
    }
    return { seen, cursor };
  };
  const start = { epoch: 0, batch: 0 };
  const whole = walk(start, 8);
  const before = walk(start, 5);
  const after = walk(JSON.parse(JSON.stringify(before.cursor)), 3);
  expect([...before.seen, ...after.seen]).toEqual(whole.seen);
  expect(whole.cursor).toEqual({ epoch: 2, batch: 2 });
});

test("the workers' shards are a partition of the batch, of nearly equal sizes", () => {
  fc.assert(
    fc.property(fc.int32Array({ maxLength: 40 }), fc.integer({ min: 1, max: 9 }), (indices, workers) => {
      const shards = Array.from({ length: workers }, (_, worker) => shardOf(indices, worker, workers));
      expect(shards.flatMap((shard) => [...shard])).toEqual([...indices]);
      const lengths = shards.map(({ length }) => length);
      expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1);
    }),
  );
});

test("impossible batches, cursors and workers are named", () => {
  expect(() => new Batches({ count: 0, batchSize: 4 })).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: batches: count and batchSize must be positive integers; got 0 and 4]`,
  );
  expect(() => new Batches({ count: 3, batchSize: 4, lastBatch: "drop" })).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: batches: expected at least one whole batch of 4; got 3 examples]`,
  );
  expect(() => new Batches({ count: 9, batchSize: 4 }).at({ epoch: 0, batch: 3 })).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: batches: expected an epoch from 0 and a batch in [0, 3); got epoch 0, batch 3]`,
  );
  expect(() => shardOf(Int32Array.of(1), 2, 2)).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: shardOf: expected an integer worker in [0, workers); got worker 2 of 2]`,
  );
});
