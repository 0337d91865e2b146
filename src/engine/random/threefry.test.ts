import { expect, test } from "vitest";
import { threefryBlocks } from "./threefry.ts";

function block(counter: [number, number], key: [number, number]): string[] {
  const out = new Uint32Array(2);
  threefryBlocks(key[0], key[1], counter[1], counter[0], 1, out);
  return Array.from(out, (word) => word.toString(16).padStart(8, "0"));
}

// Random123 1.14, tests/kat_vectors, "threefry2x32 20".
test("gives the published known answers", () => {
  expect(block([0, 0], [0, 0])).toEqual(["6b200159", "99ba4efe"]);
  expect(block([0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff])).toEqual(["1cb996fc", "bb002be7"]);
  expect(block([0x243f6a88, 0x85a308d3], [0x13198a2e, 0x03707344])).toEqual(["c4923a9c", "483df7a0"]);
});

test("consecutive blocks are the blocks of consecutive counters, wrapping at 2^32", () => {
  const run = new Uint32Array(6);
  threefryBlocks(7, 9, 1, 0xfffffffe, 3, run);
  const single = new Uint32Array(2);
  threefryBlocks(7, 9, 1, 0, 1, single);
  expect([...run.subarray(4)]).toEqual([...single]);
});
