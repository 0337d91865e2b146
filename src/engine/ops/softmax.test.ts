import { describe, expect, it } from "vitest";
import { examples, shapes, values } from "../../../test/kit/arbitrary.ts";
import { type Case, checkCases } from "../../../test/kit/check-cases.ts";
import { evaluate, logSoftmax, ndarray, softmax, sum, tensor } from "../index.ts";
import { formatShape } from "../shape.ts";

describe("softmax and logSoftmax", () => {
  it("agree on all executors and with differences along every axis of random shapes", async () => {
    const cases = examples(shapes(1, 3), 7).flatMap((shape, i) =>
      shape.flatMap((_, axis) =>
        Object.entries({ softmax, logSoftmax }).map(
          ([name, f]): Case => ({
            name: `${name} ${formatShape(shape)} axis ${axis}`,
            f: (x) => f(x, axis),
            inputs: [values(shape, { seed: i, low: -3, high: 3 })],
          }),
        ),
      ),
    );
    await checkCases(cases);
  });

  it("do not overflow, and give −∞ no weight", async () => {
    const x = ndarray([
      [1000, 1001, -1000],
      [0, Number.NEGATIVE_INFINITY, 1],
    ]);
    await checkCases([
      { name: "softmax", f: (y) => softmax(y), inputs: [x], order: 0 },
      { name: "logSoftmax", f: (y) => logSoftmax(y), inputs: [x], order: 0 },
      { name: "float64", f: (y) => [softmax(y, 0), logSoftmax(y)], inputs: [values([3, 2]).astype("float64")] },
    ]);
  });

  it("sum to one along the axis", () => {
    const [total] = evaluate([sum(softmax(tensor(values([3, 4])), 0), { axes: 0 })]);
    for (const value of Array.from(total.data)) expect(value).toBeCloseTo(1, 14);
  });
});
