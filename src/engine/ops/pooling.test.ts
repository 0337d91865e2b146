import { describe, expect, it } from "vitest";
import { distinct, values } from "../../../test/kit/arbitrary.ts";
import { type Case, checkCases } from "../../../test/kit/check-cases.ts";
import {
  averagePool2d,
  evaluate,
  globalAveragePool2d,
  globalMaxPool2d,
  gradients,
  maxPool2d,
  type Pool2dOptions,
  tensor,
} from "../index.ts";

const geometries: readonly Pool2dOptions[] = [
  { size: 2 },
  { size: 3, stride: 1 },
  { size: 3, stride: 2 },
  { size: [2, 3], stride: [3, 1] },
  { size: 3, stride: 2, padding: 1 },
  { size: [3, 2], stride: 2, padding: [1, 0, 2, 1] },
  { size: [5, 7], stride: 1 },
];

const poolings = { maxPool2d, averagePool2d };

describe("pooling", () => {
  it("agrees on all executors and with differences for every geometry", async () => {
    const cases = Object.entries(poolings).flatMap(([name, f]) =>
      geometries.map(
        (options, i): Case => ({
          name: `${name} ${JSON.stringify(options)}`,
          f: (x) => f(x, options),
          inputs: [distinct([2, 2, 5, 7], i)],
        }),
      ),
    );
    await checkCases(cases);
  });

  it("may leave the padding out of the average", async () => {
    await checkCases(
      geometries.map((options) => ({
        name: JSON.stringify(options),
        f: (x) => averagePool2d(x, { ...options, countPadding: false }),
        inputs: [values([1, 2, 5, 7])],
      })),
    );
    const ones = averagePool2d(tensor([[[[1, 1, 1]]]]), {
      size: [1, 3],
      stride: 1,
      padding: [0, 1],
      countPadding: false,
    });
    expect(Array.from(evaluate([ones])[0].data).map((x) => Math.round(x * 1e6) / 1e6)).toEqual([1, 1, 1]);
  });

  it("sends the derivative of equal values to the first, where windows overlap more than once", async () => {
    const x = tensor([[[[1, 1, 0, 5, 2]]]]);
    const g = gradients(maxPool2d(x, { size: [1, 2], stride: 1 }).sum(), x);
    expect((await g.read()).toNested()).toEqual([[[[1, 1, 0, 2, 0]]]]);
  });

  it("reduces whole images", async () => {
    await checkCases([
      { name: "globalAveragePool2d", f: globalAveragePool2d, inputs: [values([2, 3, 4, 5])] },
      { name: "globalMaxPool2d", f: globalMaxPool2d, inputs: [distinct([2, 3, 4, 5])] },
    ]);
  });

  it("takes the maximum of float64 images", async () => {
    await checkCases([
      { name: "float64", f: (x) => maxPool2d(x, { size: 2 }), inputs: [distinct([1, 1, 4, 4]).astype("float64")] },
    ]);
  });
});
