import { describe, expect, it } from "vitest";
import { broadcastingShapes, examples, integers, shapes, values } from "../../../test/kit/arbitrary.ts";
import { type Case, checkCases } from "../../../test/kit/check-cases.ts";
import {
  broadcastShapes,
  broadcastTo,
  expandDims,
  flatten,
  full,
  onesLike,
  reshape,
  squeeze,
  tensor,
  transpose,
  transposeMatrix,
  zerosLike,
} from "../index.ts";
import { formatShape } from "../shape.ts";

describe("reshaping", () => {
  it("agrees on all executors and with differences for random shapes, empty ones included", async () => {
    const cases = examples(shapes(), 12).flatMap((shape, i): Case[] => {
      const inputs = [values(shape, { seed: i })];
      const name = formatShape(shape);
      return [
        { name: `flatten ${name}`, f: flatten, inputs },
        { name: `reversed ${name}`, f: (x) => reshape(x, [...shape].reverse()), inputs },
        { name: `expandDims ${name}`, f: (x) => expandDims(x, -1), inputs },
        { name: `squeeze ${name}`, f: (x) => squeeze(x), inputs },
        { name: `transpose ${name}`, f: (x) => transpose(x), inputs },
      ];
    });
    await checkCases(cases);
  });

  it("works out one size from the others", () => {
    expect(reshape(tensor([1, 2, 3, 4, 5, 6]), [2, -1]).shape).toEqual([2, 3]);
    expect(flatten(full([2, 0], 1)).shape).toEqual([0]);
    expect(squeeze(full([1, 2, 1], 1), -1).shape).toEqual([1, 2]);
  });

  it("puts axes in any order", async () => {
    const orders = [
      [0, 2, 1],
      [1, 0, 2],
      [2, 0, 1],
      [-1, 1, 0],
    ];
    await checkCases([
      ...orders.map(
        (order): Case => ({ name: `${order}`, f: (x) => transpose(x, ...order), inputs: [values([2, 3, 4])] }),
      ),
      { name: "transposeMatrix", f: transposeMatrix, inputs: [values([2, 3, 4])] },
      { name: "twice", f: (x) => transpose(transpose(x, 1, 2, 0), 1, 2, 0), inputs: [values([2, 3, 4])] },
      { name: "ones", f: (x) => transpose(x, 1, 0, 3, 2), inputs: [values([1, 3, 1, 2])] },
    ]);
  });

  it("repeats along axes of size 1 and new ones", async () => {
    const cases = examples(broadcastingShapes(2), 10, 3).map(([a, b], i): Case => {
      const target = broadcastShapes("test", a, b);
      return {
        name: `${formatShape(a)} to ${formatShape(target)}`,
        f: (x) => [broadcastTo(x, target), zerosLike(x), onesLike(x)],
        inputs: [values(a, { seed: i })],
      };
    });
    await checkCases(cases);
  });

  it("moves integers and truth values", async () => {
    await checkCases(
      (["int32", "int64", "bool", "float64", "uint8", "int8"] as const).map((dtype) => ({
        name: dtype,
        f: (x) => broadcastTo(expandDims(transpose(reshape(x, [3, 2])), 0), [2, 2, 3]),
        inputs: [integers([6], 0, 2, { dtype })],
        order: 0,
      })),
    );
  });
});
