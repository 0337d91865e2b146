import { describe, expect, it } from "vitest";
import { distinct, integers, values } from "../../../test/kit/arbitrary.ts";
import { type Case, checkCases } from "../../../test/kit/check-cases.ts";
import {
  addAlongAxis,
  compile,
  evaluate,
  gather,
  gradients,
  ndarray,
  oneHot,
  range,
  scatterAdd,
  segmentMax,
  segmentMean,
  segmentSum,
  type Tensor,
  takeAlongAxis,
  tensor,
} from "../index.ts";

const indexTypes = ["int32", "int64"] as const;

describe("gather and scatterAdd", () => {
  it("agree on all executors and with differences along every axis, repeats and negative indices included", async () => {
    const cases = indexTypes.flatMap((dtype) =>
      [0, 1, -1].flatMap((axis): Case[] =>
        [[], [0], [5], [2, 3]].map((shape, i) => ({
          name: `gather ${dtype} axis ${axis} indices [${shape}]`,
          f: (x, indices) => gather(x, indices, axis),
          inputs: [values([3, 2, 4]), integers(shape, -2, 2, { seed: i, dtype })],
        })),
      ),
    );
    const scatters = indexTypes.flatMap((dtype): Case[] =>
      [[], [0], [6], [2, 3]].map((shape, i) => ({
        name: `scatterAdd ${dtype} indices [${shape}]`,
        f: (base, indices, updates) => scatterAdd(base, indices, updates),
        inputs: [values([3, 2]), integers(shape, -3, 3, { seed: i, dtype }), values([...shape, 2], { seed: 9 })],
      })),
    );
    await checkCases([...cases, ...scatters]);
  });

  it("multiply with the derivative through a table that is looked up twice", async () => {
    await checkCases([
      {
        name: "products of rows",
        f: (table, i, j) => gather(table, i).multiply(gather(table.sin(), j)),
        inputs: [values([4, 2]), integers([5], 0, 4), integers([5], 0, 4, { seed: 3 })],
      },
    ]);
  });

  it("move integers and truth values", async () => {
    await checkCases(
      (["int32", "int64", "float64", "bool", "uint8", "int8"] as const).map((dtype) => ({
        name: dtype,
        f: (x) => [gather(x, [2, 0]), takeAlongAxis(x, [[0], [1], [0]])],
        inputs: [integers([3, 2], 0, 2, { dtype })],
        order: 0,
      })),
    );
    await checkCases(
      (["int32", "int64", "float64"] as const).map((dtype) => ({
        name: dtype,
        f: (x) => [
          scatterAdd(x, [0, 0, 2], x),
          addAlongAxis(
            x,
            [
              [0, 0],
              [1, 1],
              [1, 0],
            ],
            x,
            1,
          ),
        ],
        inputs: [integers([3, 2], 0, 5, { dtype })],
        order: 0,
      })),
    );
  });

  it("add many updates to one row the same in every run", async () => {
    const run = compile((x: Tensor, ids: Tensor) => segmentSum(x, ids, 3));
    const [x, ids] = [values([20_000, 4], { seed: 1 }), integers([20_000], 0, 3, { seed: 2 })];
    const first = await run(x, ids);
    for (let k = 0; k < 5; k++) expect((await run(x, ids)).data).toEqual(first.data);
    const [exact] = evaluate([segmentSum(x, ids, 3)]);
    first.data.forEach((value, i) => {
      expect(Math.abs(Number(value) - Number(exact.data[i]))).toBeLessThan(0.05);
    });
    await run.release();
  });
});

describe("segments", () => {
  it("agree on all executors and with differences, empty segments included", async () => {
    const ids = ndarray([3, 0, 0, 3, 3, 1], "int32");
    const inputs = [distinct([6, 2]), ids];
    await checkCases([
      { name: "sum", f: (x, s) => segmentSum(x, s, 5), inputs },
      { name: "mean", f: (x, s) => segmentMean(x, s, 5), inputs },
      { name: "max", f: (x, s) => segmentMax(x, s, 5, -9), inputs },
      { name: "max or −∞", f: (x, s) => segmentMax(x, s, 5), inputs, order: 0 },
      { name: "scalars", f: (x, s) => segmentMean(x, s, 4), inputs: [distinct([6]), ids] },
      { name: "images", f: (x, s) => segmentSum(x, s, 4), inputs: [values([6, 2, 2]), ids] },
      { name: "none", f: (x, s) => segmentSum(x, s, 2), inputs: [values([0, 2]), ndarray([], "int32")] },
    ]);
  });

  it("share the derivative of equal largest values", async () => {
    const x = tensor([2, 2, 1, 5]);
    const g = gradients(segmentMax(x, [0, 0, 0, 1], 2).sum(), x);
    expect((await g.read()).toNested()).toEqual([0.5, 0.5, 0, 1]);
  });
});

describe("takeAlongAxis and addAlongAxis", () => {
  it("agree on all executors and with differences along every axis", async () => {
    const cases = [0, 1, -1].flatMap((axis): Case[] => {
      const shape = [3, 2, 4].map((n, i) => (i === (axis + 3) % 3 ? 5 : n));
      const n = [3, 2, 4][(axis + 3) % 3];
      const indices = integers(shape, -n, n, { seed: 4 });
      return [
        { name: `take ${axis}`, f: (x, i) => takeAlongAxis(x, i, axis), inputs: [values([3, 2, 4]), indices] },
        {
          name: `add ${axis}`,
          f: (x, i, updates) => addAlongAxis(x, i, updates, axis),
          inputs: [values([3, 2, 4]), indices, values(shape, { seed: 5 })],
        },
      ];
    });
    const narrow = integers([2, 1], 0, 3);
    await checkCases([
      ...cases,
      { name: "fewer rows", f: (x, i) => takeAlongAxis(x, i, 1), inputs: [values([3, 3]), narrow] },
    ]);
  });
});

describe("oneHot and range", () => {
  it("agree on all executors; an index outside has no 1", async () => {
    const ids = ndarray(
      [
        [0, 2],
        [-1, 3],
      ],
      "int32",
    );
    await checkCases([
      { name: "float32", f: (i) => oneHot(i, 3), inputs: [ids] },
      { name: "int64", f: (i) => oneHot(i, 3, "int64"), inputs: [ids.astype("int64")] },
      { name: "bool", f: (i) => oneHot(i, 3, "bool"), inputs: [ids] },
    ]);
    expect((await oneHot(ids, 3).read()).toNested()).toEqual([
      [
        [1, 0, 0],
        [0, 0, 1],
      ],
      [
        [0, 0, 0],
        [0, 0, 0],
      ],
    ]);
    expect((await range(3, "float32").read()).toNested()).toEqual([0, 1, 2]);
  });
});
