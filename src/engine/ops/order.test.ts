import { describe, expect, it } from "vitest";
import { distinct, integers, values } from "../../../test/kit/arbitrary.ts";
import { type Case, checkCases } from "../../../test/kit/check-cases.ts";
import { cumulativeSum, sort, tensor, topK } from "../index.ts";

describe("topK and sort", () => {
  it("agree on all executors and with differences along every axis", async () => {
    const inputs = [distinct([3, 4, 2])];
    const cases = [0, 1, -1].flatMap((axis) =>
      [true, false].flatMap((flag): Case[] => [
        { name: `topK ${axis} ${flag}`, f: (x) => listOf(topK(x, 2, { axis, largest: flag })), inputs },
        { name: `sort ${axis} ${flag}`, f: (x) => listOf(sort(x, { axis, descending: flag })), inputs },
      ]),
    );
    await checkCases(cases);
  });

  it("keep the order of equal values, for every number type", async () => {
    await checkCases(
      (["float32", "float64", "int32", "int64"] as const).flatMap((dtype) =>
        [6, 40].flatMap((n): Case[] => {
          const inputs = [integers([2, n], 0, 3, { dtype })];
          return [
            { name: `sort ${dtype} ${n}`, f: (x) => listOf(sort(x)), inputs, order: 0 },
            { name: `descending ${dtype} ${n}`, f: (x) => listOf(sort(x, { descending: true })), inputs, order: 0 },
            { name: `topK ${dtype} ${n}`, f: (x) => listOf(topK(x, 5)), inputs, order: 0 },
          ];
        }),
      ),
    );
    expect((await sort(tensor([2, 1, 2, 1])).indices.read()).toNested()).toEqual([1, 3, 0, 2]);
    expect((await topK(tensor([2, 1, 2, 1]), 3).indices.read()).toNested()).toEqual([0, 2, 1]);
  });

  it("take none, all and one of an axis", async () => {
    await checkCases([
      { name: "none", f: (x) => listOf(topK(x, 0)), inputs: [distinct([2, 3])] },
      { name: "all", f: (x) => listOf(topK(x, 3)), inputs: [distinct([2, 3])] },
      { name: "one", f: (x) => listOf(topK(x, 1, { axis: 0 })), inputs: [distinct([1, 3])] },
      { name: "sort none", f: (x) => listOf(sort(x)), inputs: [values([2, 0])] },
    ]);
  });
});

describe("cumulativeSum", () => {
  it("agrees on all executors and with differences, exclusive or reversed, along every axis", async () => {
    const cases = [0, 1, -1].flatMap((axis) =>
      [true, false].flatMap((exclusive) =>
        [true, false].map(
          (reverse): Case => ({
            name: `${axis} exclusive ${exclusive} reverse ${reverse}`,
            f: (x) => cumulativeSum(x.square(), axis, { exclusive, reverse }),
            inputs: [values([3, 2, 4])],
          }),
        ),
      ),
    );
    const others = (["int32", "int64", "float64"] as const).map(
      (dtype): Case => ({
        name: dtype,
        f: (x) => cumulativeSum(x),
        inputs: [integers([5], -3, 3, { dtype })],
        order: 0,
      }),
    );
    await checkCases([
      ...cases,
      ...others,
      { name: "empty", f: (x) => cumulativeSum(x), inputs: [values([2, 0])] },
      { name: "one", f: (x) => cumulativeSum(x, 0, { exclusive: true }), inputs: [values([1])] },
    ]);
  });

  it("runs forwards and backwards as its comment says", async () => {
    const x = tensor([1, 2, 3]);
    expect((await cumulativeSum(x).read()).toNested()).toEqual([1, 3, 6]);
    expect((await cumulativeSum(x, 0, { exclusive: true, reverse: true }).read()).toNested()).toEqual([5, 3, 0]);
  });
});

function listOf({ values: sorted, indices }: ReturnType<typeof sort>) {
  return [sorted, indices];
}
